"""How features and scores lay when a model was trained: what drift is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.model.curves import FloatArray

#: Who has ordered within so many days. Those who left long ago only grow in number, in every
#: shop: on a steady shop the index of recency reached .51 in 91 days over everybody, .02 over
#: recent buyers.
RECENT_DAYS: Final = 91
BINS: Final = 10
# The curves are flat beyond these points (model/learning/fit.py): the model tells nobody apart
# out there.
_RANGE = (0.0005, 0.9995)
_RECENCY = FEATURE_NAMES.index("recency")
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Bins:
    """One number cut at its deciles: bin i holds (edges[i - 1], edges[i]], shares add up to 1.

    `low` and `high` are the ends of what training saw, all but one row in two thousand.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    low: float
    high: float

    def shares_of(self, values: FloatArray) -> FloatArray:
        """Give the share of values in each bin: (n_bins,)."""
        found = np.searchsorted(self.edges, values, side="left")
        counts: FloatArray = np.bincount(found, minlength=len(self.shares)) / len(values)
        return counts

    def outside(self, values: FloatArray) -> float:
        """Give the share of values beyond what training saw."""
        return float(((values < self.low) | (values > self.high)).mean())


@dataclass(frozen=True, slots=True)
class Reference:
    """Recent buyers at the training cut-offs: bins by feature and of the season-free score.

    `rows` counts them, `share_recent` is their share of all rows, `level` their mean raw score.
    """

    rows: int
    share_recent: float
    level: float
    score: Bins | None
    features: Mapping[str, Bins]

    def document(self) -> dict[str, Any]:
        """Write it as JSON values; nothing for the empty one."""
        if self.score is None:
            return {}
        return {
            "rows": self.rows,
            "share_recent": self.share_recent,
            "level": self.level,
            "score": _written(self.score),
            "features": {name: _written(bins) for name, bins in self.features.items()},
        }


EMPTY: Final = Reference(rows=0, share_recent=0.0, level=0.0, score=None, features={})


def recent(X: FloatArray) -> NDArray[np.bool_]:
    """Say who ordered within RECENT_DAYS: X (n, n_features), columns in FEATURES order."""
    found: NDArray[np.bool_] = X[:, _RECENCY] <= RECENT_DAYS
    return found


def reference_of(X: FloatArray, columns: tuple[int, ...], raw: FloatArray) -> Reference:
    """Bin the features a model uses, and its raw scores: X (n, n_features), raw (n,).

    The score is divided by its mean: a whole shop that spends more in its season still has the
    shape of score that the cuts of its tiers rest on.
    """
    chosen = recent(X)
    rows = int(chosen.sum())
    if not rows:
        return EMPTY
    level = float(raw[chosen].mean())
    return Reference(
        rows=rows,
        share_recent=rows / len(X),
        level=level,
        score=bins_of(raw[chosen] / level),
        features={
            FEATURE_NAMES[column]: bins_of(X[chosen, column]) for column in sorted(set(columns))
        },
    )


def bins_of(values: FloatArray) -> Bins:
    """Cut values at their deciles; equal deciles are one edge, so a common value is a bin."""
    # Edges are values that occur: one between two of them would make an empty bin.
    edges = np.unique(np.quantile(values, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    found = np.searchsorted(edges, values, side="left")
    shares = np.bincount(found, minlength=len(edges) + 1) / len(values)
    low, high = np.quantile(values, _RANGE).tolist()
    return Bins(tuple(edges.tolist()), tuple(shares.tolist()), low, high)


def read(document: Mapping[str, Any]) -> Reference:
    """Read what `document` wrote; raises ValueError for anything else."""
    if not document:
        return EMPTY
    names = {"rows", "share_recent", "level", "score", "features"}
    if set(document) != names:
        raise ValueError("the reference has other fields")
    rows, features = document["rows"], document["features"]
    if type(rows) is not int or rows < 1 or not isinstance(features, Mapping):
        raise ValueError("the reference counts no rows or has no features")
    share, level = _number(document["share_recent"]), _number(document["level"])
    if not 0 < share <= 1 or level <= 0 or set(features) - set(FEATURE_NAMES):
        raise ValueError("the reference is out of range or names unknown features")
    return Reference(
        rows=rows,
        share_recent=share,
        level=level,
        score=_read_bins(document["score"]),
        features={name: _read_bins(found) for name, found in features.items()},
    )


def _written(bins: Bins) -> dict[str, Any]:
    return {
        "edges": list(bins.edges),
        "shares": list(bins.shares),
        "low": bins.low,
        "high": bins.high,
    }


def _read_bins(found: object) -> Bins:
    if not isinstance(found, Mapping) or set(found) != {"edges", "shares", "low", "high"}:
        raise ValueError("bins have other fields")
    edges, shares = _numbers(found["edges"]), _numbers(found["shares"])
    low, high = _number(found["low"]), _number(found["high"])
    if not 1 <= len(edges) < BINS or len(shares) != len(edges) + 1:
        raise ValueError("bins are too many or too few")
    if any(first >= second for first, second in pairwise(edges)) or low > high:
        raise ValueError("edges of bins do not rise")
    if min(shares) < 0 or abs(sum(shares) - 1) > _SUM_TOLERANCE:
        raise ValueError("shares of bins do not add up to 1")
    return Bins(edges, shares, low, high)


def _numbers(found: object) -> tuple[float, ...]:
    if not isinstance(found, list):
        raise ValueError("bins are no list")  # noqa: TRY004 - what read promises
    return tuple(_number(each) for each in found)


def _number(found: object) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        raise ValueError("a number of the reference is none")
    return float(found)
