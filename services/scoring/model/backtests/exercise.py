"""One exercise: predict the spend after a cut-off from the days before it, and judge it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, day_of
from services.scoring.domain.features import features
from services.scoring.model.backtests.population import (
    History,
    Population,
    online_before,
    traded,
    traded_before,
)
from services.scoring.model.errors import FileRefused
from services.scoring.model.learning.code_version import code_version
from services.scoring.model.learning.horizon import plan_for
from services.scoring.model.learning.samples import spend_between
from services.scoring.model.learning.training import Progress, Trained, train


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is asked: predict [start, stop) from the days before start; day numbers."""

    history: History
    first: int
    start: int
    stop: int

    def train(self, cutoff: int, progress: Progress = lambda done, text: None) -> Trained:
        """Train as on a cut-off; raises TrainingRefused."""
        made = train(
            self.history.days,
            plan_for(self.history.days, self.first, cutoff, asked_days=self.stop - self.start),
            version=f"backtest-{day_of(cutoff)}",
            created_at=datetime.combine(day_of(cutoff), time(), UTC),
            progress=progress,
        )
        manifest = replace(made.model.manifest, code_version=code_version())
        return replace(made, model=replace(made.model, manifest=manifest))

    def known(self) -> NDArray[np.int64]:
        """List the customers seen before the cut-off."""
        return traded_before(self.history.days, self.start)

    def population(self, trained: Trained) -> Population:
        """Score the customers seen before the cut-off and add what they then spent."""
        return population_at(
            self.history.days, trained, (self.first, self.start, self.stop), self.known()
        )


def population_at(
    days: CustomerDays,
    trained: Trained,
    span: tuple[int, int, int],
    customers: NDArray[np.int64],
) -> Population:
    """Score customers at a cut-off; `span`: the shop's first day, the cut-off, the end."""
    first, start, stop = span
    X = features(days, start, first, customers=customers)
    months = trained.model.months
    offered = features(days, start, first, customers=customers, months=months) if months else X
    return Population(
        X=X,
        scores=trained.model.score(offered, horizon_days=stop - start, start=start),
        spend=spend_between(days, start, stop, customers),
        decayed=X[:, trained.decayed_column],
        online=online_before(days, start, customers),
    )


def exercise_of(history: History, cutoff: date, until: date) -> Exercise:
    """Set the exercise; raises FileRefused where the dates lie outside the history."""
    dates = history.days.date
    trades = dates[traded(history.days)]
    if not len(trades):
        raise FileRefused("There are no purchases.")
    first, last = int(trades.min()), int(dates.max())
    start, stop = day_number(cutoff), day_number(until)
    if stop <= start:
        raise FileRefused("--until must lie after --cutoff.")
    if not first < start <= last:
        raise FileRefused(
            f"The cut-off {cutoff} lies outside the data, which run from {day_of(first)} "
            f"to {day_of(last)}."
        )
    return Exercise(history, first, start, stop)
