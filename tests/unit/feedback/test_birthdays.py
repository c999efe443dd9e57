from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.feedback.domain.care.birthdays import (
    Birthday,
    birthday_of,
    due_birthday,
    kept_in,
    month_days_near,
)
from services.feedback.domain.care.festivals import Reckoning
from services.feedback.queries.care.birthdays import Person
from services.feedback.usecases.care.greetings import birthday_candidate
from services.feedback.usecases.care.lunar_calendar import CALENDAR

LUNAR = Reckoning.LUNAR


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"demography": {"birthday": "1990-02-14"}}, Birthday(2, 14, 1990)),
        ({"demography": {"birth_date": "1990-02-14"}}, Birthday(2, 14, 1990)),
        ({"birthday": "1990-02-14T00:00:00Z"}, Birthday(2, 14, 1990)),
        ({"birth_date": "--02-14"}, Birthday(2, 14)),
        ({"birthday": "02-14"}, Birthday(2, 14)),
        ({"birthday": "02-29"}, Birthday(2, 29)),
        ({"demography": {"birthday": "05-05"}, "birthday": "06-06"}, Birthday(5, 5)),
        (
            {"demography": {"birthday": "1990-08-30", "birthday_calendar": "lunar"}},
            Birthday(8, 30, 1990, LUNAR),
        ),
        (
            {"birthday": "06-01", "birthday_calendar": "lunar", "birthday_is_leap_month": True},
            Birthday(6, 1, None, LUNAR, is_leap_month=True),
        ),
        ({"birthday": "06-01", "birthday_is_leap_month": True}, Birthday(6, 1)),
        ({"birthday": "1990-02-30"}, None),
        ({"birthday": "13-01"}, None),
        ({"birthday": "00-00"}, None),
        ({"birthday": "08-31", "birthday_calendar": "lunar"}, None),
        ({"birthday": "tomorrow"}, None),
        ({"birthday": 19900214}, None),
        ({"demography": "02-14"}, None),
        ({"demography": {"birthday": None}}, None),
        ({"birthday": "٠٢-١٤"}, None),
        ({}, None),
    ],
)
def test_birthday_is_read_as_profiles_write_it(
    attributes: dict[str, Any], expected: Birthday | None
) -> None:
    assert birthday_of(attributes) == expected


@pytest.mark.parametrize(
    ("birthday", "year", "expected"),
    [
        (Birthday(2, 29, 2000), 2026, "2026-02-28"),
        (Birthday(2, 29, 2000), 2028, "2028-02-29"),
        (Birthday(2, 28, 2000), 2028, "2028-02-28"),
        (Birthday(8, 15, 1990, LUNAR), 2026, "2026-09-25"),
        (Birthday(12, 30, None, LUNAR), 2026, "2027-02-05"),
        (Birthday(6, 1, None, LUNAR, is_leap_month=True), 2025, "2025-07-25"),
        (Birthday(6, 1, None, LUNAR, is_leap_month=True), 2026, "2026-07-14"),
        (Birthday(6, 1, None, LUNAR), 2025, "2025-06-25"),
    ],
)
def test_birthday_is_kept_on(birthday: Birthday, year: int, expected: str) -> None:
    kept = kept_in(birthday, year, CALENDAR)
    assert kept is not None
    assert kept.on.isoformat() == expected


@pytest.mark.parametrize("year", [2025, 2026])
def test_nobody_is_greeted_before_the_first_birthday(year: int) -> None:
    assert kept_in(Birthday(3, 1, 2026), year, CALENDAR) is None


def test_lunar_birthday_beyond_the_calendar_is_not_kept() -> None:
    assert kept_in(Birthday(3, 1, None, LUNAR), 2150, CALENDAR) is None


@pytest.mark.parametrize(
    ("today", "is_due"),
    [
        ("2026-02-13", False),
        ("2026-02-14", True),
        ("2026-02-17", True),
        ("2026-02-18", False),
    ],
)
def test_birthday_is_greeted_on_its_day_and_up_to_three_days_late(today: str, is_due: bool) -> None:
    kept = due_birthday(Birthday(2, 14), date.fromisoformat(today), CALENDAR)
    assert (kept is not None) == is_due


def test_birthday_at_the_end_of_a_year_is_late_in_the_next() -> None:
    kept = due_birthday(Birthday(12, 31), date(2027, 1, 2), CALENDAR)
    assert kept is not None
    assert kept.year == 2026


def test_parcel_is_packed_a_week_before_the_birthday() -> None:
    assert due_birthday(Birthday(2, 14), date(2026, 2, 7), CALENDAR, days_before=7)
    assert not due_birthday(Birthday(2, 14), date(2026, 2, 6), CALENDAR, days_before=7)


def _every_birthday() -> list[tuple[Birthday, str]]:
    plain = [(Birthday(m, d), f"{m:02}-{d:02}") for m in range(1, 13) for d in range(1, 29)]
    odd = [(Birthday(2, 29), "02-29"), (Birthday(12, 31), "12-31")]
    lunar = [
        (Birthday(m, d, None, LUNAR, is_leap_month=leap), f"{m:02}-{d:02}")
        for m in range(1, 13)
        for d in range(1, 31)
        for leap in (False, True)
    ]
    return [*plain, *odd, *lunar]


@pytest.mark.parametrize("today", ["2025-07-25", "2026-02-28", "2026-12-31", "2027-02-05"])
def test_net_for_sql_misses_nobody_in_any_time_zone(today: str) -> None:
    here = date.fromisoformat(today)
    gregorian, lunar = month_days_near(here, CALENDAR, days_before=7)
    net = {*gregorian, *lunar}
    for birthday, written in _every_birthday():
        for there in (here - timedelta(days=1), here, here + timedelta(days=1)):
            if due_birthday(birthday, there, CALENDAR, days_before=7):
                assert written in net, (birthday, there)


CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("zone", "now", "is_due"),
    [
        (None, "2026-02-13T15:59:00+00:00", False),
        (None, "2026-02-13T16:00:00+00:00", True),
        ("Pacific/Auckland", "2026-02-13T11:00:00+00:00", True),
        ("America/Los_Angeles", "2026-02-14T07:59:00+00:00", False),
        ("America/Los_Angeles", "2026-02-14T08:00:00+00:00", True),
        ("Nowhere/Land", "2026-02-13T16:00:00+00:00", True),
        ("../etc/passwd", "2026-02-13T16:00:00+00:00", True),
        (8, "2026-02-13T16:00:00+00:00", True),
    ],
)
def test_birthday_begins_at_the_customers_own_midnight(
    zone: object, now: str, is_due: bool
) -> None:
    place = {} if zone is None else {"geography": {"time_zone": zone}}
    person = Person(UUID(int=1), "c-1", {"birthday": "1990-02-14", **place})
    found = birthday_candidate(person, datetime.fromisoformat(now).astimezone(UTC), CHINA, 0)
    assert (found is not None) == is_due


def test_a_birthday_is_one_occasion_a_year_whenever_it_is_noticed() -> None:
    person = Person(UUID(int=1), "c-1", {"birthday": "1990-12-31"})
    on_time = datetime(2026, 12, 31, 2, tzinfo=UTC)
    found = [birthday_candidate(person, on_time + timedelta(days=n), CHINA, 0) for n in range(4)]
    assert {each.occasion for each in found if each} == {"birthday/2026"}
    assert all(found)
