"""The stages a customer went through, each judged by the orders before it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.scoring.domain.seen.lifecycle import (
    AT_RISK_RHYTHMS,
    SHORTEST_RHYTHM_DAYS,
    Lifecycle,
    lifecycle,
    next_lifecycle_change,
    own_rhythm,
)

# No rhythm is shorter than a week: within so many days of an order nobody active is at risk.
_SURELY_ACTIVE = timedelta(days=int(AT_RISK_RHYTHMS * SHORTEST_RHYTHM_DAYS))


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage and the date it began on."""

    stage: Lifecycle
    since: date


@dataclass(frozen=True, slots=True)
class LifeCourse:
    """The stages up to a business date, the oldest first; none before the first order.

    `rhythm_days`: the median gap between order days, None where there is no rhythm of their own.
    `changes_on`: the first later date with another stage if nothing is bought until then.
    """

    stages: tuple[Stage, ...]
    rhythm_days: float | None
    changes_on: date | None

    @property
    def present(self) -> Lifecycle:
        """Name the stage of the business date."""
        return self.stages[-1].stage if self.stages else Lifecycle.PROSPECT


def life_course(order_dates: Sequence[date], business_date: date) -> LifeCourse:
    """Walk through a customer's stages up to a business date; later orders are not looked at.

    A stage on a date depends on the orders up to that date only: what is bought later never
    changes a stage that was.
    """
    dates = sorted({day for day in order_dates if day <= business_date})
    stages: list[Stage] = []
    for place, day in enumerate(dates):
        until = dates[place + 1] if place + 1 < len(dates) else business_date + timedelta(days=1)
        _live_on(stages, dates[: place + 1], day, until)
    return LifeCourse(tuple(stages), own_rhythm(dates), next_lifecycle_change(dates, business_date))


def _live_on(stages: list[Stage], known: Sequence[date], day: date, until: date) -> None:
    """Add the stages that begin from an order's day on, before the next order's."""
    if stages and stages[-1].stage is Lifecycle.ACTIVE and until - day <= _SURELY_ACTIVE:
        # Most order days of a frequent customer. The day itself: who was active the day before
        # and buys is active.
        return
    at: date | None = day
    while at is not None and at < until:
        stage = lifecycle(known, at)
        if not stages or stages[-1].stage is not stage:
            stages.append(Stage(stage, at))
        at = next_lifecycle_change(known, at)
