"""Values of the features of how somebody buys and behaves, worked out by hand."""

import numpy as np
import pytest

from services.scoring.domain.days import BEHAVIOUR_COLUMNS, CustomerDays, mask_behaviour, pack_days
from services.scoring.domain.features import (
    EVERY_COLUMN,
    FEATURE_NAMES,
    FEATURES,
    VALUE_COLUMNS,
    columns_of,
    features,
)

# Looks around on day 20 and buys on day 25, looking at one page more; buys unlooked-for on day 40;
# fills a cart on day 65, goes on and buys twice on day 74; returns a third of day 74 on day 80;
# buys on day 150; looks around on day 175; says what was good and bad on day 190.
DAYS = (20, 25, 40, 65, 74, 80, 150, 175, 190)
ONE = pack_days(
    np.array([0, 9]),
    np.array(DAYS),
    net_booked=np.array([0, 1000, 500, 0, 2000, -300, 400, 0, 0]),
    sales_net=np.array([0, 1000, 500, 0, 2000, 0, 400, 0, 0]),
    gross=np.array([0, 1250, 500, 0, 2500, 0, 440, 0, 0]),
    discount=np.array([0, 250, 0, 0, 500, 0, 40, 0, 0]),
    cost=np.array([0, 600, 0, 0, 1200, -180, 0, 0, 0]),
    orders=np.array([0, 1, 1, 0, 2, 0, 1, 0, 0]),
    online_orders=np.array([0, 1, 0, 0, 1, 0, 0, 0, 0]),
    quantity_milli=np.array([0, 3000, 1000, 0, 6000, 0, 2000, 0, 0]),
    returns=np.array([0, 0, 0, 0, 0, 1, 0, 0, 0]),
    views=np.array([2, 1, 0, 0, 0, 0, 0, 5, 0]),
    carts=np.array([0, 0, 0, 1, 1, 0, 0, 2, 0]),
    searches=np.array([0, 0, 0, 2, 0, 0, 0, 0, 0]),
    checkouts=np.array([0, 0, 0, 0, 1, 0, 0, 0, 0]),
    social=np.array([0, 0, 0, 0, 0, 0, 0, 1, 0]),
    feedback=np.array([0, 0, 0, 0, 0, 0, 0, 0, 2]),
    complaints=np.array([0, 0, 0, 0, 0, 0, 0, 0, 1]),
    referrals=np.array([0, 0, 0, 0, 0, 0, 0, 0, 1]),
)
BY_HAND = {
    "margin": 1080,  # 400 + 800 - 120; the cost of days 40 and 150 is not known
    "margin_share": 0.4,  # of 1000 + 2000 - 300
    "discount_share": 0.16844350,  # 790 / 4690
    "discount_share_91d": 0.09090909090909091,  # 40 / 440, from day 109 on
    "quantity_per_order_day": 3,  # 12 pieces on 4 days
    "online_share": 0.4,  # 2 of 5 orders
    "channel_mix": 0.96,
    "trend_91d": -0.7777777777777778,  # 400 against 3200
    "gap_spread": 25.48638,  # of gaps 15, 34 and 76
    "regularity": 0.6204732,  # 41.67 / (41.67 + 25.49)
    "views_28d": 5,
    "carts_28d": 2,
    "searches_28d": 0,
    "checkouts_28d": 0,
    "social_28d": 1,
    "views_decayed_45d": 3.594478,  # 2 / 16 + 0.067503 + 5 x 0.680395
    "carts_decayed_45d": 1.629377,  # 1 / 8 + 0.143587 + 2 x 0.680395
    "searches_decayed_45d": 0.25,
    "checkouts_decayed_45d": 0.1435873,
    "social_decayed_45d": 0.680395,
    "browsing_days_28d": 1,
    "days_since_browsing": 25,
    "cart_to_order": 1 / 3,  # day 74 only: from day 65 to 74 is more than a week
    "browse_to_buy": 7,  # 5 days before day 25 and 9 before day 74
    "unbrowsed_share": 0.5,  # days 40 and 150
    "feedback": 2,
    "complaints": 1,
    "referrals": 1,
}
PROFILE_NAMES = [each.name for each in FEATURES if each.name not in FEATURE_NAMES[:36]]


def named(days: CustomerDays, cutoff: int, customer: int = 0) -> dict[str, float]:
    row = features(days, cutoff, 0, columns=EVERY_COLUMN)[customer]
    return dict(zip(FEATURE_NAMES, row.tolist(), strict=True))


