"""From scores on the grid of business dates to the instants at which the tier changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.standing import (
    Move,
    Standing,
    begin,
    fall_at_midnight,
    rise_during,
)

MidnightOf = Callable[[date], datetime]
DayScore = tuple[date, float]
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OrderMoments:
    """When the orders of one business date took effect."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TierChange:
    """From `at` on, rank `rank` was held."""

    at: datetime
    rank: int
    move: Move


@dataclass(frozen=True, slots=True)
class Course:
    """A customer's way through one release up to a business date."""

    day: date
    standing: Standing
    since: datetime
    changes: tuple[TierChange, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What turns dates into instants: local midnights and the orders of each date."""

    midnight_of: MidnightOf
    moments: Mapping[date, OrderMoments]

    def first_moment(self, day: date) -> datetime:
        """Give the first order's instant of a date, else its midnight."""
        moments = self.moments.get(day)
        return self._within(day, moments.first_at if moments else None)

    def last_moment(self, day: date) -> datetime:
        """Give the last order's instant of a date, else its midnight."""
        moments = self.moments.get(day)
        return self._within(day, moments.last_at if moments else None)

    def _within(self, day: date, at: datetime | None) -> datetime:
        # A till may book an evening's sale on the next business date: instants stay in their date.
        midnight = self.midnight_of(day)
        if at is None or at <= midnight:
            return midnight
        return min(at, self.midnight_of(day + _DAY) - _MOMENT)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a release fixes about rising and falling."""

    cuts: Cuts
    fall_after_days: int


def replay(
    scores: Sequence[DayScore], rules: Rules, calendar: Calendar, first_order: date
) -> Course:
    """Walk the grid from its first date: the reference date, or the first order's if later."""
    day, score = scores[0]
    at = calendar.first_moment(day) if first_order == day else calendar.midnight_of(day)
    standing = begin(score, rules.cuts)
    course = Course(day, standing, at, (TierChange(at, standing.rank, Move.ENTERED),))
    return advance(course, scores[1:], rules, calendar)


def advance(course: Course, scores: Iterable[DayScore], rules: Rules, calendar: Calendar) -> Course:
    """Walk on over the dates after a course's last one, every date once and in order."""
    standing, since, changes, today = course.standing, course.since, course.changes, course.day
    for day, score in scores:
        moves, standing = _live_through(day, standing, score, rules, calendar)
        if moves:
            since, changes = moves[-1].at, changes + moves
        today = day
    return Course(today, standing, since, changes)


def _live_through(
    day: date, start: Standing, score: float, rules: Rules, calendar: Calendar
) -> tuple[tuple[TierChange, ...], Standing]:
    fallen = fall_at_midnight(start, rules.cuts, rules.fall_after_days)
    end = rise_during(fallen, score, rules.cuts)
    fell, rose = fallen.rank != start.rank, end.rank != fallen.rank
    if not (fell or rose):
        return (), end
    midnight, risen_at = calendar.midnight_of(day), calendar.last_moment(day)
    if fell and rose and risen_at == midnight:  # one instant, one change at most
        return _net_move(midnight, start.rank, end.rank), end
    down = (TierChange(midnight, fallen.rank, Move.FALL),) if fell else ()
    up = (TierChange(risen_at, end.rank, Move.RISE),) if rose else ()
    return down + up, end


def _net_move(at: datetime, before: int, after: int) -> tuple[TierChange, ...]:
    if before == after:
        return ()
    return (TierChange(at, after, Move.RISE if after > before else Move.FALL),)
