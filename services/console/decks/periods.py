"""Periods as targets and reviews name them: 2026, 2026-Q4, 2026-11, 2026-W47, a date."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

_NAMED: Final = re.compile(r"(\d{4})(?:-(?:Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?")
_QUARTER: Final = 3
_YEAR: Final = 12


def dates_of(name: str) -> tuple[date, date] | None:
    """Give the first and the last date of a period; None where the text names none."""
    found = _NAMED.fullmatch(name)
    if found is None:
        return None
    year, quarter, week, month, day = (int(part or 0) for part in found.groups())
    try:
        if quarter:
            return _months(year, quarter * _QUARTER - 2, _QUARTER)
        if week:
            first = date.fromisocalendar(year, week, 1)
            return first, first + timedelta(days=6)
        if day:
            return date(year, month, day), date(year, month, day)
        return _months(year, month, 1) if month else _months(year, 1, _YEAR)
    except ValueError:
        return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count - 1
    return date(year, month, 1), date(year, last, monthrange(year, last)[1])


def months_in(first: date, last: date) -> int | None:
    """Tell how many months some dates are: 1, 3 of a quarter or 12 of a year; else None."""
    for count in (1, _QUARTER, _YEAR):
        month = first.month
        if (month - 1) % count == 0 and (first, last) == _months(first.year, month, count):
            return count
    return None


def before(first: date, last: date) -> tuple[date, date]:
    """Give as many dates just before some: what KPIs are compared with."""
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)
