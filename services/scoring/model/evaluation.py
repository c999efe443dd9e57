"""How well a score ranks customers by what they then spent; ties are resolved exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

TOP = 0.20
MOST_RESAMPLED = 50_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """Customers grouped by equal score, groups in rising order of score."""

    group: NDArray[np.intp]
    count: int

    @classmethod
    def of(cls, score: FloatArray) -> Self:
        """Rank by a score."""
        levels, group = np.unique(score, return_inverse=True)
        return cls(group=group, count=len(levels))

    def ranks(self, weights: FloatArray) -> FloatArray:
        """Give each customer the mean rank of its group; the lowest rank is 1."""
        held = np.bincount(self.group, weights=weights, minlength=self.count)
        mean_rank = np.cumsum(held) - (held - 1) / 2
        return np.asarray(mean_rank[self.group], dtype=np.float64)

    def membership(self, size: float, weights: FloatArray) -> FloatArray:
        """Give each customer's part in the `size` best; those tied at the edge share the rest."""
        held = np.bincount(self.group, weights=weights, minlength=self.count)
        above = held.sum() - np.cumsum(held)
        part = np.divide(size - above, held, out=np.zeros(self.count), where=held > 0)
        return np.asarray(np.clip(part, 0.0, 1.0)[self.group], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Figures of one score against the spend that followed."""

    gini: float
    hit20: float
    cap20: float
    cap5: float
    spearman: float
    auc: float
    bias: float


def measure(
    score: FloatArray, spend: FloatArray, *, chance: FloatArray | None = None, is_money: bool = True
) -> Accuracy:
    """Measure a score; `chance` (default: the score) is judged by AUC on who spent anything.

    Negative spend counts as 0 in gini, hit and cap. bias (predicted / actual in total) is NaN
    for a score that is not money. A measure without meaning (nobody bought) is NaN.
    """
    ones = np.ones(len(spend))
    ranking, truth = Ranking.of(score), Ranking.of(np.maximum(spend, 0.0))
    return Accuracy(
        gini=gini(ranking, truth, spend, ones),
        hit20=hit(ranking, truth, spend, ones),
        cap20=_captured(ranking, spend, TOP),
        cap5=_captured(ranking, spend, TOP / 4),
        spearman=_spearman(ranking, Ranking.of(spend)),
        auc=area_under_curve(score if chance is None else chance, spend > 0),
        bias=_share(float(score.sum()), float(spend.sum())) if is_money else float("nan"),
    )


def gini(ranking: Ranking, truth: Ranking, spend: FloatArray, weights: FloatArray) -> float:
    """Give the Gini coefficient of the ranking as a part of the perfect ranking's."""
    return _share(_raw_gini(ranking, spend, weights), _raw_gini(truth, spend, weights))


def _raw_gini(ranking: Ranking, spend: FloatArray, weights: FloatArray) -> float:
    value = np.maximum(spend, 0.0) * weights
    n = float(weights.sum())
    return _share(float(value @ ranking.ranks(weights)), float(n * value.sum())) - (n + 1) / (2 * n)


def hit(ranking: Ranking, truth: Ranking, spend: FloatArray, weights: FloatArray) -> float:
    """Give the share of the true top 20 % that is in the ranking's top 20 %."""
    size = _size(float(weights.sum()), TOP)
    buyers = float(weights[spend > 0].sum())
    true_size = min(size, buyers)
    chosen, best = ranking.membership(size, weights), truth.membership(true_size, weights)
    return _share(float((chosen * best) @ weights), true_size)


def _captured(ranking: Ranking, spend: FloatArray, share: float) -> float:
    value = np.maximum(spend, 0.0)
    chosen = ranking.membership(_size(len(spend), share), np.ones(len(spend)))
    return _share(float(chosen @ value), float(value.sum()))


def _size(n: float, share: float) -> float:
    return max(1.0, float(np.rint(share * n)))


def _spearman(ranking: Ranking, truth: Ranking) -> float:
    ones = np.ones(len(ranking.group))
    a, b = ranking.ranks(ones), truth.ranks(ones)
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0


def area_under_curve(score: FloatArray, label: NDArray[np.bool_]) -> float:
    """Give the chance that a random positive scores above a random negative."""
    positive = int(label.sum())
    ranks = Ranking.of(score).ranks(np.ones(len(label)))
    won = float(ranks[label].sum()) - positive * (positive + 1) / 2
    return _share(won, positive * (len(label) - positive))


def calibration_error(chance: FloatArray, label: NDArray[np.bool_], bins: int = 10) -> float:
    """Give the mean gap between predicted and seen share over equal groups by chance."""
    order = np.argsort(chance, kind="stable")
    groups = [group for group in np.array_split(order, bins) if len(group)]
    gaps = [len(group) * abs(chance[group].mean() - label[group].mean()) for group in groups]
    return float(sum(gaps)) / len(label)


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better one score is than another, with the 95 % interval of a paired bootstrap."""

    gini: float
    gini_low: float
    gini_high: float
    hit20: float
    hit20_low: float
    hit20_high: float

    @property
    def is_worse(self) -> bool:
        """Say whether the whole interval of the Gini difference lies below 0."""
        return self.gini_high < 0


def compare(
    score: FloatArray, other: FloatArray, spend: FloatArray, *, rounds: int = 200, seed: int = 7
) -> Difference:
    """Compare two scores on the same resampled customers.

    Above 50,000 customers the interval is that of 50,000 drawn among them, narrowed by the square
    root of how many more there are. Source: Politis and Romano (1994), m out of n.
    """
    rng = np.random.default_rng(seed)
    n, m = len(spend), min(len(spend), MOST_RESAMPLED)
    lead = _lead(score, other, spend)
    seen = drawn_from = lead(np.ones(n))
    if m < n:
        chosen = rng.choice(n, m, replace=False)
        lead = _lead(score[chosen], other[chosen], spend[chosen])
        drawn_from = lead(np.ones(m))
    drawn = [
        lead(np.bincount(rng.integers(0, m, m), minlength=m).astype(np.float64))
        for _ in range(rounds)
    ]
    ends = np.nanquantile(np.array(drawn), [0.025, 0.975], axis=0)
    low, high = np.array(seen) + (ends - drawn_from) * (m / n) ** 0.5 if m < n else ends
    return Difference(seen[0], low[0], high[0], seen[1], low[1], high[1])


def _lead(
    score: FloatArray, other: FloatArray, spend: FloatArray
) -> Callable[[FloatArray], tuple[float, float]]:
    """Give the differences in Gini and hit rate as a function of the customers' weights."""
    ours, theirs = Ranking.of(score), Ranking.of(other)
    truth = Ranking.of(np.maximum(spend, 0.0))

    def difference(weights: FloatArray) -> tuple[float, float]:
        by_gini = [gini(each, truth, spend, weights) for each in (ours, theirs)]
        by_hit = [hit(each, truth, spend, weights) for each in (ours, theirs)]
        return by_gini[0] - by_gini[1], by_hit[0] - by_hit[1]

    return difference


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
