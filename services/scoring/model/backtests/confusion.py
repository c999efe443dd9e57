"""Which tier customers were given, which they then earned, and who was missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import Ranking

HIGH_SHARE = 0.20
MID_SHARE = 0.30


class Tier(StrEnum):
    """Value tiers by rank: the top 20 %, the next 30 %, the rest."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


TIERS = tuple(Tier)


def tiers_by_rank(score: FloatArray) -> list[Tier]:
    """Give the best fifth the high tier, the next three tenths the middle one.

    Equal scores are told apart by their position, so that shares hold exactly.
    """
    place = np.empty(len(score))
    place[np.argsort(-score, kind="stable")] = np.arange(len(score)) / len(score)
    return [
        Tier.HIGH if part < HIGH_SHARE else Tier.MID if part < HIGH_SHARE + MID_SHARE else Tier.LOW
        for part in place.tolist()
    ]


def confusion(score: FloatArray, spend: FloatArray) -> FloatArray:
    """Count customers by predicted tier (rows) and earned tier (columns), high to low: (3, 3).

    Earned by rank of spend, and only by buyers: whoever bought nothing earned the low tier. Ties
    on either side are counted in parts.
    """
    ones = np.ones(len(spend))
    given = _memberships(Ranking.of(score), _sizes(len(spend), len(spend)), ones)
    truth = Ranking.of(np.maximum(spend, 0.0))
    earned = _memberships(truth, _sizes(len(spend), int((spend > 0).sum())), ones)
    return np.asarray(given @ earned.T)


def _sizes(n: int, most: int) -> tuple[float, float]:
    """Give how many hold the high tier, and the high or middle one."""
    high = max(1.0, float(np.rint(HIGH_SHARE * n)))
    upper = max(high, float(np.rint((HIGH_SHARE + MID_SHARE) * n)))
    return min(high, most), min(upper, most)


def _memberships(ranking: Ranking, sizes: tuple[float, float], ones: FloatArray) -> FloatArray:
    """Give each customer's part in each tier: (3, n), columns sum to 1."""
    high, upper = (ranking.membership(size, ones) for size in sizes)
    return np.stack([high, upper - high, 1.0 - upper])


@dataclass(frozen=True, slots=True)
class Misses:
    """Share of the true best 20 % that was missed, of the rest that was promoted falsely."""

    missed: float
    promoted: float


def misses_of(matrix: FloatArray) -> Misses:
    """Measure both mistakes of naming a fifth from a confusion; NaN where nobody bought.

    Source: Malthouse and Blattberg (2005) saw 55 % missed and 15 % falsely promoted.
    """
    named, best, found = matrix[0].sum(), matrix[:, 0].sum(), matrix[0, 0]
    rest = matrix.sum() - best
    return Misses(
        missed=float(1.0 - found / best) if best else float("nan"),
        promoted=float((named - found) / rest) if rest else float("nan"),
    )
