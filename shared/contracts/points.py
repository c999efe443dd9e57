"""The points wallet: what is there, what changed it, and what may be asked of it."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.fields import fault
from shared.wire import Identifier, ReplyModel, ShortText, WireModel

#: More at once is a mistake somewhere, not a reward.
MAX_POINTS: Final = 1_000_000_000
EntryKind = Literal[
    "earned", "referral", "adjusted", "redeemed", "cancelled", "expired", "clawed_back"
]


def _not_zero(points: int) -> int:
    if points == 0:
        raise fault("out_of_range", "must not be zero")
    return points


class PointsLot(ReplyModel):
    """Points that expire together; null: never."""

    points: int
    expires_at: datetime | None


class PointsAnswer(ReplyModel):
    """A wallet; `balance` is below zero while more was redeemed than was due.

    `pending` points count later, once orders can no longer be returned.
    """

    customer_id: str | None
    known: bool
    programme: str
    balance: int
    debt: int
    pending: int
    #: the earliest expiry first
    lots: list[PointsLot]
    next_expiry: PointsLot | None = None
    as_of: datetime


class PointsEntryAnswer(ReplyModel):
    """One change of the balance; the sum of all is the balance."""

    entry_id: UUID
    kind: EntryKind
    points: int
    at: datetime
    expires_at: datetime | None = None
    redemption_id: UUID | None = None


class PointsRequest(WireModel):
    """Redeem points; never into debt. `programme` may be left out where only one gives points."""

    points: int = Field(ge=1, le=MAX_POINTS)
    reference: Identifier | None = None
    programme: Identifier | None = None


class AdjustRequest(WireModel):
    """Give points, or with a minus take some, for a reason."""

    points: Annotated[int, AfterValidator(_not_zero)] = Field(ge=-MAX_POINTS, le=MAX_POINTS)
    reason: ShortText
    programme: Identifier | None = None


class PointsRedemption(ReplyModel):
    """Points that were redeemed; `returned` are those a cancellation gave back."""

    redemption_id: UUID
    customer_id: str | None
    programme: str
    points: int
    reference: str | None = None
    at: datetime
    cancelled_at: datetime | None = None
    returned: int | None = None
    balance: int


class PointsAdjustment(ReplyModel):
    """Points that were given or taken by hand."""

    adjustment_id: UUID
    customer_id: str | None
    programme: str
    points: int
    reason: str
    at: datetime
    balance: int


EXAMPLE_POINTS: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "programme": "coffee",
    "balance": 420,
    "debt": 0,
    "pending": 37,
    "lots": [
        {"points": 120, "expires_at": "2026-12-31T16:00:00Z"},
        {"points": 300, "expires_at": "2027-12-31T16:00:00Z"},
    ],
    "next_expiry": {"points": 120, "expires_at": "2026-12-31T16:00:00Z"},
    "as_of": "2026-11-22T01:00:00Z",
}
EXAMPLE_REDEEM_POINTS: Final[dict[str, Any]] = {"points": 150, "reference": "receipt-5470"}
EXAMPLE_ADJUST: Final[dict[str, Any]] = {"points": 50, "reason": "For the late delivery"}
