"""Birthdays as profiles tell them: when each is kept in a year, and when a greeting is due.

Rules: born on 29 February, kept on the 28th in common years. A lunar day 30 is kept on the 29th
in short months. Born in a leap month, kept in the leap month of years that have it, else in the
ordinary month of that number; born in an ordinary month, always kept in the ordinary one.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

from services.feedback.domain.care.festivals import Lunisolar, Reckoning, is_due

#: Paths of the attributes that may hold a birthday, the first that is there counts.
BIRTHDAY_PATHS: Final = (
    ("demography", "birthday"),
    ("demography", "birth_date"),
    ("birthday",),
    ("birth_date",),
)
#: How it may be written: 1990-02-14 (and as an instant), --02-14, 02-14. Also for SQL.
MONTH_DAY: Final = "(?:^|-)([0-9]{2}-[0-9]{2})(?:$|T)"
#: A worker that was away sends birthday wishes so many days late; after that not at all.
BIRTHDAY_LATE_DAYS: Final = 3
#: Somebody's local date is at most a day off the shop's.
_ZONES: Final = timedelta(days=1)
_WRITTEN: Final = re.compile(
    r"(?:(?P<year>[0-9]{4})-|--)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:T.*)?", re.ASCII
)
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Birthday:
    """A month and a day, by one calendar; the year may be unknown."""

    month: int
    day: int
    year: int | None = None
    reckoning: Reckoning = Reckoning.GREGORIAN
    is_leap_month: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A birthday in one year (of its own calendar): the day it is kept on."""

    year: int
    on: date


def birthday_of(attributes: Mapping[str, Any]) -> Birthday | None:
    """Read the birthday out of a profile; None where none can be read.

    `birthday_calendar: lunar` and `birthday_is_leap_month` beside it say that month and day are
    of the Chinese calendar.
    """
    for path in BIRTHDAY_PATHS:
        room = _at(attributes, path[:-1])
        text = room.get(path[-1])
        if isinstance(text, str) and (found := _WRITTEN.fullmatch(text.strip())):
            is_lunar = room.get("birthday_calendar") == Reckoning.LUNAR
            is_leap = is_lunar and room.get("birthday_is_leap_month") is True
            return _checked(found, is_lunar=is_lunar, is_leap=is_leap)
    return None


def kept_in(birthday: Birthday, year: int, calendar: Lunisolar) -> Kept | None:
    """Say on which day a birthday is kept in a year of its own calendar.

    None before the first one, and for lunar years that are not covered.
    """
    if birthday.year is not None and year <= birthday.year:
        return None
    if birthday.reckoning is Reckoning.GREGORIAN:
        is_missing = (birthday.month, birthday.day) == (2, 29) and not isleap(year)
        return Kept(year, date(year, birthday.month, birthday.day - is_missing))
    leap = calendar.month(year, birthday.month, is_leap=True) if birthday.is_leap_month else None
    month = leap or calendar.month(year, birthday.month)
    if month is None:
        return None
    return Kept(year, month.first + timedelta(days=min(birthday.day, month.days) - 1))


def due_birthday(
    birthday: Birthday,
    today: date,
    calendar: Lunisolar,
    *,
    days_before: int = 0,
    late_days: int = BIRTHDAY_LATE_DAYS,
) -> Kept | None:
    """Find the birthday to be greeted on the customer's local date, also a little late."""
    for year in _years(today):
        kept = kept_in(birthday, year, calendar)
        if kept and is_due(kept.on, today, days_before=days_before, late_days=late_days):
            return kept
    return None


def month_days_near(
    today: date,
    calendar: Lunisolar,
    *,
    days_before: int = 0,
    late_days: int = BIRTHDAY_LATE_DAYS,
) -> tuple[list[str], list[str]]:
    """Name every month and day (Gregorian, lunar) whose birthday may be due in some time zone.

    A coarse net for SQL, never too narrow; `due_birthday` decides.
    """
    first = today - timedelta(days=late_days) - _ZONES
    dates = [first + timedelta(days=n) for n in range(late_days + days_before + 3)]
    gregorian = {f"{day:%m-%d}" for day in dates}
    if "02-28" in gregorian:
        gregorian.add("02-29")
    return sorted(gregorian), sorted(_lunar_days(dates, calendar))


def _lunar_days(dates: Iterable[date], calendar: Lunisolar) -> Iterator[str]:
    wanted = frozenset(dates)
    for year, number, is_leap in product(_years(min(wanted)), range(1, 13), (False, True)):
        if month := calendar.month(year, number, is_leap=is_leap):
            # the 30th of a month with 29 days is kept on its last
            days = (month.first + timedelta(days=min(n, month.days) - 1) for n in range(1, 31))
            yield from (f"{number:02}-{n:02}" for n, on in enumerate(days, 1) if on in wanted)


def _years(today: date) -> range:
    # The end of a lunar year lies in the next Gregorian one.
    return range(max(today.year - 1, 1), min(today.year + 2, 9999))


def _at(attributes: Mapping[str, Any], path: Iterable[str]) -> Mapping[str, Any]:
    found: Any = attributes
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _checked(found: re.Match[str], *, is_lunar: bool, is_leap: bool) -> Birthday | None:
    year = int(found["year"]) if found["year"] else None
    month, day = int(found["month"]), int(found["day"])
    if not 1 <= month <= 12 or not 1 <= day <= (30 if is_lunar else _DAYS[month - 1]):
        return None
    reckoning = Reckoning.LUNAR if is_lunar else Reckoning.GREGORIAN
    return Birthday(month, day, year, reckoning, is_leap)
