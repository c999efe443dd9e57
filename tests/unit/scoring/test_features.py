"""Values of single features, worked out by hand."""

from datetime import date

import numpy as np
import pytest

from services.scoring.domain.days import (
    COLUMNS,
    CustomerDays,
    day_number,
    day_of,
    pack_days,
    take_customers,
)
from services.scoring.domain.features import FEATURE_NAMES, FEATURES, features

# Bought on days 10, 30 and 60, gave goods back on day 70, looked around on day 80.
ONE = pack_days(
    np.array([0, 5]),
    np.array([10, 30, 60, 70, 80]),
    net_booked=np.array([1000, 500, 300, -200, 0]),
    sales_net=np.array([1000, 500, 300, 0, 0]),
    orders=np.array([1, 2, 1, 0, 0]),
    lines=np.array([4, 2, 3, 0, 0]),
    returns=np.array([0, 0, 0, 1, 0]),
    returns_net=np.array([0, 0, 0, 200, 0]),
    views=np.array([0, 0, 0, 0, 9]),
)
BY_HAND = {
    "recency": 40,
    "tenure": 90,
    "order_days": 3,
    "net": 1600,
    "mean_order_day": 600,
    "max_order_day": 1000,
    "span": 50,
    "gap": 25,
    "recency_over_gap": 1.6,
    "order_rate": 0.0333333333,  # 3 / 90
    "net_rate": 17.7777778,  # 1600 / 90
    "spread_order_day": 294.392029,  # sqrt((400^2 + 100^2 + 300^2) / 3)
    "last_order_day": 300,
    "last_gap": 30,
    "returns": 1,
    "returns_net": 200,
    "returns_share": 0.111111111,  # 200 / 1800
    "lines_per_order_day": 3,
    "net_14d": 0,
    "orders_14d": 0,
    "net_28d": 0,
    "orders_28d": 0,
    "net_56d": 100,
    "orders_56d": 1,
    "net_91d": 1600,
    "orders_91d": 3,
    "net_182d": 1600,
    "orders_182d": 3,
    "net_364d": 1600,
    "orders_364d": 3,
    # ages 90, 70, 40 and 30: 1000 x 2^(-90/14) + 500 x 2^(-70/14) + 300 x 2^(-40/14) - ...
    "net_decayed_14d": 23.3515039,
    "orders_decayed_14d": 0.180870520,
    "net_decayed_45d": 456.115606,
    "orders_decayed_45d": 1.13022737,
    "net_decayed_120d": 998.244396,
    "orders_decayed_120d": 2.05572401,
}


def named(days: CustomerDays, cutoff: int, history_start: int = 0) -> dict[str, float]:
    row = features(days, cutoff, history_start)[0]
    return dict(zip(FEATURE_NAMES, row.tolist(), strict=True))


@pytest.mark.parametrize("name", BY_HAND)
def test_feature_has_the_value_worked_out_by_hand(name: str) -> None:
    assert named(ONE, 100)[name] == pytest.approx(BY_HAND[name])


def test_every_feature_of_purchases_was_worked_out() -> None:
    assert tuple(BY_HAND) == FEATURE_NAMES[:36]


def test_one_time_buyer_has_no_rhythm_yet() -> None:
    once = pack_days(np.array([0, 1]), np.array([90]), orders=np.array([1]))
    found = named(once, 100)
    assert (found["recency"], found["gap"], found["last_gap"]) == (10, 0, 0)


def test_who_never_bought_is_as_far_away_as_the_history_is_long() -> None:
    browser = pack_days(np.array([0, 1]), np.array([90]), views=np.array([5]))
    found = named(browser, 100, history_start=20)
    assert (found["recency"], found["tenure"], found["order_days"]) == (80, 0, 0)


def test_order_of_net_zero_is_a_visit() -> None:
    gift = pack_days(np.array([0, 1]), np.array([90]), orders=np.array([1]))
    assert named(gift, 100)["orders_14d"] == 1


def test_customer_without_rows_has_features_too() -> None:
    empty = pack_days(np.array([0, 0, 0]), np.array([], dtype=np.int32))
    assert features(empty, 100, 40).shape == (2, len(FEATURES))


def test_one_customer_is_seen_at_several_dates() -> None:
    dates = np.array([5, 40, 100])
    rows = features(ONE, dates, 0, customers=np.zeros(3, dtype=np.int64))
    alone = [features(ONE, int(cutoff), 0)[0] for cutoff in dates]
    assert rows.tolist() == np.array(alone).tolist()


def test_names_are_unique_and_windows_in_the_names() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURES)
    windows = [each for each in FEATURES if each.window_days and each.name != "trend_91d"]
    assert all(f"_{each.window_days}d" in each.name for each in windows)


def test_missing_columns_are_zeros() -> None:
    assert all(
        getattr(pack_days(np.array([0, 1]), np.array([3])), name)[0] == 0 for name in COLUMNS
    )


@pytest.mark.parametrize("column", ["visits", "views"])
def test_unknown_or_misshapen_column_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match="columns"):
        pack_days(np.array([0, 1]), np.array([3]), **{column: np.array([1, 2])})


def test_customers_are_picked_in_any_order_and_repeatedly() -> None:
    two = pack_days(np.array([0, 1, 3]), np.array([3, 5, 6]), views=np.array([1, 2, 3]))
    picked = take_customers(two, np.array([1, 0, 1]))
    assert picked.views.tolist() == [2, 3, 1, 2, 3]
    assert (len(picked), picked.row_count) == (3, 5)


def test_day_numbers_and_dates_agree() -> None:
    assert day_of(day_number(date(1969, 12, 31))) == date(1969, 12, 31)
    assert day_number(date(2000, 1, 1)) == 10957
