"""What became of orders and returns that somebody should look at."""

from datetime import datetime
from typing import Literal

from shared.wire import ReplyModel

FindingName = Literal["orphan", "over_return", "unmatched_return"]


class ReturnFinding(ReplyModel):
    """A return, or a part of one, that had no effect.

    `event_key` is the return's, `order_key` the key it named its sale by; `customer_id` is null
    where nobody was named, or nobody is known by a customer id.
    """

    finding: FindingName
    at: datetime
    event_key: str
    order_key: str | None
    sequence: int
    customer_id: str | None


class OrderCorrection(ReplyModel):
    """An order that is worth something else, or is somebody else's, than was known before.

    `sequence` is the place in the log of the event that told so, `customer_version` the version
    of the customer's facts that it made.
    """

    at: datetime
    order_key: str
    customer_id: str | None
    currency: str
    old_net: str
    new_net: str
    old_quantity: str
    new_quantity: str
    sequence: int
    customer_version: int | None
