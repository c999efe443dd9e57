"""Periods of business dates: days, ISO weeks, months, quarters, years, and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_NAME: Final = re.compile(
    r"(?P<year>[12]\d{3})(?:-(?:Q(?P<quarter>[1-4])|W(?P<week>\d{2})|(?P<month>\d{2})"
    r"(?:-(?P<day>\d{2}))?))?",
    re.ASCII,
)


#: Periods are named by years of four digits.
EARLIEST: Final = date(1990, 1, 1)
LATEST: Final = date(2999, 12, 31)


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Business dates from the first to the last, both in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Tell how many dates it has."""
        return (self.last - self.first).days + 1

    def has(self, day: date) -> bool:
        """Tell whether a date is in it."""
        return self.first <= day <= self.last

    def before(self) -> Period:
        """Give the period of the same length that ends where this one begins."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def halves(self) -> tuple[Period, Period]:
        """Cut it in two; it has at least two dates."""
        last = self.first + timedelta(days=self.days // 2 - 1)
        return Period(self.first, last), Period(last + timedelta(days=1), self.last)


class NoPeriod(ValueError):
    """The text names no period: 2026, 2026-Q4, 2026-11, 2026-W47 or 2026-11-21."""


def period_named(name: str) -> Period:
    """Read the name of a period; raises NoPeriod."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise NoPeriod
    year = int(match["year"])
    try:
        if match["week"]:
            first = date.fromisocalendar(year, int(match["week"]), 1)
            return Period(first, first + timedelta(days=6))
        if match["day"]:
            day = date.fromisoformat(name)
            return Period(day, day)
        if match["month"]:
            return _months(year, int(match["month"]), 1)
    except ValueError as error:
        raise NoPeriod from error
    if match["quarter"]:
        return _months(year, 3 * int(match["quarter"]) - 2, 3)
    return _months(year, 1, 12)


def period_of(day: date, grain: Grain) -> tuple[str, Period]:
    """Name the period of a grain that a date lies in."""
    name = _name_of(day, grain)
    return name, period_named(name)


def parts_of(whole: Period, grain: Grain) -> Iterator[tuple[str, Period]]:
    """Cut some dates at the ends of periods: the first and the last part may be shorter."""
    day = whole.first
    while day <= whole.last:
        name, period = period_of(day, grain)
        yield name, Period(day, min(period.last, whole.last))
        day = period.last + timedelta(days=1)


def _name_of(day: date, grain: Grain) -> str:
    match grain:
        case Grain.DAY:
            return day.isoformat()
        case Grain.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case Grain.MONTH:
            return f"{day.year}-{day.month:02d}"
        case Grain.QUARTER:
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case Grain.YEAR:
            return str(day.year)


def _months(year: int, month: int, count: int) -> Period:
    first = date(year, month, 1)
    after = month - 1 + count
    return Period(first, date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1))
