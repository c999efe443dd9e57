"""What customers say, as feedback takes and answers it."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue, model_validator

from shared.contracts.common import CustomerReference, OpenObject
from shared.contracts.receipts import Channel
from shared.contracts.tier import Tier
from shared.fields import fault
from shared.wire import FreeText, Identifier, Instant, ReplyModel, WireModel

FeedbackKind = Literal[
    "csat",
    "nps",
    "ces",
    "review",
    "complaint",
    "suggestion",
    "interview",
    "tier_dispute",
    "offer_response",
]

RATING_RANGES: dict[str, tuple[int, int]] = {
    "csat": (1, 5),
    "nps": (0, 10),
    "ces": (1, 7),
    "review": (1, 5),
}
_NEEDS_TEXT = frozenset({"review", "complaint", "suggestion", "interview", "tier_dispute"})


class FeedbackRequest(WireModel):
    """One piece of feedback; a `feedback_id` of yours makes sending it twice harmless."""

    kind: FeedbackKind
    rating: int | None = None
    text: FreeText | None = None
    language: str | None = Field(
        default=None, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
    )
    channel: Channel = "web"
    customer: CustomerReference | None = None
    order_id: Identifier | None = None
    session_id: Identifier | None = None
    feedback_id: Identifier | None = None
    occurred_at: Instant | None = None
    properties: OpenObject = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        limits = RATING_RANGES.get(self.kind)
        if limits is None and self.rating is not None:
            raise fault("rating_not_allowed", "this kind of feedback has no rating")
        if limits is not None and self.rating is None:
            raise fault("rating_missing", "this kind of feedback needs a rating")
        if limits is not None and not limits[0] <= (self.rating or 0) <= limits[1]:
            raise fault("rating_out_of_range", f"the rating goes from {limits[0]} to {limits[1]}")
        if self.kind in _NEEDS_TEXT and not (self.text or "").strip():
            raise fault("text_missing", "this kind of feedback needs a text")
        return self


class HeldTier(ReplyModel):
    """The tier a customer held at that moment."""

    programme: str
    programme_version: int
    tier: Tier


class FeedbackAnswer(ReplyModel):
    """The feedback as stored; `is_tier_known` is false when scoring could not be asked.

    `feedback_id` is ours; `tier_held` is null, and known to be, for somebody scoring does not know.
    """

    feedback_id: UUID
    kind: FeedbackKind
    customer_id: str | None = None
    is_duplicate: bool = False
    is_tier_known: bool
    tier_held: HeldTier | None = None
    received_at: datetime


class FeedbackItem(ReplyModel):
    """One piece of feedback as it is read again."""

    feedback_id: UUID
    kind: FeedbackKind
    customer_id: str | None
    channel: Channel
    rating: int | None
    text: str | None
    language: str | None
    order_id: str | None
    session_id: str | None
    properties: dict[str, JsonValue]
    is_tier_known: bool
    tier_held: HeldTier | None
    occurred_at: datetime
    received_at: datetime
