"""How far customers have moved away from the days a model learnt from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

import numpy as np

from services.scoring.domain.features import FEATURE_NAMES, FEATURES, Feature
from services.scoring.domain.life.drift import (
    FEWEST,
    Shift,
    Status,
    seasonal_status,
    shift_status,
    worst,
)
from services.scoring.model.curves import FloatArray
from services.scoring.model.reference import (
    EMPTY,
    RECENT_DAYS,
    Bins,
    Reference,
    recent,
    reference_of,
)
from services.scoring.model.value_model import ValueModel

#: A share of 0 has no logarithm.
_SMALLEST_SHARE: Final = 1e-4
#: 99.9 % point of the normal distribution: some thirty numbers are looked at every night.
_Z: Final = 3.09
SCORE: Final = "season_free_score"
# Means and what lies just behind: these do not grow with the age of the shop.
_FORGETTING: Final = frozenset(
    {"recency", "last_order_day", "mean_order_day", "net_decayed_14d", "orders_decayed_14d"}
)
_GROWING: Final = frozenset({"recency_over_gap"})


@dataclass(frozen=True, slots=True)
class Drift:
    """What was measured on `customers` with an order, `recent` of them recent buyers.

    `share_recent` and `level` stand beside those of training: they move with the age of a shop
    and with its season, so they are shown and not judged.
    """

    customers: int
    recent: int
    share_recent: float
    share_recent_before: float
    level_ratio: float | None
    score: Shift | None
    features: tuple[Shift, ...]

    @property
    def status(self) -> Status:
        """Give the worst of what is judged."""
        parts = (self.score, *self.features)
        return worst(part.status for part in parts if part is not None)

    @property
    def psi_max(self) -> float | None:
        """Give the largest index of what is judged; None where nothing could be."""
        judged = [
            part.psi
            for part in (self.score, *self.features)
            if part is not None and part.status is not Status.NOT_JUDGED
        ]
        return max(judged, default=None)


def measure_drift(model: ValueModel, X: FloatArray, X_year_ago: FloatArray | None = None) -> Drift:
    """Compare customers with an order, X (n, n_features), with the model's reference.

    Only recent buyers are compared, as in the reference. Too few of them on either side and
    nothing is: `score` is None. `X_year_ago` are the customers of the same days a year ago: what
    has moved as it did then is a season.
    """
    reference, chosen = model.reference, recent(X)
    count = int(chosen.sum())
    share = count / len(X) if len(X) else 0.0
    if reference.score is None or min(count, reference.rows) < FEWEST:
        return Drift(len(X), count, share, reference.share_recent, None, None, ())
    rows = X[chosen]
    raw = model.raw_score(rows)
    level = float(raw.mean())
    then = EMPTY if X_year_ago is None else _as_reference(model, X_year_ago)
    values = {name: rows[:, FEATURE_NAMES.index(name)] for name in reference.features}
    return Drift(
        customers=len(X),
        recent=count,
        share_recent=share,
        share_recent_before=reference.share_recent,
        level_ratio=level / reference.level,
        score=_shift(SCORE, raw / level, (reference.score, then.score), reference.rows),
        features=tuple(
            _judged(_shift(name, values[name], (bins, then.features.get(name)), reference.rows))
            for name, bins in reference.features.items()
        ),
    )


def _as_reference(model: ValueModel, X: FloatArray) -> Reference:
    found = reference_of(X, model.columns, model.raw_score(X)) if len(X) else EMPTY
    return found if found.rows >= FEWEST else EMPTY


def psi(expected: FloatArray, actual: FloatArray) -> float:
    """Sum (actual - expected) x ln(actual / expected) over bins: >= 0, and 0 for equal shares.

    Population stability index: Siddiqi, Credit Risk Scorecards (2006); the symmetrised
    Kullback-Leibler divergence.
    """
    before, now = np.maximum(expected, _SMALLEST_SHARE), np.maximum(actual, _SMALLEST_SHARE)
    return float(((now - before) * np.log(now / before)).sum())


def noise_of(bins: int, rows: int, reference_rows: int) -> float:
    """Give the index that samples of one distribution pass once in a thousand times.

    The index of two samples is about (1/n + 1/m) x chi-squared of bins - 1 degrees (Yurdakul
    and Naranjo 2020); its quantile by Wilson and Hilferty. The same customer is in the reference
    at several cut-offs, so it counts no more than today's sample.
    """
    degrees = bins - 1
    term = 2 / (9 * degrees)
    quantile: float = degrees * (1 - term + _Z * sqrt(term)) ** 3
    return quantile * (1 / rows + 1 / min(rows, reference_rows))


def is_forgetting(feature: Feature) -> bool:
    """Say whether a number looks back no further than a recent buyer's time, or is a mean.

    Totals, spans and rates over a whole life grow in every shop that grows older: measured on
    three shops, their index reached .3 to 9 while customers bought as ever.
    """
    if feature.window_days:
        return feature.window_days <= RECENT_DAYS
    is_mean = feature.unit in ("share", "lines") and feature.name not in _GROWING
    return is_mean or feature.name in _FORGETTING


_STEADY_IN_TIME: Final = frozenset(each.name for each in FEATURES if is_forgetting(each))


def _judged(shift: Shift) -> Shift:
    if shift.name in _STEADY_IN_TIME:
        return shift
    return replace(shift, status=Status.NOT_JUDGED)


def _shift(name: str, values: FloatArray, known: tuple[Bins, Bins | None], rows: int) -> Shift:
    """Compare values with the bins of training, and with those of a year ago where there are."""
    bins, then = known
    found = psi(np.array(bins.shares), bins.shares_of(values))
    noise = noise_of(len(bins.shares), len(values), rows)
    year_ago = None if then is None else psi(np.array(then.shares), then.shares_of(values))
    status = seasonal_status(shift_status(found, noise), year_ago)
    return Shift(name, found, noise, bins.outside(values), status, year_ago)
