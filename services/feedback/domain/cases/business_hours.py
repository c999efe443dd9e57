"""When service works: the instant some working hours from now, and the work between two instants.

Windows are local wall times; elapsed time is counted, so a night of 23 or 25 hours is what it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY_MINUTES: Final = 24 * 60
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from one minute of the day to another, 0 to 1440."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours of each weekday (Monday first), and the dates that have others; none: closed.

    Spans of a day are in order and do not overlap; at least one weekday has some.
    """

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """Give the hours of a date."""
        return self.exceptions.get(day, self.week[day.weekday()])


def due_after(start: datetime, hours: timedelta, calendar: Calendar) -> datetime:
    """Find the instant at which so much work has been possible since `start`.

    It lies within the hours: no time at all from a closed instant on is the next opening.
    """
    left = max(hours, timedelta())
    for opens, closes in _windows_from(start, calendar):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise AssertionError("a calendar opens again and again")


def worked_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Sum the working time from one instant to another; nothing when the end is earlier."""
    total = timedelta()
    for opens, closes in _windows_from(start, calendar):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return total


def _windows_from(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Give the windows that end at or after an instant, in order, up to the end of time."""
    day = start.astimezone(calendar.zone).date()
    while True:
        for span in calendar.spans_of(day):
            opens = instant_of(day, span.opens, calendar.zone)
            closes = instant_of(day, span.closes, calendar.zone)
            # A window that a jump of the clocks swallowed whole is none.
            if closes >= start and closes > opens:
                yield opens, closes
        if day == date.max:
            return
        day += timedelta(days=1)


def instant_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Find when a local wall time is; one that happens twice is the first, a skipped one the jump.

    Later wall times never give earlier instants.
    """
    days, minutes = divmod(minute, DAY_MINUTES)
    clock = time(minutes // 60, minutes % 60)
    wall = datetime.combine(day + timedelta(days=days), clock, tzinfo=zone)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    return _jump_between(wall.replace(fold=1).astimezone(UTC), found, zone)


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the first second of the later offset by bisection."""
    later = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == later:
            after = middle
        else:
            before = middle
    return after
