"""One piece of feedback as it is stored, and when its instant can be believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
FURTHEST_AHEAD: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class HeldTier:
    """What scoring answered: the tier, null for a stranger; unknown when it could not be asked."""

    is_known: bool
    customer_id: str | None = None
    tier: Mapping[str, Any] | None = None


UNKNOWN: Final = HeldTier(is_known=False)
#: Nobody in particular said it, or somebody scoring has never seen.
NOBODY: Final = HeldTier(is_known=True)


@dataclass(frozen=True, slots=True)
class Said:
    """A row of `feedback`; names nobody but by the shop's own customer id."""

    feedback_id: UUID
    event_key: bytes
    fingerprint: bytes
    customer_id: str | None
    kind: str
    channel: str
    rating: int | None
    text: str | None
    language: str | None
    order_id: str | None
    session_id: str | None
    tier_held: Mapping[str, Any] | None
    is_tier_known: bool
    properties: Mapping[str, Any]
    occurred_at: datetime
    received_at: datetime


def is_believable(occurred_at: datetime, now: datetime) -> bool:
    """Tell whether a claimed instant may be stored: from 1990 on, at most 48 hours ahead."""
    return EARLIEST <= occurred_at <= now + FURTHEST_AHEAD