@pytest.mark.parametrize("name", BY_HAND)
def test_feature_has_the_value_worked_out_by_hand(name: str) -> None:
    assert named(ONE, 200)[name] == pytest.approx(BY_HAND[name], rel=1e-6)


def test_every_feature_beyond_purchases_was_worked_out() -> None:
    assert list(BY_HAND) == PROFILE_NAMES


def test_who_only_buys_in_a_shop_without_other_sources_has_zeros() -> None:
    plain = pack_days(
        np.array([0, 2]),
        np.array([10, 30]),
        orders=np.array([1, 1]),
        net_booked=np.array([70, 30]),
    )
    found = named(plain, 40)
    assert {name: found[name] for name in PROFILE_NAMES if found[name]} == {"trend_91d": 1.0}


def test_two_purchases_make_no_rhythm() -> None:
    twice = pack_days(np.array([0, 2]), np.array([10, 30]), orders=np.array([1, 1]))
    assert (named(twice, 40)["gap_spread"], named(twice, 40)["regularity"]) == (0, 0)


def test_equal_gaps_are_as_regular_as_can_be() -> None:
    steady = pack_days(np.array([0, 3]), np.array([10, 30, 50]), orders=np.array([1, 1, 1]))
    assert (named(steady, 60)["gap_spread"], named(steady, 60)["regularity"]) == (0, 1)


@pytest.mark.parametrize(("bought", "share"), [(10, 1), (16, 1), (17, 0)])
def test_cart_counts_as_ordered_within_seven_days(bought: int, share: float) -> None:
    days = sorted({10, bought})
    cart = pack_days(
        np.array([0, len(days)]),
        np.array(days),
        carts=np.array([int(day == 10) for day in days]),
        orders=np.array([int(day == bought) for day in days]),
    )
    assert named(cart, 40)["cart_to_order"] == share


def test_order_after_the_cutoff_is_not_seen_by_the_cart_before_it() -> None:
    cart = pack_days(
        np.array([0, 2]), np.array([10, 12]), carts=np.array([1, 0]), orders=np.array([0, 1])
    )
    assert (named(cart, 12)["cart_to_order"], named(cart, 13)["cart_to_order"]) == (0, 1)


def test_browsing_of_the_neighbour_is_not_the_customers() -> None:
    two = pack_days(
        np.array([0, 1, 2]), np.array([10, 12]), views=np.array([3, 0]), orders=np.array([0, 1])
    )
    assert named(two, 20, customer=1)["browse_to_buy"] == 0
    assert named(two, 20, customer=1)["days_since_browsing"] == 0


def test_masked_customer_is_like_one_who_only_bought() -> None:
    both = pack_days(
        np.array([0, 2, 4]),
        np.array([10, 12, 10, 12]),
        orders=np.array([0, 1, 0, 1]),
        **{name: np.array([1, 2, 3, 4]) for name in BEHAVIOUR_COLUMNS},
    )
    masked = mask_behaviour(both, np.array([False, True]))
    assert [masked.views.tolist(), masked.orders.tolist()] == [[1, 2, 0, 0], [0, 1, 0, 1]]
    removed = {each.name for each in FEATURES if each.needs_consent}
    assert all(value == 0 for name, value in named(masked, 20, 1).items() if name in removed)
    assert features(masked, 20, 0).tolist() == features(both, 20, 0).tolist()


def test_nobody_withdrawn_is_nothing_copied() -> None:
    assert mask_behaviour(ONE, np.array([False])) is ONE


def test_purchases_stay_without_consent() -> None:
    removed = {each.name for each in FEATURES if each.needs_consent}
    assert removed == set(PROFILE_NAMES[10:])
    assert all(FEATURES[column].name not in removed for column in range(36))


def test_model_is_offered_what_it_was_measured_with() -> None:
    offered = {FEATURES[column].name for column in VALUE_COLUMNS}
    assert offered == {each.name for each in FEATURES if each.role == "value"}
    unasked = features(ONE, 200, 0)[0, sorted(set(EVERY_COLUMN) - set(VALUE_COLUMNS))]
    assert not unasked.any()


def test_columns_to_read_follow_from_the_features() -> None:
    chosen = [FEATURE_NAMES.index(name) for name in ("margin", "views_28d", "net")]
    assert columns_of(chosen) == ("net_booked", "cost", "views")


def test_every_feature_says_what_it_is() -> None:
    assert all(each.formula and each.sources for each in FEATURES)
