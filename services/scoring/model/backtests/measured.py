"""Everything that is measured of predictions once it is known what was spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.model.backtests.confusion import confusion
from services.scoring.model.backtests.population import Population
from services.scoring.model.backtests.segments import Segment, segments_of
from services.scoring.model.baselines.baselines import past_spend, rfm_sum
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import BaselineUnavailable
from services.scoring.model.evaluation import Accuracy, Difference, calibration_error, measure
from services.scoring.model.learning.calibration import (
    ChanceGroup,
    Decile,
    chance_groups_of,
    deciles_of,
    gains_curve,
)


@dataclass(frozen=True, slots=True)
class Contender:
    """A score in the comparison; `lead` is the model's lead over it, `gains` its curve."""

    key: str
    name: str
    accuracy: Accuracy
    lead: Difference | None
    gains: FloatArray


@dataclass(frozen=True, slots=True)
class Surprise:
    """The figures without the customer misjudged most, who held `share` of all spend."""

    share: float
    accuracy: Accuracy
    lead: Difference | None


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one population; confusion (3, 3) is counted by tier named and earned."""

    population: Population
    contenders: tuple[Contender, ...]
    deciles: tuple[Decile, ...]
    chances: tuple[ChanceGroup, ...]
    confusion: FloatArray
    segments: tuple[Segment, ...]
    surprise: Surprise
    coverage: float
    chance_error: float


def measure_population(
    found: Population, half_life: int, others: Sequence[Contender] = ()
) -> Measured:
    """Measure the model beside decayed spend of a half-life, past spend, RFM and others."""
    return Measured(
        population=found,
        contenders=(*_plain_scores(found, half_life), *others),
        deciles=tuple(deciles_of(found)),
        chances=tuple(chance_groups_of(found)),
        confusion=confusion(found.scores.value, found.spend),
        segments=tuple(segments_of(found)),
        surprise=_without_surprise(found),
        coverage=found.coverage(),
        chance_error=calibration_error(found.scores.p_buy, found.bought),
    )


def _plain_scores(found: Population, half_life: int) -> tuple[Contender, ...]:
    ours = Contender(
        key="tierline",
        name="Tierline",
        accuracy=found.accuracy(),
        lead=None,
        gains=gains_curve(found.scores.value, found.spend),
    )
    return (
        ours,
        contender(found, "decayed", f"decayed spend ({half_life} d)", found.decayed),
        contender(found, "past", "past spend", past_spend(found.X)),
        contender(found, "rfm", "RFM quintile sum", rfm_sum(found.X)),
    )


def probabilistic(
    found: Population, score: Callable[[], FloatArray]
) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Measure BG/NBD with Gamma-Gamma, or say why it could not be computed."""
    try:
        expected = score()
    except BaselineUnavailable as error:
        return (), (f"BG/NBD + Gamma-Gamma was left out: {error}.",)
    return (contender(found, "btyd", "BG/NBD + Gamma-Gamma", expected, is_money=True),), ()


def contender(
    found: Population, key: str, name: str, score: FloatArray, *, is_money: bool = False
) -> Contender:
    """Measure another score and the model's lead over it."""
    return Contender(
        key=key,
        name=name,
        accuracy=measure(score, found.spend, is_money=is_money),
        lead=found.lead_over(score),
        gains=gains_curve(score, found.spend),
    )


def _without_surprise(found: Population) -> Surprise:
    largest = found.largest_surprise()
    total = float(np.maximum(found.spend, 0.0).sum())
    rest = found.take(np.delete(np.arange(len(found)), largest))
    return Surprise(
        share=float(max(found.spend[largest], 0.0)) / total if total else float("nan"),
        accuracy=rest.accuracy(),
        lead=rest.lead_over(rest.decayed) if len(rest) else None,
    )
