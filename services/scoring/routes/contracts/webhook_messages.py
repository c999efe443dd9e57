"""What endpoints are sent, for the OpenAPI document: one message a kind."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from shared.contracts.common import LocalText
from shared.wire import ReplyModel

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    204: {"description": "Taken; any 2xx will do"},
    "4XX": {"description": "Not taken: it is sent again; 410 ends all sending to the endpoint"},
}
#: Never called: FastAPI documents them as `webhooks`.
messages: Final = APIRouter(tags=["webhooks"], responses=_ANSWERS)


class Data(ReplyModel):
    """Whom it is about, by the shop's own id where there is one."""

    customer_id: str | None


class NamedTier(ReplyModel):
    """One tier; no rank and name where the programme has it no longer."""

    key: str
    rank: int | None = None
    name: LocalText | None = None


class TierNews(Data):
    """From which tier to which, in a programme."""

    programme: str
    from_: NamedTier | None = Field(alias="from")
    to: NamedTier
    valid_until: datetime | None
    reason: str
    as_of: datetime


class ChangedTier(TierNews):
    """A tier that is held since an instant."""

    since: datetime | None


class FallingTier(TierNews):
    """A tier that ends at an instant, or has ended."""

    at: datetime


class SegmentNews(Data):
    """A segment that was entered or left."""

    segment: str
    entered_at: datetime


class BenefitNews(Data):
    """A benefit that was redeemed."""

    programme: str
    benefit: str
    tier: str
    redemption_id: UUID
    quantity: int
    reference: str | None
    used_at: datetime


class PointsNews(Data):
    """Points that came or went, and the balance after everything; a debt is below zero."""

    programme: str
    points: int
    balance: int
    reason: str
    entry_id: UUID
    at: datetime
    expires_at: datetime | None


class Message(ReplyModel):
    """What every message has.

    It comes signed (webhook-id, webhook-timestamp, webhook-signature), at least once: the same
    webhook-id is the same message. Of one customer they come in order, and `sequence` rises; gaps
    mean nothing.
    """

    timestamp: datetime
    sequence: int


class TierChanged(Message):
    """A customer has another tier."""

    type: Literal["tier.changed"]
    data: ChangedTier


class TierWillChange(Message):
    """A customer will fall unless something happens."""

    type: Literal["tier.will_change"]
    data: FallingTier


class TierExpired(Message):
    """A tier's validity has ended."""

    type: Literal["tier.expired"]
    data: FallingTier


class SegmentEntered(Message):
    """A customer belongs to a segment."""

    type: Literal["segment.entered"]
    data: SegmentNews


class SegmentLeft(Message):
    """A customer belongs to a segment no longer."""

    type: Literal["segment.left"]
    data: SegmentNews


class BenefitUsed(Message):
    """A benefit was redeemed."""

    type: Literal["benefit.used"]
    data: BenefitNews


class PointsMoved(Message):
    """Points were earned, redeemed, taken back, or have expired."""

    type: Literal["points.earned", "points.redeemed", "points.expired", "points.clawed_back"]
    data: PointsNews


@messages.post("tier.changed", status_code=204)
async def tier_changed(body: TierChanged) -> None:
    """Tell that a customer has another tier; internal programmes only where they are named."""


@messages.post("tier.will_change", status_code=204)
async def tier_will_change(body: TierWillChange) -> None:
    """Tell some days before that a tier will be lost unless it is earned again."""


@messages.post("tier.expired", status_code=204)
async def tier_expired(body: TierExpired) -> None:
    """Tell that a tier's validity has ended, dated at its end."""


@messages.post("segment.entered", status_code=204)
async def segment_entered(body: SegmentEntered) -> None:
    """Tell that a customer has entered a segment."""


@messages.post("segment.left", status_code=204)
async def segment_left(body: SegmentLeft) -> None:
    """Tell that a customer has left a segment."""


@messages.post("benefit.used", status_code=204)
async def benefit_used(body: BenefitUsed) -> None:
    """Tell that a benefit was redeemed."""


@messages.post("points.*", status_code=204)
async def points_moved(body: PointsMoved) -> None:
    """Tell that points were earned, redeemed, clawed back, or have expired."""
