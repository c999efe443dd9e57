"""The estimators behave as scikit-learn's own do, and keep their promises of shape."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator

from services.scoring.model.curves import blend_curves, compress
from services.scoring.model.learning.additive import (
    AdditiveLogisticClassifier,
    AdditiveTweedieRegressor,
)

BOTH = (AdditiveTweedieRegressor(), AdditiveLogisticClassifier())
RNG = np.random.default_rng(5)
X = RNG.gamma(1.0, 20.0, (600, 3))
MEAN = np.exp(0.5 * np.log1p(X[:, 0]) - 0.3 * np.log1p(X[:, 1]))
Y = np.where(RNG.random(600) < 0.6, MEAN * RNG.gamma(2.0, 0.5, 600), 0.0)


def fitted(**changes: Any) -> AdditiveTweedieRegressor:
    return AdditiveTweedieRegressor(**changes).fit(X, Y)


@pytest.mark.parametrize("estimator", BOTH, ids=lambda each: type(each).__name__)
@pytest.mark.filterwarnings("ignore")
def test_estimator_passes_every_check_of_scikit_learn(estimator: Any) -> None:
    found = check_estimator(estimator, on_skip=None, on_fail=None)
    assert not [each["check_name"] for each in found if each["status"] == "failed"]
    assert len(found) > 50


def test_analytic_slopes_equal_numeric_ones() -> None:
    eta, step = np.linspace(-3, 3, 13), 1e-6
    for estimator in BOTH:
        target = np.linspace(0, 1, 13) if estimator is BOTH[1] else np.linspace(0, 9, 13)
        up, down = (estimator._loss(target, eta + way)[0] for way in (step, -step))  # noqa: SLF001
        numeric = (up - down) / (2 * step)
        slope = estimator._loss(target, eta)[1]  # noqa: SLF001
        assert slope == pytest.approx(numeric, abs=1e-6)


@pytest.mark.parametrize("direction", [1, -1])
def test_curve_never_turns_against_its_direction(direction: int) -> None:
    model = fitted(directions=[direction, direction, 0])
    for column in (0, 1):
        line = np.tile(np.median(X, axis=0), (200, 1))
        line[:, column] = np.linspace(0, 400, 200)
        steps = np.diff(model.predict(line)) * direction
        assert (steps >= -1e-12).all()


def test_directions_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 entries for 3 features"):
        fitted(directions=[1, 1])


def test_spend_is_recovered_where_the_curves_are_true() -> None:
    error = np.log(fitted(alpha=1e-6).predict(X)) - np.log(MEAN * 0.6)
    assert np.abs(error).mean() < 0.2


def test_prediction_scales_with_the_currency() -> None:
    scaled = AdditiveTweedieRegressor().fit(X, Y * 1000)
    assert scaled.predict(X) == pytest.approx(fitted().predict(X) * 1000, rel=1e-3)


def test_served_curves_equal_the_estimator() -> None:
    model = fitted(units=[1.0, 0.5, 3.0])
    served = np.exp(model.curves_.predict_log(X))
    assert served == pytest.approx(model.predict(X), rel=1e-12)


def test_one_row_is_scored_as_among_others_to_the_bit() -> None:
    curves = fitted().curves_
    alone = [curves.predict_log(X[row : row + 1])[0] for row in range(len(X))]
    assert np.array(alone).tobytes() == curves.predict_log(X).tobytes()


def test_curves_relative_to_a_row_score_the_same() -> None:
    curves = fitted().curves_
    shifted = curves.relative_to(np.median(X, axis=0))
    assert shifted.predict_log(X) == pytest.approx(curves.predict_log(X), rel=1e-12)
    assert shifted.parts(np.median(X, axis=0)[None, :])[:, 0] == pytest.approx([0, 0, 0])


def test_missing_values_and_infinities_count_as_zero() -> None:
    odd = np.array([[np.nan, np.inf, -np.inf, -3.0]])
    assert compress(odd, np.ones(4)).tolist() == [[0.0, 0.0, -0.0, -np.log1p(3.0)]]


def test_estimators_work_in_pipelines_and_cross_validation() -> None:
    pipeline = make_pipeline(FunctionTransformer(), clone(AdditiveTweedieRegressor()))
    assert cross_val_score(pipeline, X, Y, cv=3).mean() > 0.1


@pytest.mark.parametrize("target", [np.zeros(600), -Y])
def test_target_without_spend_is_refused(target: np.ndarray) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        AdditiveTweedieRegressor().fit(X, target)


def test_stretched_curve_goes_on_straight_beyond_the_training_rows() -> None:
    far = np.expm1([[7.0], [8.0], [9.0]])
    flat = AdditiveTweedieRegressor(segments=1).fit(X[:, :1], Y)
    straight = AdditiveTweedieRegressor(segments=1, stretch=2).fit(X[:, :1], Y)
    first, second = np.diff(np.log(straight.predict(far)))
    assert np.ptp(flat.predict(far)) == 0
    assert first == pytest.approx(second)
    assert first > 0
    assert straight.curves_.predict_log(far) == pytest.approx(np.log(straight.predict(far)))


def test_blended_curves_add_up_their_weighted_scores() -> None:
    first, second = fitted().curves_, fitted(alpha=1.0).curves_
    both = blend_curves([(0.75, first), (0.25, second)])
    expected = 0.75 * first.predict_log(X) + 0.25 * second.predict_log(X)
    assert both.predict_log(np.hstack([X, X])) == pytest.approx(expected)


def test_a_floor_keeps_the_order_where_the_target_speaks_against_it() -> None:
    X = np.arange(60.0)[:, None]
    falling = np.arange(60.0, 0.0, -1.0)
    flat = AdditiveTweedieRegressor(directions=[1], segments=1).fit(X, falling).predict(X)
    held = AdditiveTweedieRegressor(directions=[1], segments=1, floor=0.01).fit(X, falling)
    assert np.ptp(flat) == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(held.predict(X)[1:-1]) > 0).all()
