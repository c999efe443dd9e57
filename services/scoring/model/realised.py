"""What customers did beside what models had said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.life.drift import Realised
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import (
    Difference,
    Ranking,
    calibration_error,
    compare,
    gini,
    measure,
)

ROUNDS: Final = 200
_SEED: Final = 7
_FEWEST_BUYERS: Final = 30


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said of some customers: (n,) each, money in minor units over its horizon."""

    raw: FloatArray
    value: FloatArray
    low: FloatArray
    high: FloatArray
    chance: FloatArray


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A challenger beside the live model, on the same customers and facts.

    `differing` is the share of customers who would be in another tier if both models filled the
    tiers with the same shares of these customers; `agreement` is Spearman's rank correlation.
    """

    customers: int
    agreement: float
    differing: float
    value_ratio: float


def realised(
    said: Said, spent: FloatArray, *, days: int, horizon_days: int, due: float | None = None
) -> Realised:
    """Judge what was said of customers by their net spend in the `days` since: (n,).

    `due` is the part of the horizon's money that falls into those days; without it, an even one.
    """
    predicted = said.value * (days / horizon_days if due is None else due)
    ratios, ginis = _drawn(predicted, said.raw, spent)
    found = measure(said.raw, spent, is_money=False)
    is_whole = days >= horizon_days
    return Realised(
        days=days,
        horizon_days=horizon_days,
        customers=len(spent),
        predicted=float(predicted.sum()),
        spent=float(spent.sum()),
        ratio=float(spent.sum() / predicted.sum()),
        ratio_ends=_ends(ratios),
        gini=_finite(found.gini),
        gini_ends=_ends(ginis),
        hit20=_finite(found.hit20),
        coverage=_coverage(said, spent) if is_whole else None,
        chance_error=calibration_error(said.chance, spent > 0) if is_whole else None,
    )


def _drawn(
    predicted: FloatArray, raw: FloatArray, spent: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Draw customers with replacement; give spent over predicted and Gini of every draw."""
    rng = np.random.default_rng(_SEED)
    n = len(spent)
    ranking, truth = Ranking.of(raw), Ranking.of(np.maximum(spent, 0.0))
    found = np.empty((ROUNDS, 2))
    for place in range(ROUNDS):
        weights = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        found[place, 0] = (weights @ spent) / (weights @ predicted)
        found[place, 1] = gini(ranking, truth, spent, weights)
    return found[:, 0], found[:, 1]


def _ends(drawn: FloatArray) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.quantile(known, [0.025, 0.975]).tolist()
    return low, high


def _finite(figure: float) -> float:
    """Give 0 for a figure without meaning: nobody bought."""
    return figure if np.isfinite(figure) else 0.0


def _coverage(said: Said, spent: FloatArray) -> float | None:
    """Give the share of buyers whose spend fell into their range; None of a handful."""
    bought = spent > 0
    if bought.sum() < _FEWEST_BUYERS:
        return None
    inside = (said.low <= spent) & (spent <= said.high)
    return float(inside[bought].mean())


def rivalry(
    champion: tuple[FloatArray, FloatArray],
    challenger: tuple[FloatArray, FloatArray],
    enter_shares: tuple[float, ...],
) -> Rivalry:
    """Compare raw scores and values, (n,) each, of the same customers over the same horizon.

    `enter_shares` are the shares of customers that reach each tier or a higher one.
    """
    raw, value = champion
    raw_other, value_other = challenger
    return Rivalry(
        customers=len(raw),
        agreement=_finite(measure(raw, raw_other, is_money=False).spearman),
        differing=_differing(raw, raw_other, enter_shares),
        value_ratio=float(value_other.sum() / value.sum()),
    )


def lead_of(champion: FloatArray, challenger: FloatArray, spent: FloatArray) -> Difference | None:
    """Compare raw scores by what customers then spent, (n,) each; None of a handful of buyers."""
    if (spent > 0).sum() < _FEWEST_BUYERS:
        return None
    return compare(challenger, champion, spent)


def better_of(lead: Difference) -> Literal["challenger", "champion", "undecided"]:
    """Name who ranked customers better, beyond chance."""
    if lead.gini_low > 0:
        return "challenger"
    return "champion" if lead.is_worse else "undecided"


def _differing(first: FloatArray, second: FloatArray, enter_shares: tuple[float, ...]) -> float:
    ones = np.ones(len(first))
    tiers: list[NDArray[np.int64]] = []
    for raw in (first, second):
        place = 1 - (Ranking.of(raw).ranks(ones) - 0.5) / len(raw)  # 0 is the best
        reached = [place <= share for share in enter_shares]
        tiers.append(np.sum(reached, axis=0))
    return float(np.mean(tiers[0] != tiers[1]))
