from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.kpis.periods import (
    Grain,
    NoPeriod,
    Period,
    parts_of,
    period_named,
    period_of,
)

DATES = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-11-21", date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_a_name_gives_its_dates(name: str, first: date, last: date) -> None:
    assert period_named(name) == Period(first, last)


@pytest.mark.parametrize(
    "name",
    ["", "26", "2026-Q5", "2026-13", "2026-00", "2026-W54", "2025-W53", "2026-02-30", "2026-11-",
     "２０２６", "2026-11-21\n", "0999"],
)  # fmt: skip
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(NoPeriod):
        period_named(name)


@given(DATES, st.sampled_from(Grain))
def test_a_date_lies_in_the_period_it_names(day: date, grain: Grain) -> None:
    name, period = period_of(day, grain)
    assert period.has(day)
    assert period_named(name) == period


@given(DATES, st.integers(0, 500), st.sampled_from(Grain))
def test_parts_are_the_whole_in_order(first: date, days: int, grain: Grain) -> None:
    whole = Period(first, first + timedelta(days=days))
    parts = [part for _, part in parts_of(whole, grain)]
    assert parts[0].first == whole.first
    assert parts[-1].last == whole.last
    assert sum(part.days for part in parts) == whole.days
    assert parts == sorted(parts)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    before = Period(date(2026, 11, 1), date(2026, 11, 30)).before()
    assert before == Period(date(2026, 10, 2), date(2026, 10, 31))


@given(DATES, st.integers(2, 800))
def test_halves_are_the_whole(first: date, days: int) -> None:
    whole = Period(first, first + timedelta(days=days - 1))
    one, other = whole.halves()
    assert (one.first, other.last) == (whole.first, whole.last)
    assert one.last + timedelta(days=1) == other.first
    assert abs(one.days - other.days) <= 1
