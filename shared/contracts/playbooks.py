"""Playbooks: whom a shop cares for, on which occasion, how, and within which limits."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, JsonValue, model_validator

from shared.contracts.common import LocalText, Money
from shared.contracts.triggers import Key, LocalTime, Trigger
from shared.fields import fault
from shared.wire import Identifier, ReplyModel, ShortText, WireModel

ContactChannel = Literal["phone", "sms", "email", "wechat", "app", "store", "letter"]
Lifecycle = Literal["prospect", "new", "active", "at_risk", "churned", "reactivated"]
PlaybookStateName = Literal["draft", "live", "paused", "ended"]
Purpose = Literal["service", "marketing"]
Priority = Annotated[int, Field(ge=1, le=5, description="1 is seen to first")]
_Few = Field(default=None, min_length=1, max_length=50)


class AudienceBody(WireModel):
    """Whom it is for: all that is given must hold; nothing given: everybody.

    A segment is a condition tree of scoring (POST /v1/segments); programme, tiers and lifecycles
    are a short hand for the commonest ones. Lifecycles without a programme are those of the
    default programme.
    """

    segment: Key | None = None
    programme: Identifier | None = None
    tiers: Annotated[list[Identifier] | None, _Few] = None
    lifecycles: Annotated[list[Lifecycle] | None, _Few] = None


class ActionBody(WireModel):
    """What is to be done for each of them.

    Title and message may hold {name}, {tier}, {lifecycle}, {points}, {last_order}, {offer},
    {benefit} and {festival}; other braces are refused. {offer} and {benefit} are written as the
    names of what offer_key and benefit_key name, {festival} as that of the trigger: a live
    playbook may only use what it names.
    """

    channel: ContactChannel
    channel_by_tier: dict[Identifier, ContactChannel] | None = Field(default=None, max_length=50)
    title: LocalText
    message: LocalText
    offer_key: Key | None = None
    benefit_key: Identifier | None = None
    costs: dict[ContactChannel, Money] | None = Field(
        default=None, description="What one contact costs by channel; nothing where none is given"
    )
    priority: Priority = 3
    due_in_days: int = Field(default=1, ge=0, le=60, description="Working days")
    expires_in_days: int = Field(default=14, ge=1, le=365, description="After it was due")
    owner: Identifier | None = None
    queue: Identifier | None = None


class CapBody(WireModel):
    """At most so many contacts with a customer in so many days, over all playbooks."""

    count: int = Field(ge=1, le=1000)
    days: int = Field(ge=1, le=366)
    channel: ContactChannel | None = Field(default=None, description="Of one channel only")


class QuietBody(WireModel):
    """When customers are left alone: hours of the shop's day, over midnight too, and weekdays."""

    start: LocalTime | None = None
    end: LocalTime | None = None
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] | None = Field(
        default=None, max_length=6, description="1 is Monday"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise fault("one_of", "must give both start and end, or neither")
        if self.start is not None and self.start == self.end:
            raise fault("empty_span", "must not end when it starts")
        return self


class PlaybookBody(WireModel):
    """A playbook as it is written under its key."""

    name: LocalText
    state: PlaybookStateName = "draft"
    owner: Identifier
    goal: LocalText
    purpose: Purpose = "marketing"
    consent: Literal["not_withdrawn", "granted"] = Field(
        default="not_withdrawn",
        description="Of the purpose: who did not withdraw it, or only who granted it",
    )
    audience: AudienceBody = AudienceBody()
    trigger: Trigger
    action: ActionBody
    caps: list[CapBody] | None = Field(default=None, max_length=10)
    budget: Money | None = Field(default=None, description="Of a calendar month of the shop")
    quiet: QuietBody | None = None


class PlaybookRequest(PlaybookBody):
    """A new playbook."""

    key: Key


class RunNote(ReplyModel):
    """How the latest pass over the people of an occasion went."""

    occasion: str
    counts: dict[str, int]
    note: LocalText | None
    started_at: datetime
    looked_at: datetime
    finished_at: datetime | None


class PlaybookWarning(ReplyModel):
    """What must be mended before a playbook may go live: a JSON pointer, a code, a sentence."""

    pointer: str
    code: str
    message: str


class PlaybookAnswer(ReplyModel):
    """A playbook as it stands; `last_run` is null before its first occasion.

    `warnings`: where a text refers to an offer, benefit or festival that the playbook does not
    name. A draft may have some; going live with them is refused.
    """

    key: str
    version: int
    name: LocalText
    state: PlaybookStateName
    owner: str
    goal: LocalText
    purpose: Purpose
    consent: str
    audience: dict[str, JsonValue]
    trigger: dict[str, JsonValue]
    action: dict[str, JsonValue]
    caps: list[dict[str, JsonValue]]
    budget: Money | None
    quiet: dict[str, JsonValue] | None
    live_since: datetime | None
    created_at: datetime
    updated_at: datetime
    last_run: RunNote | None = None
    warnings: list[PlaybookWarning]


class ShownText(ReplyModel):
    """Words for people in both languages, filled in; they may be empty."""

    en: str
    zh: str


class PlaybookRunBody(WireModel):
    """Ask a playbook that waits for people to look at its audience now."""

    reason: ShortText


class PlaybookRunAnswer(ReplyModel):
    """The occasion that was made; the worker makes its tasks."""

    key: str
    occasion: str


class TierResults(ReplyModel):
    """What came of the tasks of one tier; shares are null where nothing was done."""

    tier: str | None
    tasks: int
    states: dict[str, int]
    outcomes: dict[str, int]
    cost: Money | None
    reached_rate: float | None
    response_rate: float | None


class PlaybookResults(TierResults):
    """What came of a playbook.

    `reached_rate`: of those somebody tried to reach. `response_rate`: who accepted, of those who
    were reached. `cost` is what was done, `open_cost` what waits.
    """

    key: str
    open_cost: Money | None
    held_back: dict[str, int]
    by_tier: list[TierResults]


class PresetAnswer(ReplyModel):
    """A playbook that comes with Tierline, to be posted as it is or changed."""

    key: str
    document: dict[str, Any]


EXAMPLE_PLAYBOOK_BODY: Final[dict[str, Any]] = {
    "name": {"en": "Call back VIPs", "zh": "贵宾回访"},
    "state": "draft",
    "owner": "care-team",
    "goal": {"en": "Keep high-value customers", "zh": "留住高价值顾客"},
    "purpose": "service",
    "audience": {"programme": "value", "tiers": ["high"], "lifecycles": ["active", "at_risk"]},
    "trigger": {"kind": "schedule", "every": "month", "day": 1, "at": "09:30"},
    "action": {
        "channel": "phone",
        "channel_by_tier": {"low": "sms"},
        "title": {"en": "Call a {tier} customer", "zh": "致电{tier}顾客"},
        "message": {
            "en": "Thank {name} for being with us; they hold {points} points.",
            "zh": "感谢{name}一直以来的支持；现有{points}积分。",
        },
        "costs": {
            "phone": {"amount": "3.00", "currency": "CNY"},
            "sms": {"amount": "0.05", "currency": "CNY"},
        },
        "priority": 2,
        "due_in_days": 2,
        "queue": "vip",
    },
    "caps": [{"count": 1, "days": 30, "channel": "phone"}],
    "budget": {"amount": "900.00", "currency": "CNY"},
    "quiet": {"start": "20:00", "end": "09:00", "weekdays": [7]},
}
EXAMPLE_PLAYBOOK: Final[dict[str, Any]] = {"key": "vip-call-back", **EXAMPLE_PLAYBOOK_BODY}
EXAMPLE_RUN: Final[dict[str, Any]] = {"reason": "Anniversary week"}
