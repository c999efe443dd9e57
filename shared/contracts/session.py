"""Sessions as front ends open them (CONTRACT: POST /v1/sessions), and what a page may see."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.common import CustomerReference, LocalText
from shared.contracts.receipts import MAX_ITEMS, Channel, ItemConflict, ItemRejected
from shared.contracts.tier import Target, Tier, TierAnswer
from shared.fields import fault
from shared.wire import Identifier, ReplyModel, WireModel

MAX_PROGRAMMES = 100
MAX_TOKEN = 32 * 1024
Part = Literal["entitlements", "reasons", "segments"]


class SessionRequest(WireModel):
    """Who is here, what they just did, and what to tell; `token` goes on with a session."""

    customer: CustomerReference | None = None
    anonymous_id: Identifier | None = None
    channel: Channel
    #: as POST /v1/events takes them; one without `customer` is this customer's
    events: list[Any] | None = Field(default=None, min_length=1, max_length=MAX_ITEMS)
    include: list[Part] = Field(default_factory=list, max_length=3)
    programmes: list[Identifier] | None = Field(
        default=None, min_length=1, max_length=MAX_PROGRAMMES
    )
    token: str | None = Field(default=None, max_length=MAX_TOKEN)

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.token is None and not self.named():
            raise fault("missing", "names nobody: give a customer, an anonymous_id or a token")
        return self

    def named(self) -> dict[str, str]:
        """List the identifiers that are there, strongest first."""
        given = self.customer.given() if self.customer else {}
        if self.anonymous_id is not None:
            given.setdefault("anonymous_id", self.anonymous_id)
        return given


class SessionTier(TierAnswer):
    """A tier answer, with the tier the session keeps and the one held now."""

    pinned: Tier
    current: Tier


class SessionEvents(ReplyModel):
    """What became of the events; `not_accepted`: send them again, nothing is counted twice."""

    status: Literal["accepted", "not_accepted"]
    accepted: int = 0
    duplicates: int = 0
    conflicts: list[ItemConflict] = Field(default_factory=list)
    rejected: list[ItemRejected] = Field(default_factory=list)
    sequence: int | None = None
    #: why they were not accepted, and whether sending them again may help
    code: str | None = None
    message: LocalText | None = None
    retryable: bool | None = None


class SessionAnswer(ReplyModel):
    """One tier answer a programme, and the token that goes on with the session."""

    session_id: str
    token: str
    expires_at: datetime
    customer_id: str | None = None
    known: bool
    channel: Channel
    tiers: list[SessionTier]
    #: only when asked for; null while they cannot be looked up
    entitlements: list[dict[str, Any]] | None = None
    segments: list[str] | None = None
    #: only when events were given
    events: SessionEvents | None = None


class OwnProgress(ReplyModel):
    """What is missing for the next tier; nothing about the past."""

    next: Target | None = None


class OwnTier(ReplyModel):
    """What customers may see of their own tier in one customer-facing programme."""

    programme: str
    tier: Tier
    current: Tier
    since: datetime | None = None
    valid_until: datetime | None = None
    status: str
    progress: OwnProgress
    as_of: datetime
    stale: bool


class OwnTiers(ReplyModel):
    """What a page is told with its session token."""

    session_id: str
    tiers: list[OwnTier]
    entitlements: list[dict[str, Any]] | None = None


EXAMPLE_SESSION: dict[str, Any] = {
    "customer": {"customer_id": "c-1"},
    "anonymous_id": "a-7",
    "channel": "web",
    "events": [
        {
            "event_id": "s-1",
            "type": "product_viewed",
            "occurred_at": "2026-11-21T12:20:00+08:00",
            "properties": {"sku": "6927165"},
        }
    ],
    "include": ["entitlements", "reasons", "segments"],
}
