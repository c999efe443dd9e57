from datetime import date, timedelta

import pytest

from services.feedback.domain.care.festivals import (
    FESTIVALS,
    Festival,
    LunarMonth,
    Reckoning,
    festival_day,
    festivals_due,
    next_festival_day,
)
from services.feedback.usecases.care.lunar_calendar import CALENDAR, FIRST_YEAR, LAST_YEAR

#: Lunar year: Spring Festival and Mid-Autumn as published (Hong Kong Observatory), and the leap
#: month of the year.
PUBLISHED = {
    2020: ("2020-01-25", "2020-10-01", 4),
    2021: ("2021-02-12", "2021-09-21", None),
    2022: ("2022-02-01", "2022-09-10", None),
    2023: ("2023-01-22", "2023-09-29", 2),
    2024: ("2024-02-10", "2024-09-17", None),
    2025: ("2025-01-29", "2025-10-06", 6),
    2026: ("2026-02-17", "2026-09-25", None),
    2027: ("2027-02-06", "2027-09-15", None),
    2028: ("2028-01-26", "2028-10-03", 5),
    2029: ("2029-02-13", "2029-09-22", None),
    2030: ("2030-02-03", "2030-09-12", None),
    2031: ("2031-01-23", "2031-10-01", 3),
    2032: ("2032-02-11", "2032-09-19", None),
    2033: ("2033-01-31", "2033-09-08", 11),
    2034: ("2034-02-19", "2034-09-27", None),
    2035: ("2035-02-08", "2035-09-16", None),
}
LUNAR = [each for each in FESTIVALS.values() if each.reckoning is Reckoning.LUNAR]


def day_of(key: str, year: int) -> str:
    found = festival_day(FESTIVALS[key], year, CALENDAR)
    assert found is not None
    return found.on.isoformat()


@pytest.mark.parametrize("year", PUBLISHED)
def test_festivals_are_on_their_published_dates(year: int) -> None:
    spring, autumn, _ = PUBLISHED[year]
    assert (day_of("spring_festival", year), day_of("mid_autumn", year)) == (spring, autumn)


@pytest.mark.parametrize("year", PUBLISHED)
def test_years_have_their_leap_month_and_no_other(year: int) -> None:
    leaps = [n for n in range(1, 13) if CALENDAR.month(year, n, is_leap=True)]
    expected = PUBLISHED[year][2]
    assert leaps == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("lantern_festival", "2026-03-03"),
        ("dragon_boat", "2026-06-19"),
        ("qixi", "2026-08-19"),
        ("double_ninth", "2026-10-18"),
        ("lunar_new_years_eve", "2027-02-05"),
        ("new_year", "2026-01-01"),
        ("national_day", "2026-10-01"),
    ],
)
def test_other_festivals_of_2026(key: str, expected: str) -> None:
    assert day_of(key, 2026) == expected


def test_the_leap_month_has_no_festival_of_its_own() -> None:
    leap = CALENDAR.month(2025, 6, is_leap=True)
    assert leap == LunarMonth(date(2025, 7, 25), 29)
    assert day_of("qixi", 2025) == "2025-08-29"


def test_months_follow_each_other_without_a_gap_through_every_covered_year() -> None:
    at = CALENDAR.month(FIRST_YEAR, 1)
    assert at is not None
    expected = at.first
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        for number in range(1, 13):
            for is_leap in (False, True):
                month = CALENDAR.month(year, number, is_leap=is_leap)
                if month is not None:
                    assert month.first == expected
                    assert month.days in (29, 30)
                    expected += timedelta(days=month.days)


@pytest.mark.parametrize(("year", "month"), [(1899, 1), (2101, 1), (2026, 0), (2026, 13), (0, 1)])
def test_what_is_not_covered_is_none(year: int, month: int) -> None:
    assert CALENDAR.month(year, month) is None


@pytest.mark.parametrize(
    ("offset", "is_greeted"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)]
)
@pytest.mark.parametrize("festival", LUNAR, ids=lambda each: each.key)
def test_a_festival_is_greeted_on_its_day_and_one_day_late(
    festival: Festival, offset: int, is_greeted: bool
) -> None:
    on = date.fromisoformat(day_of(festival.key, 2026))
    due = festivals_due(on + timedelta(days=offset), CALENDAR, [festival.key])
    assert [each.festival.key for each in due] == ([festival.key] if is_greeted else [])


def test_what_takes_time_is_begun_days_before() -> None:
    early = date(2026, 9, 18)
    assert not festivals_due(early, CALENDAR, ["mid_autumn"], days_before=6)
    (found,) = festivals_due(early, CALENDAR, ["mid_autumn"], days_before=7)
    assert (found.year, found.on) == (2026, date(2026, 9, 25))


def test_the_eve_of_a_lunar_year_keeps_the_year_that_ends() -> None:
    (found,) = festivals_due(date(2027, 2, 5), CALENDAR, ["lunar_new_years_eve"])
    assert found.year == 2026


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-02-17", "2026-02-17"), ("2026-02-18", "2027-02-06")]
)
def test_the_next_spring_festival(today: str, expected: str) -> None:
    found = next_festival_day(FESTIVALS["spring_festival"], date.fromisoformat(today), CALENDAR)
    assert found == date.fromisoformat(expected)


def test_beyond_the_covered_years_there_is_no_next_lunar_festival() -> None:
    assert next_festival_day(FESTIVALS["qixi"], date(2150, 1, 1), CALENDAR) is None


def test_festivals_are_named_in_both_languages() -> None:
    assert all(each.name["en"] and each.name["zh"] for each in FESTIVALS.values())
