"""What holds of a backtest's figures for any scores and any spend."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.scoring.model.backtests.confusion import TIERS, confusion, misses_of, tiers_by_rank
from services.scoring.model.evaluation import measure
from services.scoring.model.learning.calibration import deciles_of, gains_curve
from tests.unit.scoring.populations import population

Case = tuple[NDArray[np.float64], NDArray[np.float64]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Scores and spend of up to sixty customers, with many ties and returns."""
    n = draw(st.integers(1, 60))
    score = st.lists(st.integers(0, 6) | st.integers(0, 10**6), min_size=n, max_size=n)
    spend = st.lists(st.integers(-50, 5) | st.integers(0, 10**6), min_size=n, max_size=n)
    return np.array(draw(score), dtype=float), np.array(draw(spend), dtype=float)


@given(cases())
def test_everybody_is_named_once_and_earns_once(case: Case) -> None:
    score, spend = case
    found = confusion(score, spend)
    tiers = tiers_by_rank(score)
    assert (found >= -1e-9).all()
    assert np.isclose(found.sum(), len(spend))
    if len(spend) % 10 == 0:  # sizes are whole: parts of ties add up to the same shares
        assert np.allclose(found.sum(axis=1), [tiers.count(each) for each in TIERS])


@given(cases())
def test_misses_agree_with_the_hit_rate(case: Case) -> None:
    score, spend = case
    missed = misses_of(confusion(score, spend)).missed
    hit = measure(score, spend).hit20
    assert (np.isnan(missed) and np.isnan(hit)) or np.isclose(missed, 1 - hit)


@given(cases())
def test_gains_rise_from_nothing_to_all_below_the_perfect(case: Case) -> None:
    score, spend = case
    found, perfect = gains_curve(score, spend), gains_curve(spend, spend)
    assert (np.diff(found) >= -1e-12).all()
    assert found[0] == 0
    assert found[-1] == (1 if (spend > 0).any() else 0)
    assert (found <= perfect + 1e-9).all()


@given(cases())
def test_deciles_part_the_customers_and_their_money(case: Case) -> None:
    score, spend = case
    found = deciles_of(population(score, spend))
    assert sum(each.customers for each in found) == len(spend)
    assert np.isclose(sum(each.customers * each.spent for each in found), spend.sum())
    predicted = [each.predicted for each in found]
    assert predicted == sorted(predicted, reverse=True)
