"""Scores a shop could compute without us; a model that does not beat them says so."""

from __future__ import annotations

import numpy as np

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import Ranking

_NET, _COUNT, _RECENCY = (FEATURE_NAMES.index(name) for name in ("net", "order_days", "recency"))


def past_spend(X: FloatArray) -> FloatArray:
    """Score by net spend so far."""
    return X[:, _NET]


def rfm_sum(X: FloatArray) -> FloatArray:
    """Score by the sum of the quintiles of recency, frequency and money (3 to 15)."""
    return _quintile(-X[:, _RECENCY]) + _quintile(X[:, _COUNT]) + _quintile(X[:, _NET])


def _quintile(values: FloatArray) -> FloatArray:
    ranks = Ranking.of(values).ranks(np.ones(len(values)))
    return np.asarray(np.ceil(5 * ranks / len(values)), dtype=np.float64)
