"""What customers say, as feedback takes and answers it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue, ValidationInfo, field_validator

from shared.contracts.common import CustomerReference, OpenObject
from shared.contracts.tier import Tier
from shared.fields import fault
from shared.forms import LANGUAGE
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
    "text",
]
#: Where it was said: more places than receipts come from.
FeedbackChannel = Literal[
    "web",
    "app",
    "store",
    "phone",
    "email",
    "social",
    "call_back",
    "focus_group",
    "interview",
    "partner",
]
OfferAnswer = Literal["accepted", "declined", "ignored"]

RATING_RANGES: dict[str, tuple[int, int]] = {
    "csat": (1, 5),
    "nps": (0, 10),
    "ces": (1, 7),
    "review": (1, 5),
}
_NEEDS_TEXT = frozenset({"review", "complaint", "suggestion", "interview", "tier_dispute", "text"})


class FeedbackRequest(WireModel):
    """One piece of feedback; a `feedback_id` of yours makes sending it twice harmless.

    `offer_key` and `answer` go together and belong to an `offer_response`.
    """

    kind: FeedbackKind
    # told after `kind`, which their rules depend on
    rating: int | None = Field(default=None, validate_default=True)
    text: FreeText | None = Field(default=None, validate_default=True)
    language: str | None = Field(default=None, max_length=35, pattern=LANGUAGE)
    channel: FeedbackChannel = "web"
    customer: CustomerReference | None = None
    order_id: Identifier | None = None
    session_id: Identifier | None = None
    offer_key: Identifier | None = None
    answer: OfferAnswer | None = Field(default=None, validate_default=True)
    feedback_id: Identifier | None = None
    occurred_at: Instant | None = None
    properties: OpenObject = Field(default_factory=dict)

    @field_validator("rating")
    @classmethod
    def _is_in_its_range(cls, rating: int | None, info: ValidationInfo) -> int | None:
        kind = info.data.get("kind")
        limits = RATING_RANGES.get(kind) if kind else None
        if kind and limits is None and rating is not None:
            raise fault("rating_not_allowed", "this kind of feedback has no rating")
        if limits is not None and rating is None:
            raise fault("rating_missing", "this kind of feedback needs a rating")
        if limits is not None and rating is not None and not limits[0] <= rating <= limits[1]:
            raise fault("rating_out_of_range", f"the rating goes from {limits[0]} to {limits[1]}")
        return rating

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("kind") in _NEEDS_TEXT and not (text or "").strip():
            raise fault("text_missing", "this kind of feedback needs a text")
        return text

    @field_validator("answer")
    @classmethod
    def _answers_an_offer(cls, answer: str | None, info: ValidationInfo) -> str | None:
        if "kind" not in info.data or "offer_key" not in info.data:
            return answer  # those are wrong, and say so
        is_given = (info.data["offer_key"] is not None, answer is not None)
        if any(is_given) and info.data["kind"] != "offer_response":
            raise fault("offer_not_allowed", "only an offer_response names an offer and its answer")
        if any(is_given) and not all(is_given):
            raise fault("offer_incomplete", "give offer_key and answer together")
        return answer


class HeldTier(ReplyModel):
    """The tier a customer held at that moment, and what it was decided by."""

    programme: str
    programme_version: int
    tier: Tier
    model_version: str | None = None
    release: str | None = None


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
    channel: FeedbackChannel
    rating: int | None
    text: str | None
    language: str | None
    order_id: str | None
    session_id: str | None
    offer_key: str | None = None
    answer: OfferAnswer | None = None
    properties: dict[str, JsonValue]
    is_tier_known: bool
    tier_held: HeldTier | None
    #: when it was found out what they held; null where scoring answered at once
    tier_added_at: datetime | None = None
    occurred_at: datetime
    received_at: datetime
