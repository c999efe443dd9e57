"""Which stretch of time counts: periods of a calendar or an anniversary, and rolling windows."""

from __future__ import annotations

from typing import Final, Protocol

from services.scoring.domain.status.engine.calendars import FOREVER, Zone, day_in, month_of
from services.scoring.domain.status.engine.rules import PeriodUnit, Window

MONTHS_OF: Final[dict[PeriodUnit, int]] = {"year": 12, "half": 6, "quarter": 3, "month": 1}
#: Nothing bears dates from here on: a period out there has no end.
_LAST_MONTH: Final = 9999 * 12


class Periods(Protocol):
    """Time cut into numbered, half-open periods that begin at local midnights."""

    def number_of(self, us: int) -> int:
        """Give the number of the period an instant lies in."""
        ...

    def start(self, number: int, plus_months: int = 0) -> int:
        """Give the first instant of a period, moved by whole months."""
        ...


class CalendarPeriods:
    """Years, halves, quarters or months from a start month: the same for every customer."""

    __slots__ = ("_first", "_length", "_zone")

    def __init__(self, zone: Zone, unit: PeriodUnit, start_month: int = 1) -> None:
        self._zone = zone
        self._length = MONTHS_OF[unit]
        self._first = start_month - 1

    def number_of(self, us: int) -> int:
        """Give the number of the period an instant lies in."""
        month, _ = month_of(self._zone.day_of(us))
        return (month - self._first) // self._length

    def start(self, number: int, plus_months: int = 0) -> int:
        """Give the first instant of a period, moved by whole months."""
        month = number * self._length + self._first + plus_months
        return FOREVER if month >= _LAST_MONTH else self._zone.midnight(day_in(month, 1))


class AnniversaryPeriods:
    """Years from the day of enrolment; every boundary is computed from that day."""

    __slots__ = ("_day", "_month", "_zone")

    def __init__(self, zone: Zone, enrolled: int) -> None:
        self._zone = zone
        self._month, self._day = month_of(zone.day_of(enrolled))

    def number_of(self, us: int) -> int:
        """Give the number of the period an instant lies in."""
        day = self._zone.day_of(us)
        guess = (month_of(day)[0] - self._month) // 12
        return guess if day_in(self._month + guess * 12, self._day) <= day else guess - 1

    def start(self, number: int, plus_months: int = 0) -> int:
        """Give the first instant of a period, moved by whole months."""
        month = self._month + number * 12 + plus_months
        return FOREVER if month >= _LAST_MONTH else self._zone.midnight(day_in(month, self._day))


def periods_of(window: Window, zone: Zone) -> CalendarPeriods:
    """Give the calendar's periods; a window without periods rounds and counts by calendar years."""
    if window.kind == "calendar":
        return CalendarPeriods(zone, window.unit, window.start_month)
    return CalendarPeriods(zone, "year")


def rolling_start(window: Window, zone: Zone, us: int) -> int:
    """Give the instant that a rolling window at `us` reaches back to, itself left out."""
    if window.months:
        return zone.add_months(us, -window.months)
    return zone.add_days(us, -window.days)


def leaves_at(window: Window, zone: Zone, us: int) -> int:
    """Find the first instant at which an entry of `us` is in the rolling window no more.

    Where months are clamped that is a local midnight: 31 August leaves six months on 1 March.
    """
    months, days = window.months, window.days
    left = zone.add_months(us, months) if months else zone.add_days(us, days)
    if left >= FOREVER or rolling_start(window, zone, left) >= us:
        return left
    return zone.midnight(zone.day_of(left) + 1)
