"""Stages of a customer's life and the days on which they change."""

from datetime import date, timedelta

import pytest

from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle, next_lifecycle_change

FIRST = date(2026, 1, 1)


def days(*offsets: int) -> list[date]:
    return [FIRST + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("orders", "today", "expected"),
    [
        ((), 0, Lifecycle.PROSPECT),
        ((5,), 0, Lifecycle.PROSPECT),  # an order after the business date is not known yet
        ((0,), 0, Lifecycle.NEW),
        ((0,), 30, Lifecycle.NEW),
        ((0,), 31, Lifecycle.ACTIVE),
        ((0,), 90, Lifecycle.ACTIVE),
        ((0,), 91, Lifecycle.AT_RISK),
        ((0,), 180, Lifecycle.AT_RISK),
        ((0,), 181, Lifecycle.CHURNED),
        ((0, 20), 110, Lifecycle.ACTIVE),  # one gap is no rhythm
        ((0, 20, 40), 70, Lifecycle.ACTIVE),
        ((0, 20, 40), 71, Lifecycle.AT_RISK),
        ((0, 20, 40), 100, Lifecycle.AT_RISK),
        ((0, 20, 40), 101, Lifecycle.CHURNED),
        ((0, 1, 2, 3, 4, 30, 31, 32), 42, Lifecycle.REACTIVATED),  # a week at least is a rhythm
        ((0, 20, 40, 101), 101, Lifecycle.REACTIVATED),
        ((0, 20, 40, 101), 131, Lifecycle.REACTIVATED),
        ((0, 20, 40, 101), 132, Lifecycle.AT_RISK),
        ((0, 20, 40, 100), 101, Lifecycle.ACTIVE),  # the gap was not a churned one
        ((0, 20, 40, 101, 110), 125, Lifecycle.REACTIVATED),
        ((0, 181), 190, Lifecycle.REACTIVATED),
    ],
)
def test_stage_follows_the_customers_own_rhythm(
    orders: tuple[int, ...], today: int, expected: Lifecycle
) -> None:
    assert lifecycle(days(*orders), FIRST + timedelta(days=today)) is expected


def test_two_orders_on_one_day_are_one_date_of_the_rhythm() -> None:
    assert lifecycle(days(0, 0, 0, 20, 20), days(100)[0]) is lifecycle(days(0, 20), days(100)[0])


@pytest.mark.parametrize(
    ("orders", "today", "expected"),
    [
        ((0,), 0, 31),
        ((0,), 31, 91),
        ((0,), 91, 181),
        ((0,), 181, None),
        ((0, 20, 40), 41, 71),
        ((0, 20, 40, 101), 102, 132),
        ((), 0, None),
    ],
)
def test_next_change_is_the_first_day_with_another_stage(
    orders: tuple[int, ...], today: int, expected: int | None
) -> None:
    change = next_lifecycle_change(days(*orders), FIRST + timedelta(days=today))
    assert change == (None if expected is None else FIRST + timedelta(days=expected))


@pytest.mark.parametrize("orders", [(0,), (0, 3), (0, 20, 40), (0, 7, 9, 200), (0, 20, 40, 101)])
def test_no_day_changes_the_stage_unannounced(orders: tuple[int, ...]) -> None:
    dates = days(*orders)
    day, until = dates[-1], dates[-1] + timedelta(days=400)
    while day < until:
        announced = next_lifecycle_change(dates, day) or date.max
        following = day + timedelta(days=1)
        changed = lifecycle(dates, following) is not lifecycle(dates, day)
        assert changed == (announced == following)
        day = following
