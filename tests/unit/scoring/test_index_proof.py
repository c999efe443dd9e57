"""The test an index must pass, against independent measures."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from services.scoring.model.outcomes.outcomes import Metric
from services.scoring.model.outcomes.proof import measured, prove

RNG = np.random.default_rng(8)
SCORE = RNG.normal(size=900).round(1)  # with ties
AMOUNT = np.where(RNG.random(900) < 0.3, RNG.gamma(1.0, 5.0, 900) + SCORE, 0.0)


def test_spearman_counts_ties_as_scipy_does() -> None:
    assert measured("spearman", SCORE, AMOUNT) == pytest.approx(spearmanr(SCORE, AMOUNT)[0])


def test_auc_counts_ties_as_scikit_learn_does() -> None:
    assert measured("auc", SCORE, AMOUNT) == pytest.approx(roc_auc_score(AMOUNT > 0, SCORE))


@pytest.mark.parametrize(("metric", "chance"), [("auc", 0.5), ("spearman", 0.0)])
def test_score_without_meaning_measures_chance(metric: Metric, chance: float) -> None:
    assert measured(metric, np.ones(50), AMOUNT[:50]) == chance
    assert measured(metric, SCORE[:50], np.ones(50)) == chance


@pytest.mark.parametrize("metric", ["auc", "spearman"])
def test_score_does_not_beat_itself(metric: Metric) -> None:
    found = prove(metric, SCORE, ("itself", SCORE), AMOUNT)
    assert (found.lead, found.lead_low, found.lead_high) == (0, 0, 0)
    assert not found.beats_rule


@pytest.mark.parametrize("metric", ["auc", "spearman"])
def test_truth_beats_noise(metric: Metric) -> None:
    found = prove(metric, AMOUNT, ("noise", RNG.normal(size=900)), AMOUNT)
    assert found.value == pytest.approx(1.0)
    assert found.beats_rule
    assert found.beats_chance
    assert (found.customers, found.happened) == (900, (AMOUNT > 0).sum())


def test_better_than_a_bad_rule_is_not_better_than_chance() -> None:
    noise = np.random.default_rng(2).normal(size=900)
    found = prove("auc", noise, ("backwards", -AMOUNT), AMOUNT)
    assert found.beats_rule
    assert not found.beats_chance


def test_interval_of_a_measure_holds_it_and_narrows_with_customers() -> None:
    wide = prove("auc", SCORE[:200], ("flat", np.zeros(200)), AMOUNT[:200])
    narrow = prove("auc", np.tile(SCORE, 9), ("flat", np.zeros(8100)), np.tile(AMOUNT, 9))
    assert wide.low < wide.value < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 3
