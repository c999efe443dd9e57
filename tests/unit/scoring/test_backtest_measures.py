"""What a backtest measures, on ten customers that can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from services.scoring.model.backtests.confusion import Tier, confusion, misses_of, tiers_by_rank
from services.scoring.model.backtests.segments import Segment, segments_of
from services.scoring.model.backtests.stability import earlier_cutoffs
from services.scoring.model.learning.calibration import (
    chance_groups_of,
    deciles_of,
    gains_curve,
    wilson,
)
from tests.unit.scoring.populations import population

#: Best score first; the second was overrated.
SCORE = np.arange(10.0, 0.0, -1.0)
SPEND = np.array([60.0, 0, 30, 10, 0, 0, 0, 0, 0, 0])


def test_tiers_named_are_counted_by_the_tier_earned() -> None:
    """Named high: 0, 1; earned high: 0, 2. Only 3 is left to earn the middle tier."""
    assert confusion(SCORE, SPEND).tolist() == [[1, 0, 1], [1, 1, 1], [0, 0, 5]]


def test_tied_scores_are_counted_in_parts() -> None:
    found = confusion(np.ones(10), SPEND)
    assert found[0].tolist() == pytest.approx([0.4, 0.2, 1.4])
    assert found.sum() == pytest.approx(10)


def test_misses_are_the_yardsticks_two_mistakes() -> None:
    found = misses_of(confusion(SCORE, SPEND))
    assert (found.missed, found.promoted) == pytest.approx((1 / 2, 1 / 8))


def test_misses_without_a_buyer_have_no_meaning() -> None:
    found = misses_of(confusion(SCORE, np.zeros(10)))
    assert np.isnan(found.missed)
    assert found.promoted == pytest.approx(0.2)


def test_tiers_hold_their_shares_even_when_all_scores_tie() -> None:
    tiers = tiers_by_rank(np.zeros(10))
    assert [tiers.count(each) for each in (Tier.HIGH, Tier.MID, Tier.LOW)] == [2, 3, 5]
    assert tiers_by_rank(np.array([1.0, 9.0, 3.0, 2.0, 1.5]))[1] is Tier.HIGH


def test_gains_add_up_from_the_best() -> None:
    found = gains_curve(SCORE, SPEND, points=11)
    assert found.tolist() == pytest.approx([0, 0.6, 0.6, 0.9, 1, 1, 1, 1, 1, 1, 1])


def test_gains_of_a_constant_score_are_chance() -> None:
    found = gains_curve(np.ones(10), SPEND, points=11)
    assert found.tolist() == pytest.approx([place / 10 for place in range(11)])


def test_gains_leave_negative_spend_out() -> None:
    assert gains_curve(np.array([2.0, 1.0]), np.array([-5.0, 5.0]), points=3).tolist() == [0, 0, 1]


def test_deciles_hold_means_and_coverage() -> None:
    found = deciles_of(population(np.repeat(SCORE, 2), np.repeat(SPEND, 2), within=(20, 100)))
    assert [each.customers for each in found] == [2] * 10
    assert [each.spent for each in found] == SPEND.tolist()
    assert [each.predicted for each in found] == SCORE.tolist()
    assert [found[0].coverage, found[2].coverage, found[3].coverage] == [1, 1, 0]
    assert np.isnan(found[1].coverage)


def test_interval_of_a_mean_is_two_standard_errors() -> None:
    score, spend = np.repeat(SCORE, 4), np.tile([0.0, 0.0, 4.0, 4.0], 10)
    first = deciles_of(population(score, spend))[0]
    assert (first.spent, first.spent_high - first.spent) == pytest.approx((2, 1.96 * 2 / 2))


def test_chances_are_grouped_from_the_smallest() -> None:
    chance = np.repeat(np.arange(1, 11) / 10, 10)
    spend = np.tile(np.arange(10.0), 10) >= 5
    found = chance_groups_of(population(np.arange(100.0), spend, chance=chance))
    assert [each.chance for each in found] == pytest.approx([n / 10 for n in range(1, 11)])
    assert {each.bought for each in found} == {0.5}
    assert (found[0].bought_low, found[0].bought_high) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_interval_of_a_share_stays_a_share() -> None:
    assert wilson(0.0, 10)[0] == 0
    assert wilson(0.0, 10)[1] == pytest.approx(0.2775, abs=1e-4)  # z^2 / (n + z^2)
    assert wilson(1.0, 10)[1] == 1


def segments(**changes: object) -> dict[tuple[str, str], Segment]:
    """Forty one-time buyers and forty regulars, who spend ten times as much."""
    once, often = np.arange(1.0, 41.0), 10 * np.arange(1.0, 41.0)
    spend = np.concatenate((once, often))
    found = population(spend, spend, order_days=np.repeat([1, 4], 40), **changes)  # type: ignore[arg-type] # what each test states
    return {(each.dimension, each.name): each for each in segments_of(found)}


def test_segments_have_figures_of_their_own() -> None:
    found = segments()
    once, often = found["orders", "one"], found["orders", "four_more"]
    assert (once.customers, often.customers) == (40, 40)
    assert (once.spent, often.spent) == (20.5, 205)
    assert (once.accuracy.gini, once.accuracy.hit20) == pytest.approx((1, 1))
    assert not any(dimension == "recency" for dimension, _ in found)  # everybody is in one


def test_money_off_by_more_than_twice_is_flagged() -> None:
    spend = np.arange(1.0, 81.0)
    factor = np.repeat([2.1, 0.49], 40)
    found = population(spend * factor, spend, order_days=np.repeat([1, 4], 40))
    flags = {each.name: each.flags for each in segments_of(found) if each.dimension == "orders"}
    assert flags["one"] == flags["four_more"] == ("money_off", "range_off")


def test_range_that_holds_four_of_five_is_not_flagged() -> None:
    spend = np.tile(np.arange(1.0, 41.0), 2)
    found = population(spend, spend, within=(4.5, 36.5), order_days=np.repeat([1, 4], 40))
    assert {each.flags for each in segments_of(found)} == {()}


def test_worse_than_decayed_spend_is_flagged() -> None:
    spend = np.tile(np.arange(1.0, 41.0), 2)
    found = population(spend.mean() * np.ones(80), spend, order_days=np.repeat([1, 4], 40))
    found = replace(found, decayed=spend)
    assert all("behind_decayed" in each.flags for each in segments_of(found))


def test_few_customers_are_counted_but_not_judged() -> None:
    spend = np.arange(1.0, 81.0)
    found = population(spend * 9, spend, order_days=np.repeat([1, 4], (20, 60)))
    once = next(each for each in segments_of(found) if each.name == "one")
    assert (once.customers, once.lead, once.flags) == (20, None, ())
    assert np.isnan(once.accuracy.gini)


def test_channels_are_told_apart_where_there_are_several() -> None:
    spend = np.arange(1.0, 91.0)
    online = np.repeat([0, 2, 1], 30)
    found = population(spend, spend, online=online, order_days=2)
    counts = {
        each.name: each.customers for each in segments_of(found) if each.dimension == "channel"
    }
    assert counts == {"offline": 30, "online": 30, "both": 30}


@pytest.mark.parametrize(
    ("first", "cutoff", "horizon", "most", "expected"),
    [
        (0, 283, 91, 3, [192, 101]),  # a horizon apart while twice 42 days lie before
        (0, 400, 91, 3, [309, 218, 127]),
        (0, 400, 91, 1, [309]),
        (0, 130, 30, 3, [115, 100, 85]),  # half a horizon apart: more than one fits
        (0, 90, 14, 3, []),
        (0, 400, 91, 0, []),
    ],
)
def test_earlier_cutoffs_leave_room_to_train(
    first: int, cutoff: int, horizon: int, most: int, expected: list[int]
) -> None:
    assert earlier_cutoffs(first, cutoff, horizon, most=most) == expected


def test_largest_surprise_is_who_spent_most_from_the_lowest_rank() -> None:
    spend = SPEND.copy()
    spend[9] = 50.0
    assert population(SCORE, spend).largest_surprise() == 9


def test_nobody_who_bought_leaves_no_lead() -> None:
    found = population(SCORE, np.zeros(10))
    assert found.lead_over(SCORE) is None
    assert np.isnan(found.coverage())
