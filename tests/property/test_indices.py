"""Whatever a customer did: finite scores, which move the way they claim to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.features import FEATURES
from services.scoring.model.baselines.bgnbd import Buying, BuyingModel, fit_buying
from services.scoring.model.baselines.gamma_gamma import SpendModel, fit_spend
from services.scoring.model.errors import BaselineUnavailable
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.model.outcomes.indices import Gauge, Index
from tests.model_shop import START, shop_days

positive = st.floats(0.05, 8.0)
buying_models = st.builds(BuyingModel, positive, st.floats(0.5, 30.0), positive, positive)
weeks = st.floats(0.1, 150.0)


def one(repeats: float, last: float, age: float) -> Buying:
    return Buying(np.array([repeats]), np.array([last]), np.array([age]))


@given(buying_models, st.integers(0, 400), st.floats(0, 1), weeks, weeks)
def test_expected_purchases_are_finite_and_grow_with_the_horizon(
    model: BuyingModel, repeats: int, part: float, age: float, horizon: float
) -> None:
    seen = one(repeats, part * age if repeats else 0.0, age)
    near, far = model.expected(seen, horizon)[0], model.expected(seen, 2 * horizon)[0]
    assert np.isfinite([near, far]).all()
    assert 0 <= near <= far


@given(buying_models, st.integers(1, 60), weeks, st.floats(0, 1), st.floats(0, 1))
def test_who_bought_later_is_expected_to_buy_more(
    model: BuyingModel, repeats: int, age: float, one_part: float, other_part: float
) -> None:
    early, late = sorted((one_part, other_part))
    before, after = (model.expected(one(repeats, part * age, age), 13)[0] for part in (early, late))
    assert before <= after * (1 + 1e-9)


@given(
    st.builds(SpendModel, positive, st.floats(1.1, 9.0), st.floats(1.0, 1e6)),
    st.integers(1, 500),
    st.floats(0.01, 1e7),
    st.floats(1.0, 10.0),
)
def test_expected_amount_lies_between_customer_and_shop_and_rises_with_the_customer(
    model: SpendModel, days: int, mean: float, factor: float
) -> None:
    shop = model.p * model.gamma / (model.q - 1)
    low, high = (
        model.expected(np.array([float(days)]), np.array([each]))[0]
        for each in (mean, factor * mean)
    )
    assert min(mean, shop) * (1 - 1e-9) <= low <= max(mean, shop) * (1 + 1e-9)
    assert low <= high * (1 + 1e-12)


histories = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 90), st.integers(1, 60)), min_size=2, max_size=40
)


@settings(max_examples=60)
@given(histories)
def test_any_histories_give_parameters_or_a_reason(
    drawn: list[tuple[int, int, int]],
) -> None:
    repeats, last, wait = np.array(drawn, dtype=np.float64).T
    last = np.where(repeats > 0, last, 0.0)
    seen = Buying(repeats, last, last + wait)
    try:
        found = fit_buying(seen)
    except BaselineUnavailable as reason:
        assert not (repeats > 0).any(), reason  # noqa: PT017 - the only reason there is
    else:
        assert min(found.r, found.alpha, found.a, found.b) > 0


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 30), st.floats(0.01, 1e6)), min_size=3, max_size=40))
def test_any_amounts_give_finite_expectations_or_a_reason(drawn: list[tuple[int, float]]) -> None:
    days, mean = np.array(drawn, dtype=np.float64).T
    try:
        found = fit_spend(days, mean).expected(days, mean)
    except BaselineUnavailable:
        found = mean
    assert np.isfinite(found).all()
    assert (found > 0).all()


@pytest.fixture(scope="module")
def shown() -> list[tuple[Index, Gauge]]:
    found = fit_indices(shop_days(1500), plan_training(START, START + 300))
    return [(item, item.gauge) for item in found.items if item.gauge is not None]


rows = st.lists(st.floats(-1e9, 1e9), min_size=len(FEATURES), max_size=len(FEATURES))


@given(row=rows, raised=st.floats(0, 1e6), place=st.integers(0, 10_000))
def test_index_is_finite_and_moves_only_the_way_its_features_claim(
    shown: list[tuple[Index, Gauge]], row: list[float], raised: float, place: int
) -> None:
    for item, gauge in shown:
        column = gauge.columns[place % len(gauge.columns)]
        more = np.array([row, row])
        more[1, column] += raised
        low, high = gauge.values(more).tolist()
        assert np.isfinite([low, high]).all()
        assert min(low, high) >= 0
        way = FEATURES[column].direction if item.outcome.is_monotone else 0
        assert way * (high - low) >= -1e-12
