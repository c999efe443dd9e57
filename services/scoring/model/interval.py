"""The range in which a buyer's spend falls, learnt from buyers the model had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.scoring.model.curves import FloatArray

COVERAGE = 0.80
# A bin's 10 % and 90 % points are steady from about this many buyers on.
_BUYERS_PER_BIN = 60
_MOST_BINS = 6


@dataclass(frozen=True, slots=True)
class SpendInterval:
    """Log ratios of spend to expected spend given a purchase, at several sizes of the latter.

    `sizes` (k,): log of expected spend given a purchase over the level, rising; `low`, `high`
    (k,): the ratios at the lower and upper end, straight between the sizes, flat outside.
    """

    sizes: FloatArray
    low: FloatArray
    high: FloatArray

    def around(self, expected: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
        """Give both ends around expected spend given a purchase, in its unit."""
        size = np.log(expected / level)
        low = np.interp(size, self.sizes, self.low)
        high = np.interp(size, self.sizes, self.high)
        return expected * np.exp(low), expected * np.exp(high)


def fit_interval(expected: FloatArray, spend: FloatArray, level: float) -> SpendInterval:
    """Learn the ends from buyers: their expected spend given a purchase and what they spent.

    Conformal: the ranks are widened by (n + 1) / n, so that small samples do not promise too
    much. Raises ValueError without a buyer.
    """
    if not len(spend):
        raise ValueError("no buyer to learn an interval from")
    size, ratio = np.log(expected / level), np.log(spend / expected)
    order = np.argsort(size, kind="stable")
    bins = max(1, min(_MOST_BINS, len(order) // _BUYERS_PER_BIN))
    groups = np.array_split(order, bins)
    tail = (1 - COVERAGE) / 2
    ends = [_ends(ratio[group], tail) for group in groups]
    return SpendInterval(
        sizes=np.array([size[group].mean() for group in groups]),
        low=np.array([low for low, _ in ends]),
        high=np.array([high for _, high in ends]),
    )


def _ends(ratio: FloatArray, tail: float) -> tuple[float, float]:
    wider = min(1.0, (1 - tail) * (len(ratio) + 1) / len(ratio))
    low, high = np.quantile(ratio, [1 - wider, wider])
    return float(low), float(high)
