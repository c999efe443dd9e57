from dataclasses import replace
from datetime import date, timedelta
from math import comb

import pytest

from services.feedback.domain.care.rhythm import (
    CHANCE,
    Drop,
    Pace,
    Sign,
    drop_of,
    rhythm_of,
    season_share,
    slow_limits,
    words_of,
)
from services.feedback.usecases.care.rhythm import quarter_of

TODAY = date(2026, 11, 22)
LIMITS = slow_limits()
EVEN = 90 / 365


def pace(**changes: object) -> Pace:
    """Somebody who comes every ten days, the last time a week ago."""
    last = TODAY - timedelta(days=7)
    usual = Pace("active", last - timedelta(days=200), last + timedelta(days=16), last, 60, 36, 9)
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_steady_customer_has_no_drop() -> None:
    assert drop_of(pace(), TODAY, LIMITS) is None


def test_quiet_beyond_the_own_rhythm_is_a_drop() -> None:
    last = TODAY - timedelta(days=16)
    silent = pace(lifecycle="at_risk", last_order=last, until=last + timedelta(days=31))
    drop = drop_of(silent, TODAY, LIMITS)
    assert drop is not None
    assert (drop.signs, drop.quiet_days, drop.rhythm_days) == ((Sign.SILENT,), 16, 10.0)
    assert words_of(drop)["en"] == "No order for 16 days; the usual gap is 10 days."


@pytest.mark.parametrize(("order_days", "is_drop"), [(3, False), (4, True)])
def test_few_orders_make_no_rhythm_of_their_own(order_days: int, is_drop: bool) -> None:
    quiet = pace(lifecycle="at_risk", order_days=order_days, order_days_365=order_days)
    assert (drop_of(quiet, TODAY, LIMITS) is not None) == is_drop


@pytest.mark.parametrize(("last_90", "is_drop"), [(9, False), (4, False), (2, True), (0, True)])
def test_slower_than_the_own_year_is_a_drop(last_90: int, is_drop: bool) -> None:
    drop = drop_of(pace(order_days_90=last_90), TODAY, LIMITS)
    assert (drop is not None) == is_drop
    if drop:
        assert drop.signs == (Sign.SLOWER,)
        assert words_of(drop)["zh"].startswith(f"最近90天内有{last_90}天下单")


def test_who_has_churned_is_won_back_and_not_nudged() -> None:
    gone = pace(lifecycle="churned", order_days_90=0)
    assert drop_of(gone, TODAY, LIMITS) is None


@pytest.mark.parametrize(
    ("lifecycle", "since", "until", "expected"),
    [
        ("active", 0, 16, 10.0),
        ("at_risk", 16, 31, 10.0),
        ("churned", 31, None, 10.0),
        ("churned", 181, None, 60.0),
        ("new", 0, 31, None),
        ("reactivated", 0, 31, None),
        ("active", 0, None, None),
    ],
)
def test_rhythm_is_read_back_from_the_dates_of_the_stage(
    lifecycle: str, since: int, until: int | None, expected: float | None
) -> None:
    last = date(2026, 1, 1)
    found = rhythm_of(
        pace(
            lifecycle=lifecycle,
            last_order=last,
            since=last + timedelta(days=since),
            until=None if until is None else last + timedelta(days=until),
        )
    )
    assert found == expected


def test_limits_call_a_steady_customer_slower_at_most_once_in_a_hundred() -> None:
    for n, limit in enumerate(LIMITS):
        chances = [comb(n, x) * EVEN**x * (1 - EVEN) ** (n - x) for x in range(limit + 2)]
        assert sum(chances[: limit + 1]) <= CHANCE
        assert sum(chances) > CHANCE


def test_who_is_silent_and_slower_is_told_both() -> None:
    told = words_of(Drop((Sign.SILENT, Sign.SLOWER), 16, 10.0, 2, 8.9))
    assert told["en"] == (
        "No order for 16 days; the usual gap is 10 days. Ordered on 2 of the last 90 days; by the"
        " pace of the whole year it would be 9."
    )
    assert told["zh"].endswith("平常间隔为10天。最近90天内有2天下单，按全年节奏应为9天。")


def test_few_order_days_never_show_a_slower_pace() -> None:
    assert LIMITS[:17] == (-1,) * 17
    assert LIMITS[17] == 0


def test_slow_season_of_the_shop_is_nobodys_drop() -> None:
    assert season_share(50, 400) == 0.125
    assert slow_limits(0.125)[36] < LIMITS[36]


@pytest.mark.parametrize(("ninety", "year"), [(0, 0), (300, 400)])
def test_busy_season_asks_no_more_than_the_calendar(ninety: int, year: int) -> None:
    assert season_share(ninety, year) == EVEN


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-01-01", "2026Q1"), ("2026-03-31", "2026Q1"), ("2026-04-01", "2026Q2"),
     ("2026-12-31", "2026Q4")],
)  # fmt: skip
def test_quarters(day: str, expected: str) -> None:
    assert quarter_of(date.fromisoformat(day)) == expected
