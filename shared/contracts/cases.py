"""Cases as feedback takes and answers them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, model_validator

from shared.contracts.common import CustomerReference, LocalText
from shared.contracts.feedback import FeedbackChannel, FeedbackItem
from shared.fields import fault
from shared.forms import LANGUAGE
from shared.wire import FreeText, Identifier, Instant, ReplyModel, ShortText, WireModel

CaseState = Literal["received", "answered", "resolved", "improved"]
#: What staff open a case for; ratings open theirs when they are given.
StaffKind = Literal["complaint", "suggestion", "tier_dispute", "text"]
#: What a case of feedback given before takes from there.
TOLD: Final = frozenset(
    {"kind", "text", "channel", "customer", "order_id", "language", "occurred_at"}
)
Decision = Literal["raise", "keep", "lower"]
PinState = Literal["none", "pending", "made", "refused", "ending", "ended"]
Priority = Annotated[int, Field(ge=1, le=5, description="1 is worked first")]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise fault("text_missing", "must say something")
    return text


Words = Annotated[FreeText, Field(min_length=1), AfterValidator(_not_blank)]


class CaseRequest(WireModel):
    """Something that has to be answered: told to staff on the phone or on a visit, or said before.

    Give kind and text, or the `feedback_id` of feedback that has no case yet.
    """

    feedback_id: UUID | None = Field(default=None, strict=False)
    kind: StaffKind | None = None
    text: Words | None = None
    channel: FeedbackChannel = "phone"
    customer: CustomerReference | None = None
    order_id: Identifier | None = None
    language: str | None = Field(default=None, max_length=35, pattern=LANGUAGE)
    occurred_at: Instant | None = None
    owner: Identifier | None = None
    priority: Priority | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _is_said_once(self) -> Self:
        told = self.model_fields_set & TOLD
        if self.feedback_id is not None and told:
            raise fault("one_of", "give either feedback_id or what was told")
        if self.feedback_id is None and (self.kind is None or self.text is None):
            raise fault("one_of", "give kind and text, or a feedback_id")
        return self


class CaseChange(WireModel):
    """What to change; a step forward needs its words, now or before."""

    state: CaseState | None = None
    owner: Identifier | None = Field(default=None, description="null: nobody's")
    priority: Priority | None = None
    note: Words | None = None
    answer: Words | None = None
    resolution: Words | None = None
    improvement: Words | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise fault("empty", "names nothing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"owner"}):
            raise fault("bad_null", "only owner may be null")
        return self


class ReopenRequest(WireModel):
    """Why a case is not over."""

    reason: Words


class DecisionRequest(WireModel):
    """What a person decides about a disputed tier: which one it ought to be, and until when."""

    decision: Decision
    programme: Identifier
    tier: Identifier
    reason: ShortText
    ends_at: Instant | None = Field(default=None, description="Open where it is not given")


class CaseServiceLevel(ReplyModel):
    """What the tier promised; hours are those of the service calendar.

    Of a customer's programmes the one that answers soonest is gone by: `programme` and its version
    (null in cases of before these were noted).
    """

    programme: str | None = None
    programme_version: int | None = None
    response_hours: int | None = None
    agent: str | None = None
    hotline: str | None = None


class CaseTier(ReplyModel):
    """The tier held when it was said."""

    programme: str | None
    key: str
    rank: int | None
    name: LocalText | None


class DecisionAnswer(ReplyModel):
    """A decision about a disputed tier, and the pin that scoring was asked for.

    `pin`: none (the tier stays), pending, made, refused, ending, ended.
    """

    decision_id: UUID
    decision: Decision
    programme: str
    tier_held: str | None
    tier_judged: str
    reason: str
    decided_by: str
    decided_at: datetime
    ends_at: datetime | None
    pin: PinState
    pin_id: UUID | None
    pin_detail: str | None = Field(description="Why scoring refused the pin")


class CaseItem(ReplyModel):
    """A case; minutes are those in which service worked.

    `due_at` is when the answer is due; while `is_service_level_known` is false scoring could not
    be asked, and it may still move to an earlier instant.
    """

    case_id: UUID
    feedback_id: UUID | None
    customer_id: str | None
    kind: str
    channel: str
    state: CaseState
    state_name: LocalText
    owner: str | None
    priority: int
    version: int
    tier: CaseTier | None
    service_level: CaseServiceLevel | None
    is_service_level_known: bool
    opened_at: datetime
    due_at: datetime
    resolve_by: datetime | None
    is_overdue: bool
    first_due_at: datetime
    first_answered_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    improved_at: datetime | None
    response_minutes: int | None
    resolution_minutes: int | None
    breaches: int
    reopenings: int
    answer: str | None
    resolution: str | None
    improvement: str | None
    updated_at: datetime


class CaseEventItem(ReplyModel):
    """Something that happened to a case."""

    event_id: UUID
    kind: str
    actor: str
    details: dict[str, JsonValue]
    at: datetime


class CaseAnswer(CaseItem):
    """A case with what was said, what was decided, and what happened (the newest 200)."""

    feedback: FeedbackItem | None
    decisions: list[DecisionAnswer]
    events: list[CaseEventItem]


class CaseFigures(ReplyModel):
    """How fast cases were answered and resolved; shares lie in 0..1, null: nothing to tell from.

    Minutes are working ones, hours run on. `within_share` is over cases that were answered or are
    overdue; `reopened_share` over those that were answered.
    """

    cases: int
    answered: int
    resolved: int
    within_share: float | None
    breaches: int
    reopened_share: float | None
    response_minutes_median: float | None
    response_minutes_p90: float | None
    response_hours_median: float | None
    response_hours_p90: float | None
    resolution_minutes_median: float | None
    resolution_minutes_p90: float | None
    resolution_hours_median: float | None
    resolution_hours_p90: float | None


class TierFigures(CaseFigures):
    """The figures of one tier; null where none was held or it is not known."""

    programme: str | None
    tier: str | None
    rank: int | None
    name: LocalText | None


class CaseTimes(ReplyModel):
    """Figures of the cases opened in `[since, until)`, by the tier held then, highest first."""

    since: datetime
    until: datetime
    total: CaseFigures
    tiers: list[TierFigures]


EXAMPLE_CASE: Final[dict[str, Any]] = {
    "kind": "complaint",
    "text": "外卖迟到一小时，咖啡已经凉了",
    "channel": "phone",
    "language": "zh",
    "customer": {"customer_id": "c-1"},
    "order_id": "o-1",
    "occurred_at": "2026-11-21T12:40:00+08:00",
    "owner": "li.na",
}
EXAMPLE_CASE_CHANGE: Final[dict[str, Any]] = {
    "state": "answered",
    "owner": "li.na",
    "answer": "已致歉并安排重新配送",
    "note": "Called at 14:05, she will be at home until six",
}
EXAMPLE_REOPEN: Final[dict[str, Any]] = {"reason": "The second delivery was late as well"}
EXAMPLE_DECISION: Final[dict[str, Any]] = {
    "decision": "raise",
    "programme": "value",
    "tier": "high",
    "reason": "Two orders of October were booked on another account",
    "ends_at": "2030-01-01T00:00:00Z",
}
