"""Whoever looks every day finds each birthday once a year, on the day it is kept."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.care.birthdays import (
    Birthday,
    due_birthday,
    kept_in,
    month_days_near,
)
from services.feedback.domain.care.festivals import Reckoning
from services.feedback.usecases.care.lunar_calendar import CALENDAR

LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
GREGORIAN = st.sampled_from(
    [Birthday(m, d) for m, days in enumerate(LENGTHS, 1) for d in range(1, days + 1)]
)
LUNAR = st.builds(
    Birthday,
    st.integers(1, 12),
    st.integers(1, 30),
    st.none(),
    st.just(Reckoning.LUNAR),
    st.booleans(),
)
BIRTHDAYS = GREGORIAN | LUNAR
YEARS = st.integers(2000, 2060)


@given(BIRTHDAYS, YEARS)
def test_daily_looks_find_one_birthday_a_year_on_its_day(birthday: Birthday, year: int) -> None:
    first = date(year, 1, 1)
    seen: dict[int, date] = {}
    for n in range(3 * 366):
        today = first + timedelta(days=n)
        kept = due_birthday(birthday, today, CALENDAR, late_days=3)
        if kept is not None:
            assert 0 <= (today - kept.on).days <= 3
            seen.setdefault(kept.year, kept.on)
    expected = (kept_in(birthday, each, CALENDAR) for each in range(year, year + 2))
    assert all(kept is not None and seen[kept.year] == kept.on for kept in expected)
    assert sorted(seen) == list(range(min(seen), max(seen) + 1))


@given(BIRTHDAYS, YEARS)
def test_birthdays_are_about_a_year_apart(birthday: Birthday, year: int) -> None:
    one, other = (kept_in(birthday, each, CALENDAR) for each in (year, year + 1))
    assert one is not None
    assert other is not None
    apart = (other.on - one.on).days
    # a lunar year has 353 to 385 days; a leap month's birthday moves by a month at most
    most = (365, 366) if birthday.reckoning is Reckoning.GREGORIAN else (324, 415)
    assert most[0] <= apart <= most[1]


@given(BIRTHDAYS, YEARS, st.integers(0, 365), st.integers(0, 30))
def test_net_for_the_database_holds_every_birthday_that_is_due(
    birthday: Birthday, year: int, day: int, days_before: int
) -> None:
    today = date(year, 1, 1) + timedelta(days=day)
    if due_birthday(birthday, today, CALENDAR, days_before=days_before):
        net = month_days_near(today, CALENDAR, days_before=days_before)
        written = f"{birthday.month:02}-{birthday.day:02}"
        assert written in net[birthday.reckoning is Reckoning.LUNAR]
