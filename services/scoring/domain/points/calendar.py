"""The programme's own calendar in dates: where they begin, and months counted from an anchor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.scoring.domain.status.engine.calendars import (
    Zone,
    day_in,
    instant_of,
    microseconds,
    month_of,
    zone_of,
)

_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Local dates of a time zone."""

    zone: Zone

    def day_of(self, instant: datetime) -> date:
        """Name the local date of an instant."""
        return date.fromordinal(_EPOCH + self.zone.day_of(microseconds(instant)))

    def start_of(self, day: date) -> datetime:
        """Find the instant at which a local date begins, also where midnight is skipped."""
        return instant_of(self.zone.midnight(day.toordinal() - _EPOCH))


def calendar_of(time_zone: str) -> Calendar:
    """Give the calendar of a time zone by its IANA name."""
    return Calendar(zone_of(time_zone))


def months_after(day: date, months: int) -> date:
    """Count months from a day; one the month does not have becomes its last (31 Jan + 1: 28 Feb).

    Beyond the last year there is, the last day there is.
    """
    month, day_of_month = month_of(day.toordinal() - _EPOCH)
    if (month + months) // 12 > date.max.year:
        return date.max
    return date.fromordinal(_EPOCH + day_in(month + months, day_of_month))
