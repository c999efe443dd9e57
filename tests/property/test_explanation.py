"""Whatever the model and the customer: base and contributions are the score, in the JSON too."""

import json
import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import pack_days
from services.scoring.domain.features import FEATURES, features
from services.scoring.domain.why.explanation import grouped, parts_of
from services.scoring.model.curves import Curves
from services.scoring.model.interval import SpendInterval
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.learning.training import train
from services.scoring.model.value_model import Manifest, ValueModel
from tests.model_shop import START, shop_days

MANIFEST = Manifest(
    version="m",
    kind="additive",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    feature_hash="",
    horizon_days=91,
    cutoffs=(),
    trained_from=date(2025, 1, 1),
    trained_until=date(2026, 1, 1),
    customers=1,
    rows=1,
)
HEIGHTS = st.floats(-3, 3)
VALUES = st.floats(-1e7, 1e7) | st.integers(-5, 5).map(float)
ROWS = st.lists(VALUES, min_size=len(FEATURES), max_size=len(FEATURES))


@st.composite
def models(draw: st.DrawFn) -> ValueModel:
    """Any curves over any features, one of them perhaps twice, against any typical customer."""
    columns = draw(st.lists(st.integers(0, len(FEATURES) - 1), min_size=1, max_size=50))
    n, segments = len(columns), draw(st.integers(1, 6))
    column = st.lists(st.floats(0.01, 100), min_size=n, max_size=n).map(np.array)
    heights = st.lists(HEIGHTS, min_size=n * (segments + 1), max_size=n * (segments + 1))
    curves = Curves(
        units=draw(column),
        low=draw(st.lists(HEIGHTS, min_size=n, max_size=n).map(np.array)),
        step=draw(column),
        heights=np.array(draw(heights)).reshape(n, segments + 1),
        intercept=draw(HEIGHTS),
    )
    typical = draw(ROWS)
    row = np.array(typical)[columns]
    return ValueModel(
        manifest=MANIFEST,
        columns=tuple(columns),
        spend=curves.relative_to(row),
        buy_columns=(),
        buy=curves,
        interval=SpendInterval(np.zeros(1), np.zeros(1), np.zeros(1)),
        level=100.0,
        persistence=1.0,
        typical=tuple(row.tolist()),
    )


def check(model: ValueModel, X: np.typing.NDArray[np.float64]) -> None:
    explained, raw = model.explain(X), model.raw_score(X)
    for place, row in enumerate(X):
        parts = parts_of(
            model.columns, explained.parts[place].tolist(), row.tolist(), model.typical
        )
        groups = grouped(parts)
        told = json.loads(json.dumps([[part.contribution for part in g.parts] for g in groups]))
        log_score = math.log(float(raw[place]))
        assert explained.base + sum(map(sum, told)) == pytest.approx(log_score, abs=1e-9)
        in_groups = sum(group.contribution for group in groups)
        assert explained.base + in_groups == pytest.approx(log_score, abs=1e-9)
        assert len({part.feature.name for part in parts}) == len(parts)


@given(
    models(), st.lists(st.lists(VALUES, min_size=len(FEATURES), max_size=len(FEATURES)), max_size=3)
)
@settings(deadline=None)
def test_contributions_of_any_model_add_up(model: ValueModel, rows: list[list[float]]) -> None:
    check(model, np.array(rows).reshape(-1, len(FEATURES)))


@given(models())
@settings(deadline=None)
def test_the_typical_customer_has_no_contributions(model: ValueModel) -> None:
    row = np.zeros((1, len(FEATURES)))
    row[0, list(model.columns)] = model.typical
    assert np.abs(model.explain(row).parts).max() <= 1e-12


@pytest.fixture(scope="module")
def trained() -> ValueModel:
    plan = plan_training(START, START + 300)
    return train(shop_days(), plan, version="m", created_at=MANIFEST.created_at).model


PURCHASES = st.dictionaries(st.integers(0, 299), st.integers(-(10**6), 10**7), min_size=1)


@given(PURCHASES, st.integers(1, 400))
@settings(deadline=None)
def test_contributions_of_a_trained_model_add_up(
    trained: ValueModel, bought: dict[int, int], cutoff: int
) -> None:
    dates = sorted(bought)
    net = np.array([bought[day] for day in dates], dtype=np.int64)
    days = pack_days(
        np.array([0, len(dates)]),
        np.array(dates) + START,
        net_booked=net,
        sales_net=np.maximum(net, 0),
        orders=(net > 0).astype(np.int64),
        lines=np.ones_like(net),
        returns=(net < 0).astype(np.int64),
        returns_net=np.maximum(-net, 0),
    )
    check(trained, features(days, START + cutoff, START))
