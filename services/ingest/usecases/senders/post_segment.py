"""A post of a Segment-compatible client: its messages out of their envelope, and taken in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.ingest.domain.senders.segment_messages import type_in
from services.ingest.domain.senders.spoiled import Spoiled
from services.ingest.usecases.post_items import post_arrivals
from services.ingest.usecases.running import Ingest
from services.ingest.usecases.senders.browsing import from_page
from services.ingest.usecases.senders.read_segment import currency_in, read_segment, sent_at
from shared.contracts.receipts import MAX_ITEMS

BATCH: Final = "batch"
# Parts of an envelope that also stand in a message posted alone.
_ENVELOPE: Final = ("writeKey", "sentAt")


@dataclass(frozen=True, slots=True)
class Post:
    """Messages, and what their envelope says when they were sent."""

    items: list[Any]
    sent_at: object


def opened(kind: str, body: object) -> Post | None:
    """Return the messages of a body posted to the route of this kind; None when it holds none."""
    if not isinstance(body, Mapping):
        return None
    if kind != BATCH:
        message = {name: value for name, value in body.items() if name not in _ENVELOPE}
        return Post([message | {"type": kind}], body.get("sentAt"))
    items = body.get("batch")
    if not isinstance(items, list):
        return None
    return Post([_without_key(item) for item in items], body.get("sentAt"))


def _without_key(item: object) -> object:
    """Return a message without the key that pages repeat in each: none is kept with what is bad."""
    if isinstance(item, Spoiled):
        item.pop("writeKey", None)
    if not isinstance(item, Mapping) or "writeKey" not in item:
        return item
    return {name: value for name, value in item.items() if name != "writeKey"}


async def post_segment(ingest: Ingest, source_id: str, post: Post, *, is_page: bool) -> None:
    """Take messages in; returns when the good ones are committed and the bad ones kept aside.

    `is_page`: posted with a publishable key, so only browsing counts.
    """
    read = from_page(read_segment, type_in) if is_page else read_segment
    for start in range(0, len(post.items), MAX_ITEMS):
        await post_arrivals(
            ingest,
            source_id,
            post.items[start : start + MAX_ITEMS],
            read=sent_at(read, post.sent_at),
            currency_of=currency_in,
        )
