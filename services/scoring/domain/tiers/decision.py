"""What a decision rests on and what it says: the values that go between statements."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import Course, OrderMoments, TierChange


class Because(StrEnum):
    """Why history holds a row."""

    FIRST_DECISION = "first_decision"
    VALUE_RISE = "value_rise"
    VALUE_FALL = "value_fall"
    RELEASE = "release"
    CORRECTION = "correction"
    PINNED = "pinned"
    GRANTED = "granted"
    PIN_ENDED = "pin_ended"
    GRANT_ENDED = "grant_ended"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a stored decision must share with the present to be carried on from."""

    version: int
    release_id: int
    levels_seen: int


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """The part of a row of `tier_current` that the next decision may use."""

    basis: Basis
    course: Course
    changes_sum: int  # of the whole timeline up to the course's day


@dataclass(frozen=True, slots=True)
class Versions:
    """Which facts and which pins, grants and overrides a decision saw."""

    facts: int
    control: int


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer as read in one snapshot, without the days (they lie packed beside)."""

    profile_id: UUID
    customer_id: str | None
    versions: Versions
    moments: Mapping[date, OrderMoments]
    stored: StoredDecision | None = None
    stored_sum: int | None = None  # of the stored timeline, also where no score is stored
    last_told: tuple[str, int] | None = None  # tier key and release of the newest history row
    pins: tuple[Pin, ...] = ()
    grants: tuple[Grant, ...] = ()
    # (day number, category) of what was bought, for programmes that ask
    categories: tuple[tuple[int, str], ...] = ()

    @property
    def has_controls(self) -> bool:
        """Tell whether anybody ever pinned them or granted them a tier in this programme."""
        return bool(self.pins or self.grants)


@dataclass(frozen=True, slots=True)
class Decision:
    """A tier decided for one business date; `course` is None for a customer without orders.

    `course` is what is earned. `changes` are what is shown of it; `earned` is the rank beneath pins
    and grants, None for who has none; `changes_at`: the next boundary of one; `until`: when the
    tier they show ends. `score` is the season-free one; `mark`: of the classes, where conditions
    make them.
    """

    profile_id: UUID
    versions: Versions
    business_date: date
    level_date: date | None
    tier_key: str
    rank: int
    since: datetime
    lifecycle: str
    course: Course | None
    is_resumed: bool
    levels_seen: int
    changes_sum: int
    inputs_hash: bytes | None
    answer: bytes
    because: Because | None
    tier_before: str | None
    changes: tuple[TierChange, ...] = ()
    earned: int | None = None
    is_pinned: bool = False
    changes_at: datetime | None = None
    until: datetime | None = None
    score: float | None = None
    mark: int | None = None

    @property
    def state(self) -> bytes:
        """Write what the next decision needs of this one."""
        below = self.course.standing.below if self.course else 0
        stored = state_of(below, self.levels_seen, self.changes_sum)[:-1]
        for name, value in ((b"earned", self.earned), (b"mark", self.mark)):
            if value is not None:
                stored += b',"%b":%d' % (name, value)
        return stored + b"}"


def state_of(below: int, levels_seen: int, changes_sum: int) -> bytes:
    """Write what the next decision needs of this one as its stored document."""
    return b'{"below":%d,"levels":%d,"changes":%d}' % (below, levels_seen, changes_sum)


def sum_of_changes(changes: Sequence[TierChange], before: int = 0) -> int:
    """Sum up a timeline so that two can be compared without reading one back; chains."""
    for change in changes:
        at = change.at.isoformat().encode()
        before = zlib.crc32(b"%b %d %b" % (at, change.rank, change.move.encode()), before)
    return before


def reason_of_change(
    customer: Customer, release_id: int, tier_key: str, course: Course | None
) -> Because | None:
    """Say why the told tier differs from the newest in history; None where it does not."""
    told = customer.last_told
    if told is None:
        return Because.FIRST_DECISION
    if told[0] == tier_key:
        return None
    if told[1] != release_id:
        return Because.RELEASE
    return _move_since(customer.stored, course) or Because.CORRECTION


def _move_since(stored: StoredDecision | None, course: Course | None) -> Because | None:
    """Name the move that happened after the stored decision; None where facts changed behind it."""
    if stored is None or course is None or not course.changes:
        return None
    last, held = course.changes[-1], stored.course
    is_new = last.at > held.since or last.move is Move.ENTERED  # on the release's own date
    if last.move is not Move.FALL and last.rank > held.standing.rank and is_new:
        return Because.VALUE_RISE
    if last.move is Move.FALL and last.rank < held.standing.rank and course.day > held.day:
        return Because.VALUE_FALL
    return None
