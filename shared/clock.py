"""Time as an argument: the business clock lets old data be lived in."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

_OFFSET = re.compile(r"([+-])P?T?(\d{1,6})([dhms])", re.ASCII | re.IGNORECASE)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Clock(Protocol):
    """Whatever can say what time it is for the business."""

    def now(self) -> datetime:
        """Tell the current instant in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Tell the current instant in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still."""

    instant: datetime

    def now(self) -> datetime:
        """Tell the instant it was set to."""
        return self.instant


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """A clock that runs, but elsewhere in time."""

    offset: timedelta
    source: Clock = SystemClock()

    def now(self) -> datetime:
        """Tell the source's instant moved by the offset."""
        return self.source.now() + self.offset


def clock_from(business_now: str | None, *, source: Clock | None = None) -> Clock:
    """Build the clock `BUSINESS_NOW` asks for; ValueError says what it may be."""
    source = source or SystemClock()
    if not business_now:
        return source
    if match := _OFFSET.fullmatch(business_now):
        sign, count, unit = match.groups()
        offset = timedelta(**{_UNITS[unit.lower()]: int(count)})
        return OffsetClock(offset if sign == "+" else -offset, source)
    try:
        instant = datetime.fromisoformat(business_now)
        if instant.tzinfo is not None:
            return FixedClock(instant.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        "BUSINESS_NOW is an RFC 3339 instant with offset (1998-01-01T00:00:00Z)"
        " or an offset such as -365d or +12h"
    )


def business_date(instant: datetime, zone: tzinfo) -> date:
    """Name the calendar day of an instant in a zone."""
    return instant.astimezone(zone).date()


def first_instant_of(day: date, zone: tzinfo) -> datetime:
    """Find the UTC instant at which a local day begins, also where midnight is skipped.

    A midnight that happens twice begins the day the first time (fold=0); where the clocks jump
    over midnight, the day begins at the jump, found by bisection to the second.
    """
    # fold=0 in a gap reads the offset from before the jump, so this lands inside the new day.
    guess = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    if guess.astimezone(zone).time() == time.min:
        return guess
    low, high = guess - timedelta(hours=26), guess
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).date() >= day:
            high = middle
        else:
            low = middle
    return high


def next_local_midnight(instant: datetime, zone: tzinfo) -> datetime:
    """Find the UTC instant at which the local day after this one begins."""
    return first_instant_of(business_date(instant, zone) + timedelta(days=1), zone)
