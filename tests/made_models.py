"""Value models drawn at random: any shape of curve, and features in any order and repeated."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np

from services.scoring.domain.features import VALUE_COLUMNS
from services.scoring.model.curves import Curves
from services.scoring.model.interval import SpendInterval
from services.scoring.model.value_model import Manifest, ValueModel, feature_hash

START = date(2025, 1, 1)


def made_model(seed: int, columns: Sequence[int] = VALUE_COLUMNS) -> ValueModel:
    """Draw a model that reads some of these features."""
    draw = np.random.default_rng(seed)
    spend = tuple(draw.choice(columns, size=draw.integers(1, 40)).tolist())
    buy = tuple(draw.choice(columns, size=draw.integers(1, 40)).tolist())
    return _model(draw, spend, buy)


def full_model(seed: int) -> ValueModel:
    """Draw a model that reads every feature it is offered, and one twice, as a trained one does."""
    return _model(np.random.default_rng(seed), (*VALUE_COLUMNS, VALUE_COLUMNS[-2]), VALUE_COLUMNS)


def _model(draw: np.random.Generator, spend: tuple[int, ...], buy: tuple[int, ...]) -> ValueModel:
    bins = int(draw.integers(1, 6))
    return ValueModel(
        manifest=_manifest(),
        columns=spend,
        spend=_curves(draw, len(spend)),
        buy_columns=buy,
        buy=_curves(draw, len(buy)),
        interval=SpendInterval(
            sizes=np.sort(draw.normal(0, 1, bins)),
            low=draw.uniform(-2, 0, bins),
            high=draw.uniform(0, 2, bins),
        ),
        level=float(np.exp(draw.normal(9, 1))),
        persistence=float(draw.uniform(0.2, 1)),
    )


def _curves(draw: np.random.Generator, features: int) -> Curves:
    return Curves(
        units=np.exp(draw.normal(1, 2, features)),
        low=draw.normal(0, 1, features),
        step=np.exp(draw.normal(0, 1, features)),
        heights=draw.normal(0, 0.3, (features, int(draw.integers(2, 8)))),
        intercept=float(draw.normal()),
    )


def _manifest() -> Manifest:
    return Manifest(
        version="made",
        kind="additive",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        feature_hash=feature_hash(),
        horizon_days=91,
        cutoffs=(date(2025, 10, 1),),
        trained_from=START,
        trained_until=date(2026, 1, 1),
        customers=100,
        rows=400,
    )
