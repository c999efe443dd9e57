"""Measures of accuracy, on cases small enough to check by hand."""

import math

import numpy as np
import pytest

from services.scoring.model.baselines.baselines import rfm_sum
from services.scoring.model.evaluation import (
    MOST_RESAMPLED,
    Ranking,
    area_under_curve,
    calibration_error,
    compare,
    measure,
)

SPEND = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 30.0, 60.0])


def test_perfect_ranking_scores_one_everywhere() -> None:
    found = measure(SPEND, SPEND)
    assert (found.gini, found.hit20, found.cap20, found.auc, found.bias) == pytest.approx(
        (1, 1, 0.9, 1, 1)
    )


def test_constant_score_is_chance() -> None:
    found = measure(np.ones(10), SPEND)
    assert (found.gini, found.hit20, found.cap20) == pytest.approx((0, 0.2, 0.2))
    assert (found.auc, found.spearman) == (0.5, 0.0)


def test_reversed_ranking_is_as_bad_as_it_gets() -> None:
    found = measure(-SPEND, SPEND)
    assert found.gini == pytest.approx(-1 + 2 * 0.0, abs=0.3)
    assert (found.hit20, found.auc) == (0, 0)


def test_tied_customers_share_the_last_places() -> None:
    score = np.array([3.0, 2.0, 2.0, 2.0, 1.0])
    assert Ranking.of(score).membership(2, np.ones(5)).tolist() == pytest.approx(
        [1, 1 / 3, 1 / 3, 1 / 3, 0]
    )


def test_fewer_buyers_than_a_fifth_are_all_the_truth() -> None:
    spend = np.zeros(20)
    spend[3] = 5.0
    assert measure(spend, spend).hit20 == 1


def test_negative_spend_counts_as_nothing_but_in_the_bias() -> None:
    spend = SPEND.copy()
    spend[0] = -50.0
    assert measure(SPEND, spend).cap20 == pytest.approx(0.9)
    assert measure(SPEND, spend).bias == pytest.approx(2.0)


def test_measures_without_meaning_are_not_numbers() -> None:
    nobody = measure(SPEND, np.zeros(10), is_money=False)
    assert all(math.isnan(value) for value in (nobody.gini, nobody.hit20, nobody.auc, nobody.bias))


def test_calibration_error_is_the_mean_gap() -> None:
    chance = np.repeat([0.1, 0.5], 50)
    label = np.concatenate((np.arange(50) < 10, np.arange(50) < 25))
    assert calibration_error(chance, label, bins=2) == pytest.approx(0.05)


def test_area_counts_ties_as_half() -> None:
    assert area_under_curve(np.array([1.0, 1.0]), np.array([True, False])) == 0.5


def test_better_score_leads_with_an_interval_above_zero() -> None:
    rng = np.random.default_rng(1)
    spend = rng.gamma(0.5, 100, 500)
    lead = compare(spend + rng.normal(0, 5, 500), spend + rng.normal(0, 200, 500), spend)
    assert 0 < lead.gini_low < lead.gini < lead.gini_high
    assert not lead.is_worse


def test_same_seed_gives_the_same_interval() -> None:
    rng = np.random.default_rng(2)
    score, spend = rng.random(100), rng.random(100)
    assert compare(score, spend, spend, rounds=20) == compare(score, spend, spend, rounds=20)


def test_interval_narrows_with_customers_beyond_those_resampled() -> None:
    """Four times as many customers: half as wide, and the lead is that of all of them."""

    def width(n: int) -> float:
        rng = np.random.default_rng(3)
        spend = rng.gamma(0.5, 100, n)
        ours, theirs = spend + rng.normal(0, 5, n), spend + rng.normal(0, 200, n)
        lead = compare(ours, theirs, spend, rounds=60)
        gap = measure(ours, spend).gini - measure(theirs, spend).gini
        assert lead.gini == pytest.approx(gap)
        assert lead.gini_low < lead.gini < lead.gini_high
        return lead.gini_high - lead.gini_low

    assert width(4 * MOST_RESAMPLED) / width(MOST_RESAMPLED) == pytest.approx(0.5, abs=0.15)


def test_rfm_sum_lies_between_three_and_fifteen() -> None:
    X = np.random.default_rng(4).random((100, 36))
    found = rfm_sum(X)
    assert (found.min() >= 3, found.max() <= 15) == (True, True)
