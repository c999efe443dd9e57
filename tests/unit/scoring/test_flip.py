"""What-ifs come true when decided: the stated change flips the tier, a smaller one does not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray
from typing_extensions import override

from services.scoring.domain.days import CustomerDays, day_number, pack_days
from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.domain.tiers.answer import AnswerPrinter, Named
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Customer, Decision, Versions
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.timeline import Rules
from services.scoring.domain.why.flip import (
    Fall,
    Ground,
    Order,
    Rise,
    RiseSearch,
    find_fall,
    find_rise,
    with_orders,
)

START = date(2026, 1, 1)
TODAY = date(2026, 3, 2)  # day 60
LEVEL = 1.25
NET = FEATURE_NAMES.index("net_decayed_14d")
LINES = FEATURE_NAMES.index("lines_per_order_day")
LAST = FEATURE_NAMES.index("last_order_day")


@dataclass(frozen=True)
class FakeExplained:
    groups: tuple[str, ...]
    parts: NDArray[np.float64]


class DecayedModel:
    """Scores by decayed spend, less for many lines."""

    columns = (NET, LINES, LAST)
    months: tuple[float, ...] = ()

    def raw_score(self, X: NDArray[Any]) -> NDArray[np.float64]:
        scores: NDArray[np.float64] = 1.0 + np.maximum(X[:, NET], 0) / 1000 / (1 + X[:, LINES] / 9)
        return scores

    def explain(self, X: NDArray[Any]) -> FakeExplained:
        return FakeExplained(("amount",), np.log(self.raw_score(X))[:, None])


class BumpModel(DecayedModel):
    """Likes one latest order of 5,000 to 6,000 and nothing else."""

    @override
    def raw_score(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return np.where((X[:, LAST] >= 5000) & (X[:, LAST] < 6000), 9.0, 1.0)


PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
RELEASE = Release(
    release_id=7,
    programme=PROGRAMME,
    model_version="m",
    model=DecayedModel(),
    history_start=day_number(START),
    rules=Rules(Cuts((-math.inf, 2.0, 4.0), (-math.inf, 1.8, 3.5)), 2),
    reference_date=START + timedelta(days=50),
    printer=AnswerPrinter(PROGRAMME, Named(7, "m")),
)
LEVELS = Levels.of({RELEASE.reference_date: LEVEL})
# (days since START, net)
HISTORIES: tuple[list[tuple[int, int]], ...] = (
    [(10, 500), (55, 900)],
    [(40, 4000), (50, 3000), (60, 1800)],
    [(58, 12000), (59, 12000)],
    [(52, 9000)],
    [(1, 100)],
    [(51, 6000)],
)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def days_of(history: Sequence[tuple[int, int]], lines: int = 2) -> CustomerDays:
    net = np.array([row[1] for row in history], dtype=np.int64)
    dates = np.array([day_number(START) + row[0] for row in history], dtype=np.int64)
    ones = np.ones_like(net)
    return pack_days(
        np.array([0, len(net)]),
        dates,
        net_booked=net,
        sales_net=net,
        orders=ones,
        lines=ones * lines,
    )


def decided(days: CustomerDays, today: date = TODAY, release: Release = RELEASE) -> Decision:
    """Decide as a tier read on that date does."""
    customer = Customer(UUID(int=1), "c-1", Versions(1, 0), {})
    return decide([customer], days, Grid(release, LEVELS, today, midnight))[0]


def ground_of(days: CustomerDays, unit: int = 100, release: Release = RELEASE) -> Ground:
    rank = decided(days, release=release).rank
    return Ground(days, TODAY, release, LEVEL, rank, unit, mean_spend=1000.0)


def bought(days: CustomerDays, on: Sequence[date], net: int) -> CustomerDays:
    numbers = [day_number(day) for day in on]
    return with_orders(days, numbers, np.full((1, len(numbers)), net, dtype=np.int64))


@pytest.mark.parametrize("unit", [1, 100, 1000])
@pytest.mark.parametrize("history", HISTORIES)
def test_the_smallest_order_lifts_the_tier_and_one_unit_less_does_not(
    history: list[tuple[int, int]], unit: int
) -> None:
    days = days_of(history)
    ground = ground_of(days, unit)
    search = find_rise(ground)
    if search is None:
        assert ground.rank == 2
        return
    rise = search.by_amount
    assert rise is not None
    assert rise.order.net % unit == 0
    assert decided(bought(days, [TODAY], rise.order.net)).rank == rise.rank > ground.rank
    less = rise.order.net - unit
    smaller = bought(days, [TODAY], less) if less else days
    assert decided(smaller).rank == ground.rank


@pytest.mark.parametrize("history", HISTORIES)
def test_usual_orders_lift_the_tier_and_one_fewer_do_not(history: list[tuple[int, int]]) -> None:
    days = days_of(history)
    ground = ground_of(days)
    search = find_rise(ground)
    if search is None or search.by_orders is None:
        return
    rise = search.by_orders
    when = [TODAY + timedelta(days=step * rise.every_days) for step in range(rise.orders)]
    scored = [
        decided(bought(days, when[: count + 1], rise.order.net), when[count]).course
        for count in range(rise.orders)
    ]
    cuts = RELEASE.rules.cuts
    reached = [cuts.entered(course.standing.score) for course in scored if course]
    assert reached[-1] == rise.rank > ground.rank
    assert max(reached[:-1], default=0) <= ground.rank


def test_some_customers_rise_by_more_than_one_usual_order() -> None:
    found = [find_rise(ground_of(days_of(history))) for history in HISTORIES]
    counts = [search.by_orders.orders for search in found if search and search.by_orders]
    assert max(counts) > 1


@pytest.mark.parametrize("history", HISTORIES)
def test_a_tier_falls_on_the_date_foretold_and_not_before(history: list[tuple[int, int]]) -> None:
    days = days_of(history)
    now = decided(days)
    assert now.course is not None
    fall = find_fall(ground_of(days), now.course.standing)
    if fall is None:
        assert now.rank == 0
        return
    assert fall.on is not None
    ahead = [TODAY + timedelta(days=step) for step in range((fall.on - TODAY).days + 1)]
    ranks = [decided(days, day).rank for day in ahead]
    assert set(ranks[:-1]) == {now.rank}
    assert ranks[-1] == fall.rank
    assert ranks[-1] < now.rank


def test_what_nothing_lowers_is_kept_as_far_as_was_looked() -> None:
    cuts = Cuts((-math.inf, 0.5, 4.0), (-math.inf, 0.4, 3.5))
    release = replace(RELEASE, rules=Rules(cuts, 2))
    days = days_of([(1, 100)])
    now = decided(days, release=release)
    assert now.course is not None
    fall = find_fall(ground_of(days, release=release), now.course.standing)
    assert fall == Fall(None, None, TODAY + timedelta(days=364))


def test_a_tier_that_nobody_reaches_is_told_as_not_reachable() -> None:
    cuts = Cuts((-math.inf, 2.0, math.inf), (-math.inf, 1.8, math.inf))
    release = replace(RELEASE, rules=Rules(cuts, 2))
    search = find_rise(ground_of(days_of([(58, 6000)]), release=release))
    assert search == RiseSearch(by_amount=None, most=600_000, by_orders=None)


def test_more_need_not_be_better_for_the_smallest_order_to_be_found() -> None:
    release = replace(RELEASE, model=BumpModel())
    search = find_rise(ground_of(days_of([(50, 100)]), 1, release))
    assert search is not None
    assert search.by_amount == Rise(2, Order(5000, 2))


def test_the_first_purchase_of_a_prospect_is_searched_too() -> None:
    search = find_rise(ground_of(days_of([])))
    assert search is not None
    assert search.by_orders is None
    assert search.by_amount is not None
    rise = search.by_amount
    assert decided(bought(days_of([]), [TODAY], rise.order.net)).rank == rise.rank
    assert decided(bought(days_of([]), [TODAY], rise.order.net - 100)).rank == 0


def test_an_order_is_like_the_others_and_joins_a_date_that_is_known() -> None:
    days = pack_days(
        np.array([0, 2]),
        np.array([10, 20]),
        net_booked=np.array([1000, 500]),
        sales_net=np.array([1000, 600]),
        orders=np.array([1, 1]),
        lines=np.array([2, 3]),
        discount=np.array([160, 0]),
        quantity_milli=np.array([2000, 4000]),
        returns=np.array([0, 1]),
    )
    found = with_orders(days, [20, 27], np.array([[300, 300], [800, 0]]))
    assert found.offsets.tolist() == [0, 3, 6]
    assert found.date.tolist() == [10, 20, 27] * 2
    assert found.net_booked.tolist() == [1000, 800, 300, 1000, 1300, 0]
    assert found.sales_net.tolist() == [1000, 900, 300, 1000, 1400, 0]
    assert found.orders.tolist() == [1, 2, 1] * 2
    assert found.lines.tolist() == [2, 5, 2] * 2
    assert found.discount.tolist() == [160, 30, 30, 160, 80, 0]
    assert found.quantity_milli.tolist() == [2000, 7000, 3000] * 2
    assert found.returns.tolist() == [0, 1, 0] * 2


def test_a_whale_is_not_looked_beyond_what_money_can_be() -> None:
    cuts = Cuts((-math.inf, 2.0, math.inf), (-math.inf, 1.8, math.inf))
    release = replace(RELEASE, rules=Rules(cuts, 2))
    search = find_rise(ground_of(days_of([(50, 2**52), (58, 2**52)]), release=release))
    assert search == RiseSearch(by_amount=None, most=10**15, by_orders=None)


def test_what_lies_ahead_of_today_is_not_looked_at() -> None:
    ahead = ground_of(days_of([*HISTORIES[0], (90, 7000)]))
    assert find_rise(ahead) == find_rise(ground_of(days_of(HISTORIES[0])))
