"""Pins and grants as scoring takes and answers them."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.pins import PinMode
from shared.wire import Identifier, Instant, ReplyModel, ShortText, WireModel

GrantKind = Literal["paid", "invited", "imported"]

EXAMPLE_PIN: Final[dict[str, Any]] = {
    "programme": "value",
    "mode": "floor",
    "tier": "high",
    "reason": "Promised after the delayed delivery of May",
    "ends_at": "2030-01-01T00:00:00Z",
}
EXAMPLE_GRANT: Final[dict[str, Any]] = {
    "programme": "value",
    "kind": "invited",
    "tier": "mid",
    "reason": "Opening week of the new store",
}


class PinRequest(WireModel):
    """Hold a customer at a tier (`exact`), not below it (`floor`) or not above it (`ceiling`)."""

    programme: Identifier
    mode: PinMode
    tier: Identifier
    reason: ShortText
    starts_at: Instant | None = Field(default=None, description="Now where it is not given")
    ends_at: Instant | None = Field(default=None, description="Open where it is not given")


class GrantRequest(WireModel):
    """Give a customer a tier: paid for, by invitation, or brought along from elsewhere."""

    programme: Identifier
    kind: GrantKind
    tier: Identifier
    reason: ShortText
    starts_at: Instant | None = Field(default=None, description="Now where it is not given")
    ends_at: Instant | None = Field(default=None, description="Open where it is not given")


class _ControlAnswer(ReplyModel):
    customer_id: str | None
    programme: str
    tier: str
    reason: str
    actor: str = Field(description="The name of the key it was asked with")
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime | None
    ended_at: datetime | None = Field(description="When it was taken back, if it was")
    control_version: int = Field(description="The customer's decisions in their order")
    ended_control_version: int | None


class PinAnswer(_ControlAnswer):
    """A pin as it is kept."""

    pin_id: UUID
    mode: PinMode


class GrantAnswer(_ControlAnswer):
    """A grant as it is kept."""

    grant_id: UUID
    kind: GrantKind


class EndedPins(ReplyModel):
    """The pins that were taken back."""

    items: list[PinAnswer]


class EndedGrants(ReplyModel):
    """The grants that were taken back."""

    items: list[GrantAnswer]
