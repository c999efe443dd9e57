"""Dates of a time zone on integer microseconds: midnights, months and days by the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
#: Later than every instant; also the end of what has no end.
FOREVER: Final = 1 << 62

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_EPOCH_ORDINAL: Final = _NAIVE_EPOCH.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST_MONTH: Final = 9999 * 12 + 11
_LAST_INSTANT: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND - DAY
_FIRST_INSTANT: Final = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND + DAY
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def microseconds(instant: datetime) -> int:
    """Count the microseconds from 1970-01-01T00:00Z to an instant."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def instant_of(us: int) -> datetime:
    """Turn a count of microseconds back into its UTC instant."""
    return _EPOCH + timedelta(microseconds=us)


def end_of(us: int) -> datetime | None:
    """Turn the end of something into an instant; None if it has no end."""
    return None if us >= _LAST_INSTANT else instant_of(us)


def month_of(day: int) -> tuple[int, int]:
    """Tell (months since year 0, day of the month) of a day number."""
    found = date.fromordinal(day + _EPOCH_ORDINAL)
    return found.year * 12 + found.month - 1, found.day


def day_in(month: int, day: int) -> int:
    """Give the number of a day of a month, or of its last day where that is earlier."""
    year, place = divmod(month, 12)
    last = 29 if place == 1 and _is_leap(year) else _MONTH_DAYS[place]
    return date(year, place + 1, min(day, last)).toordinal() - _EPOCH_ORDINAL


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _moved(day: int, months: int) -> int:
    month, day_of_month = month_of(day)
    if month + months > _LAST_MONTH:
        return FOREVER
    return day_in(max(month + months, 12), day_of_month)


class Zone:
    """A time zone's wall clock, with the offset of each day looked up once."""

    __slots__ = ("_day_offsets", "_info", "_midnights", "_moved")

    def __init__(self, name: str) -> None:
        self._info = ZoneInfo(name)
        #: UTC day -> offset in microseconds where it is the same from the day before to the day
        #: after; None near a change of the clocks, where the zone itself is asked.
        self._day_offsets: dict[int, int | None] = {}
        self._midnights: dict[int, int] = {}
        #: months -> day -> the day that many months later
        self._moved: dict[int, dict[int, int]] = {}

    def local(self, us: int) -> int:
        """Read the wall clock at an instant, as microseconds since 1970-01-01 00:00 there."""
        offset = self._offset(us // DAY)
        return us + (self._asked(us) if offset is None else offset)

    def instant(self, wall: int) -> int:
        """Find the instant the wall clock shows this; the first of two, or after a jump over it."""
        offset = self._offset(wall // DAY)
        if offset is not None:
            return wall - offset
        shown = (_NAIVE_EPOCH + timedelta(microseconds=wall)).replace(tzinfo=self._info)
        return microseconds(shown.astimezone(UTC))

    def is_settled(self, us: int) -> bool:
        """Tell whether the clocks change neither on this day nor on the days beside it."""
        return self._offset(us // DAY) is not None

    def day_of(self, us: int) -> int:
        """Give the number of the local day of an instant, from 1970-01-01."""
        return self.local(us) // DAY

    def midnight(self, day: int) -> int:
        """Find the instant at which a local day begins, also where midnight is skipped."""
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = self._first_of(day)
        return found

    def add_months(self, us: int, months: int) -> int:
        """Move an instant by months at the same wall time; a day that is not there is the last."""
        day, time = divmod(self.local(us), DAY)
        by_day = self._moved.get(months)
        if by_day is None:
            by_day = self._moved[months] = {}
        moved = by_day.get(day)
        if moved is None:
            moved = by_day[day] = _moved(day, months)
        return FOREVER if moved == FOREVER else self.instant(moved * DAY + time)

    def add_days(self, us: int, days: int) -> int:
        """Move an instant by days at the same wall time."""
        moved = us + days * DAY
        if not _FIRST_INSTANT < moved < _LAST_INSTANT:
            return FOREVER if days > 0 else _FIRST_INSTANT
        return self.instant(self.local(us) + days * DAY)

    def _offset(self, day: int) -> int | None:
        try:
            return self._day_offsets[day]
        except KeyError:
            edges = {self._asked((day + hours // 24) * DAY + hours % 24 * 3600 * SECOND)
                     for hours in range(-24, 49, 6)}  # fmt: skip
            found = edges.pop() if len(edges) == 1 else None
            self._day_offsets[day] = found
            return found

    def _asked(self, us: int) -> int:
        us = min(max(us, _FIRST_INSTANT), _LAST_INSTANT)
        offset = instant_of(us).astimezone(self._info).utcoffset()
        return (offset or timedelta()) // _MICROSECOND

    def _first_of(self, day: int) -> int:
        guess = self.instant(day * DAY)
        if self.local(guess) % DAY == 0:
            return guess
        # The clocks jumped over midnight from before it: the day begins at the jump.
        low, high = guess - 26 * 3600 * SECOND, guess
        while high - low > SECOND:
            middle = (low + high) // 2 // SECOND * SECOND
            if self.day_of(middle) >= day:
                high = middle
            else:
                low = middle
        return high


@lru_cache(maxsize=512)
def zone_of(name: str) -> Zone:
    """Give the one zone of a name, so that what it looked up serves everybody."""
    return Zone(name)
