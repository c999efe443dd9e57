"""Whether predicted money and chances are what then happened, tenth by tenth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.scoring.model.backtests.population import Population
from services.scoring.model.curves import FloatArray

_GROUPS = 10
_Z = 1.96  # 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the customers by prediction: means per customer, minor units.

    `spent_low`, `spent_high`: 95 % interval of the mean spent.
    """

    customers: int
    predicted: float
    spent: float
    spent_low: float
    spent_high: float
    chance: float
    bought: float
    coverage: float


@dataclass(frozen=True, slots=True)
class ChanceGroup:
    """Customers of like chance: predicted, seen, and the seen share's 95 % interval."""

    customers: int
    chance: float
    bought: float
    bought_low: float
    bought_high: float


def deciles_of(found: Population) -> list[Decile]:
    """Cut the customers into tenths, the highest predictions first."""
    order = np.argsort(-found.scores.value, kind="stable")
    return [_decile(found.take(rows)) for rows in np.array_split(order, _GROUPS) if len(rows)]


def _decile(group: Population) -> Decile:
    spent = float(group.spend.mean())
    error = _Z * float(group.spend.std()) / len(group) ** 0.5
    return Decile(
        customers=len(group),
        predicted=float(group.scores.value.mean()),
        spent=spent,
        spent_low=spent - error,
        spent_high=spent + error,
        chance=float(group.scores.p_buy.mean()),
        bought=float(group.bought.mean()),
        coverage=group.coverage(),
    )


def chance_groups_of(found: Population) -> list[ChanceGroup]:
    """Cut the customers into ten equal groups by their chance to buy, the smallest first."""
    order = np.argsort(found.scores.p_buy, kind="stable")
    groups = (found.take(rows) for rows in np.array_split(order, _GROUPS) if len(rows))
    return [_chance_group(group) for group in groups]


def _chance_group(group: Population) -> ChanceGroup:
    seen = float(group.bought.mean())
    low, high = wilson(seen, len(group))
    return ChanceGroup(len(group), float(group.scores.p_buy.mean()), seen, low, high)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give the 95 % interval of a share seen among n (Wilson 1927)."""
    squared = _Z * _Z / n
    middle = (share + squared / 2) / (1 + squared)
    half = _Z / (1 + squared) * ((share * (1 - share) + squared / 4) / n) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def gains_curve(score: FloatArray, spend: FloatArray, *, points: int = 101) -> FloatArray:
    """Give the share of spend held by the best 0, 1, ... 100 % of customers.

    Customers with equal scores hold equal parts of what they spent together.
    """
    value = np.maximum(spend, 0.0)
    _, group = np.unique(-score, return_inverse=True)
    counts = np.concatenate(([0], np.cumsum(np.bincount(group))))
    held = np.concatenate(([0.0], np.cumsum(np.bincount(group, weights=value))))
    total = held[-1] if held[-1] > 0 else 1.0
    at = np.linspace(0, len(value), points)
    return np.asarray(np.interp(at, counts, held) / total)
