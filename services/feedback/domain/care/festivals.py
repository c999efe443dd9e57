"""Festivals a shop may greet on, Gregorian and of the Chinese lunar calendar.

Days of mourning (Qingming, the Ghost Festival) are left out: nobody wants a shop's wishes then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol

#: A worker that was away greets on a festival so many days later; after that not at all.
FESTIVAL_LATE_DAYS: Final = 1
#: An action may be prepared so many days ahead: a parcel takes longer than a message.
MOST_DAYS_BEFORE: Final = 30


class Reckoning(StrEnum):
    """By which calendar a day comes back every year."""

    GREGORIAN = "gregorian"
    LUNAR = "lunar"


@dataclass(frozen=True, slots=True)
class LunarMonth:
    """One month of the Chinese calendar: its first day, and its 29 or 30 days."""

    first: date
    days: int


class Lunisolar(Protocol):
    """The Chinese calendar (usecases/care/lunar_calendar.py)."""

    def month(self, year: int, month: int, *, is_leap: bool = False) -> LunarMonth | None:
        """Find a month of a lunar year, named by the Gregorian year it begins in.

        None for a leap month the year does not have, and for years that are not covered.
        """
        ...


@dataclass(frozen=True, slots=True)
class Festival:
    """A day that comes back each year; day 30 of a lunar month that has 29 is its last."""

    key: str
    name: Mapping[str, str]
    reckoning: Reckoning
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FestivalDay:
    """A festival in one year: of its own calendar, so that one in January keeps its year."""

    festival: Festival
    year: int
    on: date


def _gregorian(key: str, en: str, zh: str, month: int, day: int) -> Festival:
    return Festival(key, {"en": en, "zh": zh}, Reckoning.GREGORIAN, month, day)


def _lunar(key: str, en: str, zh: str, month: int, day: int) -> Festival:
    return Festival(key, {"en": en, "zh": zh}, Reckoning.LUNAR, month, day)


FESTIVALS: Final[Mapping[str, Festival]] = {
    each.key: each
    for each in (
        _gregorian("new_year", "New Year's Day", "元旦", 1, 1),
        _gregorian("valentines_day", "Valentine's Day", "情人节", 2, 14),
        _gregorian("womens_day", "Women's Day", "妇女节", 3, 8),
        _gregorian("labour_day", "Labour Day", "劳动节", 5, 1),
        _gregorian("childrens_day", "Children's Day", "儿童节", 6, 1),
        _gregorian("teachers_day", "Teachers' Day", "教师节", 9, 10),
        _gregorian("national_day", "National Day", "国庆节", 10, 1),
        _gregorian("christmas", "Christmas", "圣诞节", 12, 25),
        _lunar("spring_festival", "Spring Festival", "春节", 1, 1),
        _lunar("lantern_festival", "Lantern Festival", "元宵节", 1, 15),
        _lunar("dragon_boat", "Dragon Boat Festival", "端午节", 5, 5),
        _lunar("qixi", "Qixi Festival", "七夕", 7, 7),
        _lunar("mid_autumn", "Mid-Autumn Festival", "中秋节", 8, 15),
        _lunar("double_ninth", "Double Ninth Festival", "重阳节", 9, 9),
        _lunar("lunar_new_years_eve", "Chinese New Year's Eve", "除夕", 12, 30),
    )
}


def festival_day(festival: Festival, year: int, calendar: Lunisolar) -> FestivalDay | None:
    """Say when a festival of a year of its own calendar is; None for years not covered.

    A lunar festival is never in a leap month: the ordinary month of that number has it.
    """
    if festival.reckoning is Reckoning.GREGORIAN:
        return FestivalDay(festival, year, date(year, festival.month, festival.day))
    month = calendar.month(year, festival.month)
    if month is None:
        return None
    on = month.first + timedelta(days=min(festival.day, month.days) - 1)
    return FestivalDay(festival, year, on)


def festivals_due(
    today: date,
    calendar: Lunisolar,
    keys: Iterable[str] = tuple(FESTIVALS),
    *,
    days_before: int = 0,
    late_days: int = FESTIVAL_LATE_DAYS,
) -> list[FestivalDay]:
    """List the festivals to be greeted on a local date, also those a little late."""
    return [
        found
        for key in keys
        for found in _around(FESTIVALS[key], today, calendar)
        if is_due(found.on, today, days_before=days_before, late_days=late_days)
    ]


def next_festival_day(festival: Festival, today: date, calendar: Lunisolar) -> date | None:
    """Say when a festival comes next, today included; None beyond the years covered."""
    coming = (each.on for each in _around(festival, today, calendar) if each.on >= today)
    return min(coming, default=None)


def is_due(on: date, today: date, *, days_before: int, late_days: int) -> bool:
    """Tell whether a day is to be acted on: from `days_before` ahead until `late_days` after."""
    return -days_before <= (today - on).days <= late_days


def _around(festival: Festival, today: date, calendar: Lunisolar) -> Iterator[FestivalDay]:
    # The end of a lunar year lies in the next Gregorian one.
    for year in range(max(today.year - 1, 1), min(today.year + 2, 9999)):
        if found := festival_day(festival, year, calendar):
            yield found
