"""Trains on a shop's past, predicts its future, and compares with what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.scoring.domain.days import day_of
from services.scoring.model.backtests.confusion import Tier, tiers_by_rank
from services.scoring.model.backtests.exercise import Exercise, exercise_of, population_at
from services.scoring.model.backtests.measured import (
    Contender,
    Measured,
    measure_population,
    probabilistic,
)
from services.scoring.model.backtests.population import History
from services.scoring.model.backtests.stability import (
    CutoffFigures,
    earlier_cutoffs,
    figures_at_cutoffs,
)
from services.scoring.model.baselines.baselines import buy_till_you_die
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import FileRefused, TrainingRefused
from services.scoring.model.evaluation import Accuracy, Difference
from services.scoring.model.learning.calibration import Decile
from services.scoring.model.learning.samples import seen_before
from services.scoring.model.learning.training import Progress, Trained
from services.scoring.model.value_model import Scores

_TRAINED, _JUDGED, _STABLE = 0.45, 0.6, 0.95


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
    tiers: list[Tier]
    measured: Measured
    stability: tuple[CutoffFigures, ...]
    known_then: KnownThen | None
    trained: Trained
    warnings: tuple[str, ...]

    @property
    def scores(self) -> Scores:
        """Give what was predicted."""
        return self.measured.population.scores

    @property
    def spend(self) -> FloatArray:
        """Give what was spent."""
        return self.measured.population.spend

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Give the model's figures, then those of every plain score."""
        return self.measured.contenders

    @property
    def deciles(self) -> tuple[Decile, ...]:
        """Give the tenths by prediction, the highest first."""
        return self.measured.deciles

    @property
    def interval_coverage(self) -> float:
        """Give the share of buyers whose spend fell within their range."""
        return self.measured.coverage

    @property
    def chance_error(self) -> float:
        """Give the mean gap between predicted chances and what was seen."""
        return self.measured.chance_error


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
    others, missing = probabilistic(
        found,
        lambda: buy_till_you_die(
            history.days, exercise.start, exercise.stop - exercise.start, exercise.known()
        ),
    )
    measured = measure_population(found, trained.decayed_half_life, others)
    progress(1.0, "done")
    known = exercise.known().tolist()
    return Backtest(
        cutoff=cutoff,
        until=until,
        customer_ids=[history.customer_ids[position] for position in known],
        tiers=tiers_by_rank(found.scores.raw),
        measured=measured,
        stability=tuple(stability),
        known_then=then,
        trained=trained,
        warnings=(
            *trained.model.manifest.warnings,
            *_warnings(exercise, trained.model.manifest.horizon_days, found.spend),
            *missing,
        ),
    )


def _warnings(exercise: Exercise, horizon_days: int, spend: FloatArray) -> Iterator[str]:
    last, asked = int(exercise.history.days.date.max()), exercise.stop - exercise.start
    if asked > horizon_days:
        yield (
            f"Judged over {asked} days, longer than the model's {horizon_days}: money grows "
            "linearly and the range, made for the shorter time, holds fewer buyers."
        )
    if last + 1 < exercise.stop:
        yield (
            f"The data end on {day_of(last)}: spend until {day_of(exercise.stop)} is incomplete."
        )
    if not (spend > 0).any():
        yield "Nobody bought after the cut-off: accuracy cannot be measured."


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
        why = (
            f"Without the {left_out:,} rows that arrived on or after the cut-off there is nothing "
            f"to judge (old receipts count where they were sent as backfill): {error}"
        )
        return KnownThen(0, left_out, None, None, why)
    return KnownThen(len(found), left_out, found.accuracy(), found.lead_over(found.decayed), None)
