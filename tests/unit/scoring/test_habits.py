"""Goods, hours and the type of buyer, worked out by hand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.scoring.domain.features import FEATURE_NAMES, FEATURES, Feature
from services.scoring.domain.seen.buyer_type import BUYER_TYPE_WORDS, BuyerType, buyer_type
from services.scoring.domain.seen.feature_sheet import (
    State,
    channel_of,
    lacks_source,
    never_seen_before,
    read_sheet,
)
from services.scoring.domain.seen.formulas_zh import FORMULAS_ZH
from services.scoring.domain.seen.habit_words import HABIT_WORDS
from services.scoring.domain.seen.habits import HABITS, Goods, OrderTime, habits_of

# Six lines of four articles: coffee 300 and 100, tea 600, and one without a category.
GOODS = (
    Goods("espresso", "coffee", 2, 300, dated_lines=2, early_lines=2),
    Goods("filter", "coffee", 1, 100),
    Goods("oolong", "tea", 2, 600, dated_lines=2, early_lines=1),
    Goods("gift", None, 1, 50),
)
# A Monday morning, a Saturday evening twice and a Sunday night.
TIMES = (OrderTime(9, 0), OrderTime(18, 5), OrderTime(18, 5), OrderTime(2, 6))
BY_HAND = {
    "skus": 4,
    "categories": 2,
    "top_category_share": 0.6,
    "category_concentration": 0.52,  # 0.4^2 + 0.6^2
    "night_share": 0.25,
    "morning_share": 0.25,
    "afternoon_share": 0,
    "evening_share": 0.5,
    "weekend_share": 0.75,
    "favourite_hour": 18,
    "early_share": 0.75,  # 3 of 4 lines of articles whose first sale is known
}
BROWSER = {
    "order_days": 3.0,
    "early_share": 0.0,
    "days_since_browsing": 5.0,
    "unbrowsed_share": 0.2,
    "browse_to_buy": 4.0,
}


def feature(name: str) -> Feature:
    return next(each for each in (*FEATURES, *HABITS) if each.name == name)


@pytest.mark.parametrize("name", BY_HAND)
def test_habit_has_the_value_worked_out_by_hand(name: str) -> None:
    assert habits_of(GOODS, TIMES)[name] == pytest.approx(BY_HAND[name])


def test_habits_are_those_of_the_table() -> None:
    assert list(habits_of(GOODS, TIMES)) == list(BY_HAND) == [each.name for each in HABITS]


def test_who_bought_nothing_has_zeros() -> None:
    assert set(habits_of((), ()).values()) == {0}


def test_favourite_hour_is_the_earliest_of_several() -> None:
    assert habits_of((), (OrderTime(20, 0), OrderTime(7, 0)))["favourite_hour"] == 7


def test_hour_and_weekday_are_those_of_the_zone() -> None:
    instant = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)  # a Friday; Saturday in Shanghai
    assert OrderTime.at(instant, ZoneInfo("Asia/Shanghai")) == OrderTime(4, 5)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, BuyerType.PLANNED),
        ({"order_days": 2.0}, BuyerType.NOT_ENOUGH_DATA),
        ({"early_share": 0.5}, BuyerType.EARLY_BIRD),
        ({"early_share": 0.5, "days_since_browsing": 0.0}, BuyerType.EARLY_BIRD),
        ({"early_share": 0.49}, BuyerType.PLANNED),
        ({"days_since_browsing": 0.0}, BuyerType.NOT_ENOUGH_DATA),
        ({"unbrowsed_share": 0.5}, BuyerType.IMPULSE),
        ({"browse_to_buy": 1.9}, BuyerType.IMPULSE),
        ({"browse_to_buy": 2.0}, BuyerType.PLANNED),
    ],
)
def test_buyer_type_follows_the_stated_rule(changes: dict[str, float], expected: BuyerType) -> None:
    assert buyer_type(BROWSER | changes) is expected


def test_buyer_type_is_not_shown_without_consent() -> None:
    assert buyer_type(BROWSER, is_withdrawn=True) is BuyerType.NOT_SHOWN


def test_every_type_and_feature_has_words_in_both_languages() -> None:
    assert set(BUYER_TYPE_WORDS) == set(BuyerType)
    assert set(FORMULAS_ZH) == {*FEATURE_NAMES, *BY_HAND}
    assert set(HABIT_WORDS) == set(BY_HAND)


@pytest.mark.parametrize(
    ("share", "orders", "expected"),
    [
        (0.9, 4, "online"),
        (0.89, 4, "hybrid"),
        (0.11, 4, "hybrid"),
        (0.1, 4, "offline"),
        (0, 0, None),
    ],
)
def test_channel_follows_the_share_of_online_orders(
    share: float, orders: int, expected: str | None
) -> None:
    assert channel_of({"order_days": orders, "online_share": share}) == expected


@pytest.mark.parametrize(
    ("name", "never_seen", "expected"),
    [
        ("margin", {"cost"}, True),
        ("views_28d", {"views"}, True),
        ("views_28d", {"carts"}, False),
        ("browsing_days_28d", {"views", "carts"}, False),
        ("browsing_days_28d", {"views", "carts", "searches", "checkouts"}, True),
        ("browse_to_buy", {"views", "carts", "searches", "checkouts"}, True),
        ("categories", {"order_lines.category"}, True),
    ],
)
def test_feature_lacks_its_source_where_nothing_can_be_said(
    name: str, never_seen: set[str], expected: bool
) -> None:
    assert lacks_source(feature(name), never_seen) is expected


def test_sources_are_never_seen_before_their_first_date() -> None:
    census = {"views": date(2026, 3, 1), "cost": None}
    assert never_seen_before(census, date(2026, 3, 1)) == {"views", "cost"}
    assert never_seen_before(census, date(2026, 3, 2)) == {"cost"}


def test_sheet_tells_zero_from_missing_and_removed() -> None:
    asked = [feature(name) for name in ("views_28d", "carts_28d", "margin", "net")]
    values = {"views_28d": 3.0, "carts_28d": 0.0, "margin": 0.0, "net": 5.0}
    given = read_sheet(asked, values, {"carts", "cost", "views"}, is_withdrawn=False)
    # a value is its own proof that the source exists, whatever last night's census said
    assert [(each.value, each.state) for each in given] == [
        (3.0, State.KNOWN),
        (0.0, State.SOURCE_NEVER_SEEN),
        (0.0, State.SOURCE_NEVER_SEEN),
        (5.0, State.KNOWN),
    ]
    withdrawn = read_sheet(asked, values, (), is_withdrawn=True)
    assert [each.value for each in withdrawn] == [None, None, 0.0, 5.0]
    assert withdrawn[0].state is State.REMOVED_BY_CONSENT


def test_hours_and_early_buying_need_consent_and_goods_do_not() -> None:
    needing = {each.name for each in HABITS if each.needs_consent}
    assert needing == set(BY_HAND) - {
        "skus",
        "categories",
        "top_category_share",
        "category_concentration",
    }
