"""Posts to the events route that are not a batch of a secret key: pages, and CloudEvents."""

from collections.abc import Sequence
from typing import Any

from services.ingest.usecases.post_items import post_arrivals
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.running import Ingest
from services.ingest.usecases.senders import read_cloud_events
from services.ingest.usecases.senders.browsing import from_page
from services.ingest.usecases.senders.read_cloud_events import read_cloud_event
from shared.contracts.receipts import BatchResult


async def post_page_events(ingest: Ingest, source_id: str, items: Sequence[Any]) -> BatchResult:
    """Take events of a page in; returns when the accepted ones are committed."""
    return await post_arrivals(ingest, source_id, items, read=from_page(read_event, _type_in))


async def post_cloud_events(
    ingest: Ingest, source_id: str, items: Sequence[Any], *, is_page: bool
) -> BatchResult:
    """Take CloudEvents in; returns when the accepted ones are committed."""
    read = from_page(read_cloud_event, read_cloud_events.type_in) if is_page else read_cloud_event
    return await post_arrivals(
        ingest, source_id, items, read=read, currency_of=read_cloud_events.currency_in
    )


def _type_in(item: object) -> str | None:
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) and kind in read_cloud_events.KNOWN else None
