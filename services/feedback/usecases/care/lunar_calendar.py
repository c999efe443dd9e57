"""The Chinese calendar of lunar_python, kept to the years it was checked for."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from lunar_python import LunarYear

from services.feedback.domain.care.festivals import LunarMonth

#: Beyond 2100 the difference between atomic and solar time can move a new moon over midnight.
FIRST_YEAR, LAST_YEAR = 1900, 2100
# Julian day of 1970-01-01 at noon: the library names days by their noon.
_NOON: Final = 2440588
_EPOCH: Final = date(1970, 1, 1)


class ChineseCalendar:
    """Months of the lunar years 1900 to 2100, computed from new moons and solar terms."""

    __slots__ = ()

    def month(self, year: int, month: int, *, is_leap: bool = False) -> LunarMonth | None:
        """Find a month; None for a leap month the year lacks and for years not covered."""
        # the library holds a lock while it computes and keeps it when that fails: ask no nonsense
        if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
            return None
        return _months(year).get(-month if is_leap else month)


@lru_cache(maxsize=16)
def _months(year: int) -> dict[int, LunarMonth]:
    found = LunarYear.fromYear(year).getMonthsInYear()
    return {each.getMonth(): _month(each.getFirstJulianDay(), each.getDayCount()) for each in found}


def _month(julian_day: float, days: int) -> LunarMonth:
    return LunarMonth(_EPOCH + timedelta(days=round(julian_day) - _NOON), days)


CALENDAR: Final = ChineseCalendar()
