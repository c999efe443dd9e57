"""Trains on a shop's past, predicts its future, and compares with what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.scoring.domain.days import day_of
from services.scoring.model.baselines import buy_till_you_die, past_spend, rfm_sum
from services.scoring.model.calibration import (
    ChanceGroup,
    Decile,
    chance_groups_of,
    deciles_of,
    gains_curve,
)
from services.scoring.model.confusion import Tier, confusion, tiers_by_rank
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import BaselineUnavailable, FileRefused, TrainingRefused
from services.scoring.model.evaluation import Accuracy, Difference, calibration_error, measure
from services.scoring.model.exercise import Exercise, exercise_of, population_at
from services.scoring.model.population import History, Population
from services.scoring.model.samples import seen_before
from services.scoring.model.segments import Segment, segments_of
from services.scoring.model.stability import (
    CutoffFigures,
    earlier_cutoffs,
    figures_at_cutoffs,
)
from services.scoring.model.training import Progress, Trained
from services.scoring.model.value_model import Scores

_TRAINED, _JUDGED, _STABLE = 0.45, 0.6, 0.95


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
class KnownThen:
    """The figures from what was known at the cut-off, or why there are none."""

    customers: int
    rows_left_out: int
    accuracy: Accuracy | None
    lead: Difference | None
    refused: str | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """Predictions for every customer seen before the cut-off, and what they then spent."""

    cutoff: date
    until: date
    customer_ids: list[str]
    population: Population
    tiers: list[Tier]
    contenders: tuple[Contender, ...]
    deciles: tuple[Decile, ...]
    chances: tuple[ChanceGroup, ...]
    confusion: FloatArray
    segments: tuple[Segment, ...]
    surprise: Surprise
    chance_error: float
    stability: tuple[CutoffFigures, ...]
    known_then: KnownThen | None
    trained: Trained
    warnings: tuple[str, ...]

    @property
    def scores(self) -> Scores:
        """Give what was predicted."""
        return self.population.scores

    @property
    def spend(self) -> FloatArray:
        """Give what was spent."""
        return self.population.spend

    @property
    def interval_coverage(self) -> float:
        """Give the share of buyers whose spend fell within their range."""
        return self.population.coverage()

    @property
    def gini_without_surprise(self) -> float:
        """Give the Gini coefficient without the customer misjudged most."""
        return self.surprise.accuracy.gini


@dataclass(frozen=True, slots=True)
class Extras:
    """What costs more time. `earlier`: at most so many earlier cut-offs are trained and judged.

    `known_then`: the history as it was known at the cut-off, and how many rows it leaves out.
    """

    earlier: int = 0
    known_then: tuple[History, int] | None = None


def run_backtest(
    history: History,
    cutoff: date,
    until: date,
    *,
    extras: Extras = Extras(),
    progress: Progress = lambda done, text: None,
) -> Backtest:
    """Train on the days before the cut-off and judge the net spend in [cutoff, until).

    Raises FileRefused where the dates lie outside the history, TrainingRefused where it is too
    short or too thin.
    """
    exercise = exercise_of(history, cutoff, until)
    trained = exercise.train(exercise.start, lambda done, text: progress(_TRAINED * done, text))
    progress(_TRAINED, "scoring every customer")
    found = exercise.population(trained)
    progress(_JUDGED, "earlier cut-offs")
    stability = _stability(exercise, trained, extras.earlier)
    progress(_STABLE, "what was known at the cut-off")
    then = _known_then(extras.known_then, cutoff, until)
    contenders, missing = _judged(exercise, trained, found)
    progress(1.0, "done")
    known = exercise.known().tolist()
    return Backtest(
        cutoff=cutoff,
        until=until,
        customer_ids=[history.customer_ids[position] for position in known],
        population=found,
        tiers=tiers_by_rank(found.scores.raw),
        contenders=contenders,
        deciles=tuple(deciles_of(found)),
        chances=tuple(chance_groups_of(found)),
        confusion=confusion(found.scores.value, found.spend),
        segments=tuple(segments_of(found)),
        surprise=_without_surprise(found),
        chance_error=calibration_error(found.scores.p_buy, found.bought),
        stability=tuple(stability),
        known_then=then,
        trained=trained,
        warnings=(
            *trained.model.manifest.warnings,
            *_warnings(exercise, found.spend),
            *missing,
        ),
    )


def _warnings(exercise: Exercise, spend: FloatArray) -> Iterator[str]:
    last = int(exercise.history.days.date.max())
    if last + 1 < exercise.stop:
        yield (
            f"The data end on {day_of(last)}: spend until {day_of(exercise.stop)} is incomplete."
        )
    if not (spend > 0).any():
        yield "Nobody bought after the cut-off: accuracy cannot be measured."


def _judged(
    exercise: Exercise, trained: Trained, found: Population
) -> tuple[tuple[Contender, ...], tuple[str, ...]]:
    """Measure the model and every plain score, and say which of them could not be computed."""
    ours = Contender(
        key="tierline",
        name="Tierline",
        accuracy=found.accuracy(),
        lead=None,
        gains=gains_curve(found.scores.value, found.spend),
    )
    half_life = trained.decayed_half_life
    plain = (
        ours,
        _contender(found, "decayed", f"decayed spend ({half_life} d)", found.decayed),
        _contender(found, "past", "past spend", past_spend(found.X)),
        _contender(found, "rfm", "RFM quintile sum", rfm_sum(found.X)),
    )
    length, days = exercise.stop - exercise.start, exercise.history.days
    try:
        score = buy_till_you_die(days, exercise.start, length, exercise.known())
    except BaselineUnavailable as error:
        return plain, (f"BG/NBD + Gamma-Gamma was left out: {error}.",)
    probabilistic = _contender(found, "btyd", "BG/NBD + Gamma-Gamma", score, is_money=True)
    return (*plain, probabilistic), ()


def _contender(
    found: Population, key: str, name: str, score: FloatArray, *, is_money: bool = False
) -> Contender:
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


def _stability(exercise: Exercise, trained: Trained, most: int) -> list[CutoffFigures]:
    """Judge the last cut-off and earlier ones over the same number of days."""
    if not most:
        return []
    length = min(exercise.stop - exercise.start, trained.model.manifest.horizon_days)
    days = exercise.history.days

    def judge(cutoff: int) -> CutoffFigures | None:
        try:
            model = trained if cutoff == exercise.start else exercise.train(cutoff)
        except TrainingRefused:
            return None
        span = (exercise.first, cutoff, cutoff + length)
        found = population_at(days, model, span, seen_before(days, cutoff))
        return CutoffFigures(
            cutoff, cutoff + length, len(found), found.accuracy(), found.lead_over(found.decayed)
        )

    cutoffs = earlier_cutoffs(exercise.first, exercise.start, length, most=most)
    return figures_at_cutoffs([exercise.start, *cutoffs], judge)


def _known_then(given: tuple[History, int] | None, cutoff: date, until: date) -> KnownThen | None:
    if given is None:
        return None
    history, left_out = given
    try:
        exercise = exercise_of(history, cutoff, until)
        found = exercise.population(exercise.train(exercise.start))
    except (FileRefused, TrainingRefused) as error:
        return KnownThen(0, left_out, None, None, str(error))
    return KnownThen(len(found), left_out, found.accuracy(), found.lead_over(found.decayed), None)
