"""Pins as scoring is asked for them by other services."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.wire import Identifier, Instant, ReplyModel, ShortText, WireModel

PinMode = Literal["floor", "ceiling", "exact"]


class PinWish(WireModel):
    """Hold a customer at a tier (`exact`), not below it (`floor`) or not above it (`ceiling`)."""

    programme: Identifier
    mode: PinMode
    tier: Identifier
    reason: ShortText
    ends_at: Instant | None = None


class PinGiven(ReplyModel):
    """A pin that was made."""

    pin_id: UUID
    programme: str
    tier: str
    mode: PinMode
    starts_at: datetime
    ends_at: datetime | None
