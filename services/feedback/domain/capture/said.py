"""One piece of feedback as it is stored, and when its instant can be believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
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
    offer_key: str | None = None
    answer: str | None = None
    tier_added_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One piece of feedback on its way in, with the event that it becomes.

    `names`: what it names its customer by, as (kind, hash) of shared.erasures.tombstone.
    """

    said: Said
    event: Mapping[str, Any]
    names: Sequence[tuple[str, bytes]] = ()


class Fate(StrEnum):
    """What became of an arrival."""

    STORED = "stored"
    #: the same was stored before
    KNOWN = "known"
    #: another one was stored before under this id; it stays
    CONFLICT = "conflict"
    #: names somebody who was erased
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of one arrival, and what is stored under its key."""

    fate: Fate
    said: Said


def outcome_of(arrival: Arrival, first: Said | None) -> Outcome:
    """Judge an arrival whose key was taken, by what is stored under it (None: erased since)."""
    if first is None or first.fingerprint != arrival.said.fingerprint:
        return Outcome(Fate.CONFLICT, arrival.said)
    return Outcome(Fate.KNOWN, first)


def is_believable(occurred_at: datetime, now: datetime) -> bool:
    """Tell whether a claimed instant may be stored: from 1990 on, at most 48 hours ahead."""
    return EARLIEST <= occurred_at <= now + FURTHEST_AHEAD
