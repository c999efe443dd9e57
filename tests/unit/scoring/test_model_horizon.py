"""The horizon is the one asked, else the one that suits how often the shop's customers buy."""

import numpy as np
import pytest

from services.scoring.domain.days import CustomerDays, pack_days
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.learning.horizon import plan_for, typical_gap

START = 14_000


def regulars(gap: int, *, customers: int = 60, days: int = 400) -> CustomerDays:
    """Customers who order every `gap` days, each beginning on another day."""
    own = [np.arange(START + customer % gap, START + days, gap) for customer in range(customers)]
    dates = np.concatenate(own)
    return pack_days(
        np.concatenate(([0], np.cumsum([len(each) for each in own]))),
        dates,
        net_booked=np.full(len(dates), 500),
        sales_net=np.full(len(dates), 500),
        orders=np.ones(len(dates), dtype=np.int64),
    )


def once_each(customers: int) -> CustomerDays:
    dates = START + np.arange(customers) * 400 // customers
    money = np.full(customers, 500)
    return pack_days(
        np.arange(customers + 1),
        dates,
        net_booked=money,
        sales_net=money,
        orders=np.ones(customers, dtype=np.int64),
    )


@pytest.mark.parametrize(("gap", "horizon"), [(3, 28), (7, 28), (8, 91), (40, 91)])
def test_weekly_shops_look_four_weeks_ahead_others_a_quarter(gap: int, horizon: int) -> None:
    plan = plan_for(regulars(gap), START, START + 400)
    assert plan.horizon_days == horizon
    assert plan.reason == f"half of all gaps between order days are {gap} days at most"


@pytest.mark.parametrize(
    ("asked", "horizon"), [(5, 14), (28, 28), (91, 91), (120, 120), (365, 133)]
)
def test_horizon_asked_is_taken_as_far_as_history_teaches_it(asked: int, horizon: int) -> None:
    plan = plan_for(regulars(10), START, START + 400, asked_days=asked)
    assert plan.horizon_days == horizon
    assert ("a third of 400 days" in plan.reason) is (asked > 133)


def test_horizon_grows_until_enough_customers_buy_within_it() -> None:
    plan = plan_for(regulars(100, customers=80), START, START + 400, asked_days=14)
    assert plan.horizon_days == 56
    assert plan.reason == "fewer than 30 customers bought in the last 28 days"


def test_horizon_does_not_grow_beyond_half_a_year() -> None:
    assert plan_for(once_each(90), START, START + 2000).horizon_days == 182


def test_days_from_today_on_do_not_change_the_plan() -> None:
    early = plan_for(regulars(10, days=300), START, START + 300)
    assert plan_for(regulars(10, days=400), START, START + 300) == early


def test_gap_is_between_order_days_of_one_customer() -> None:
    assert typical_gap(regulars(9), START + 400) == 9
    assert np.isnan(typical_gap(once_each(90), START + 400))


def test_short_history_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="42 days of history"):
        plan_for(regulars(3), START, START + 41)
