"""Fits the two additive estimators on samples of several cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import IntArray
from services.scoring.domain.features import FEATURE_NAMES, FEATURES, HALF_LIVES, VALUE_COLUMNS
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.evaluation import Ranking, gini
from services.scoring.model.learning.additive import (
    AdditiveLogisticClassifier,
    AdditiveTweedieRegressor,
)
from services.scoring.model.learning.samples import Sample

FEWEST_BUYERS = 10
# Part of a typical order day below which money differs little: log1p is straight there. Measured
# between 0.0001 and 1: ranks do not care, but the unit must not depend on the currency.
_MONEY_UNIT = 0.003
# One segment and two ranges on either side make five: as many as the other curves have.
_STRETCH = 2
# Where nothing is learnt of decayed spend (one whale decides the fit) it still ranks.
_FLOOR = 0.01
# Ridge that leaves no slope worth a digit.
_FLAT = 1e9
_MEAN_ORDER_DAY = FEATURE_NAMES.index("mean_order_day")

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Member:
    """One spend estimator, its columns of FEATURES, and its weight in the log score."""

    weight: float
    columns: tuple[int, ...]
    estimator: AdditiveTweedieRegressor


@dataclass(frozen=True, slots=True)
class Fitted:
    """The estimators of spend and of the chance to buy; `level` is a raw score of 1 in money."""

    members: tuple[Member, ...]
    columns: tuple[int, ...]
    buy: AdditiveLogisticClassifier
    level: float

    def raw_score(self, X: FloatArray) -> FloatArray:
        """Predict spend relative to the mean customer."""
        return _blended(self.members, X)

    def chance(self, X: FloatArray) -> FloatArray:
        """Predict the probability of net spend above 0 within the horizon."""
        return np.asarray(self.buy.predict_proba(X[:, self.columns])[:, 1])


def _blended(members: Sequence[Member], X: FloatArray) -> FloatArray:
    logs = [each.weight * np.log(each.estimator.predict(X[:, each.columns])) for each in members]
    return np.asarray(np.exp(np.sum(logs, axis=0)))


def usable_columns(history_days: int) -> tuple[int, ...]:
    """List the model's features whose window lies within the shop's history."""
    return tuple(c for c in VALUE_COLUMNS if FEATURES[c].window_days <= history_days)


def informative(samples: Sequence[Sample], columns: tuple[int, ...]) -> tuple[int, ...]:
    """Leave out the columns that are the same in every row: a source the shop does not have."""
    varied = np.any([np.ptp(sample.X, axis=0) > 0 for sample in samples if len(sample.X)], axis=0)
    return tuple(column for column in columns if varied[column])


def fit_estimators(
    samples: Sequence[Sample], columns: tuple[int, ...], *, half_life: int, shadow_weight: float
) -> Fitted:
    """Fit spend and chance on all samples together.

    Decayed spend alone, as one straight slope that goes on beyond the training rows, has
    `shadow_weight` in the log score; with weight 1 it is the whole model, on its one column.
    Raises TrainingRefused where fewer than ten customers bought.
    """
    X = np.concatenate([sample.X for sample in samples])
    bought = np.concatenate([sample.bought for sample in samples])
    require_buyers(int(bought.sum()))
    relative = np.concatenate([sample.relative_spend for sample in samples])
    shadow = (decayed_column(half_life),)
    columns = columns if shadow_weight < 1 and columns else shadow
    units = feature_units(X)

    def spend(used: tuple[int, ...], **shape: Any) -> AdditiveTweedieRegressor:
        model = AdditiveTweedieRegressor(
            units=units[list(used)], directions=_directions(used), **shape
        )
        return model.fit(X[:, used], relative)

    full = Member(1 - shadow_weight, columns, spend(columns)) if shadow_weight < 1 else None
    plain = Member(shadow_weight, shadow, spend(shadow, segments=1, stretch=_STRETCH, floor=_FLOOR))
    members = (full, plain) if full else (plain,)
    level = np.mean([sample.spend.mean() for sample in samples]) / _blended(members, X).mean()
    if is_one_sided(bought):
        columns = shadow
    buy = _fit_chance(X[:, columns], bought, units[list(columns)], _directions(columns))
    # Returns may outweigh sales in a tiny shop; money is then predicted as nearly nothing.
    return Fitted(members, columns, buy, max(float(level), 1e-6))


def is_one_sided(bought: BoolArray) -> bool:
    """Say whether too few bought, or too few did not, for a chance that differs by customer."""
    return bool(min(bought.sum(), (~bought).sum()) < FEWEST_BUYERS)


def _fit_chance(
    X: FloatArray, bought: BoolArray, units: FloatArray, directions: IntArray
) -> AdditiveLogisticClassifier:
    model = AdditiveLogisticClassifier(units=units, directions=directions)
    if not is_one_sided(bought):
        return model.fit(X, bought)
    # One customer more of either kind (Laplace) and slopes held at nothing: one chance for all.
    model.set_params(alpha=_FLAT)
    both = np.append(bought, [True, False])
    return model.fit(np.vstack([X, X.mean(axis=0), X.mean(axis=0)]), both)


def _directions(columns: tuple[int, ...]) -> IntArray:
    return np.array([FEATURES[column].direction for column in columns], dtype=np.int64)


def decayed_column(half_life: int) -> int:
    """Find the column of FEATURES that holds spend decayed with a half-life."""
    return FEATURE_NAMES.index(f"net_decayed_{half_life}d")


def best_half_life(samples: Sequence[Sample]) -> int:
    """Choose the half-life whose decayed spend ranks the samples best."""
    return max(HALF_LIVES, key=lambda days: _mean_gini(samples, decayed_column(days)))


def _mean_gini(samples: Sequence[Sample], column: int) -> float:
    found = [
        gini(
            Ranking.of(sample.X[:, column]),
            Ranking.of(np.maximum(sample.spend, 0.0)),
            sample.spend,
            np.ones(len(sample.spend)),
        )
        for sample in samples
        if sample.bought.any()
    ]
    return float(np.mean(found)) if found else 0.0


def require_buyers(buyers: int) -> None:
    """Raise TrainingRefused where fewer customers bought than anything can be learnt from."""
    if buyers < FEWEST_BUYERS:
        raise TrainingRefused(
            f"Only {buyers} customers bought within the horizon after a cut-off (more money than "
            f"they gave back); training needs {FEWEST_BUYERS}."
        )


def feature_units(X: FloatArray) -> FloatArray:
    """Give the unit a feature is compressed by: a part of a typical order day for money, else 1."""
    typical = X[:, _MEAN_ORDER_DAY]
    typical = typical[typical > 0]
    unit = float(np.median(typical)) * _MONEY_UNIT if len(typical) else 1.0
    is_money = [feature.unit in {"money", "money_per_day"} for feature in FEATURES]
    return np.where(is_money, unit, 1.0)
