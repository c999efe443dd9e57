"""Whether an index is better than its plain rule, on customers and days it had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import Ranking
from services.scoring.model.outcomes.outcomes import Metric

ROUNDS = 200
_SEED = 11
#: What a score without any meaning measures.
CHANCE: dict[Metric, float] = {"auc": 0.5, "spearman": 0.0}


@dataclass(frozen=True, slots=True)
class Proof:
    """An index's measure on the hold-out and its rule's, with 95 % bootstrap intervals.

    `customers` were judged, of whom `happened` did what it claims; `lead` is the paired
    difference to the rule, `bias` the total predicted over the total that happened.
    """

    metric: Metric
    customers: int
    happened: int
    value: float
    low: float
    high: float
    rule: str
    rule_value: float
    lead: float
    lead_low: float
    lead_high: float
    bias: float

    @property
    def beats_chance(self) -> bool:
        """Say whether the whole interval lies above what a coin would measure."""
        return self.low > CHANCE[self.metric]

    @property
    def beats_rule(self) -> bool:
        """Say whether the whole interval of the lead lies above 0."""
        return self.lead_low > 0


def prove(
    metric: Metric, score: FloatArray, rule: tuple[str, FloatArray], outcome: FloatArray
) -> Proof:
    """Measure a score beside its rule on the same resampled customers: all (n,)."""
    name, other = rule
    ours, theirs, truth = Ranking.of(score), Ranking.of(other), Ranking.of(outcome)

    def both(weights: FloatArray) -> tuple[float, float]:
        return (
            _measured(metric, ours, truth, outcome, weights),
            _measured(metric, theirs, truth, outcome, weights),
        )

    n, rng = len(outcome), np.random.default_rng(_SEED)
    value, rule_value = both(np.ones(n))
    drawn = np.array(
        [
            both(np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64))
            for _ in range(ROUNDS)
        ]
    )
    low, high = np.nanquantile(drawn[:, 0], [0.025, 0.975])
    lead_low, lead_high = np.nanquantile(drawn[:, 0] - drawn[:, 1], [0.025, 0.975])
    return Proof(
        metric=metric,
        customers=n,
        happened=int((outcome > 0).sum()),
        value=value,
        low=float(low),
        high=float(high),
        rule=name,
        rule_value=rule_value,
        lead=value - rule_value,
        lead_low=float(lead_low),
        lead_high=float(lead_high),
        bias=float(score.sum() / outcome.sum()) if outcome.any() else 0.0,
    )


def measured(metric: Metric, score: FloatArray, outcome: FloatArray) -> float:
    """Give a score's measure; ties count as they should, without meaning it is that of chance."""
    ones = np.ones(len(outcome))
    return _measured(metric, Ranking.of(score), Ranking.of(outcome), outcome, ones)


def _measured(
    metric: Metric, ranking: Ranking, truth: Ranking, outcome: FloatArray, weights: FloatArray
) -> float:
    ranks = ranking.ranks(weights)
    if metric == "spearman":
        return _correlation(ranks, truth.ranks(weights), weights)
    happened = weights * (outcome > 0)
    some, rest = float(happened.sum()), float(weights.sum() - happened.sum())
    if not some or not rest:
        return CHANCE[metric]
    return (float(happened @ ranks) - some * (some + 1) / 2) / (some * rest)


def _correlation(a: FloatArray, b: FloatArray, weights: FloatArray) -> float:
    total = weights.sum()
    a, b = a - weights @ a / total, b - weights @ b / total
    spread = float(np.sqrt((weights @ a**2) * (weights @ b**2)))
    return float((weights * a) @ b) / spread if spread > 0 else 0.0
