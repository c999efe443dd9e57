"""What reads an item of each kind, by the name a kept one is filed under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.ingest.usecases.post_items import (
    CurrencyOf,
    Reader,
    order_currency,
    receipt_currency,
)
from services.ingest.usecases.read_events import read_event
from services.ingest.usecases.read_receipts import read_receipt
from services.ingest.usecases.senders import read_cloud_events, read_segment, read_webhooks
from services.ingest.usecases.senders.read_cloud_events import read_cloud_event
from services.ingest.usecases.senders.read_webhooks import read_shopify, read_square


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: what reads it, the currency it names, whether its numbers are decimals."""

    read: Reader
    currency_of: CurrencyOf
    is_exact: bool = False


_KINDS: Final = (
    Kind(read_receipt, receipt_currency),
    Kind(read_event, order_currency),
    Kind(read_cloud_event, read_cloud_events.currency_in, is_exact=True),
    Kind(read_segment.read_segment, read_segment.currency_in, is_exact=True),
    Kind(read_shopify, read_webhooks.currency_in, is_exact=True),
    Kind(read_square, read_webhooks.currency_in, is_exact=True),
)
#: What a browser sent is not here: nobody may replay it as if a server had sent it.
KINDS: Final[Mapping[str, Kind]] = {kind.read.__name__: kind for kind in _KINDS}
