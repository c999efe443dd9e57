"""When a model no longer fits: thresholds, and what the findings together mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import inf
from typing import Final

#: Population stability index, the thresholds of scorecard practice (Siddiqi 2006).
PSI_WATCH: Final = 0.10
PSI_ALARM: Final = 0.25
#: Spent over predicted. Without two years of history the season alone moves the level by a third.
RATIO_WATCH: Final = (0.75, 1 / 0.75)
RATIO_ALARM: Final = (0.5, 2.0)
#: How far the Gini coefficient may fall below the one measured at training.
GINI_WATCH: Final = 0.05
GINI_ALARM: Final = 0.15
#: The range is made for 80 % of those who buy.
COVERAGE: Final = (0.65, 0.95)
CHANCE_ERROR: Final = 0.10
#: Below so many recent buyers, or judged customers, an index or a ratio says nothing.
FEWEST: Final = 50


class Status(StrEnum):
    """How a model stands, or one finding about it."""

    STEADY = "steady"
    WATCH = "watch"
    ALARM = "alarm"
    TOO_EARLY = "too_early"
    NO_MODEL = "no_model"
    NOT_JUDGED = "not_judged"


class SampleRole(StrEnum):
    """Why a score was kept: of a random sample each week, or as customers were decided.

    Only a random sample tells whether totals come true; those decided are the active ones.
    """

    PANEL = "panel"
    PANEL_CHALLENGER = "panel_challenger"
    CHAMPION = "champion"
    CHALLENGER = "challenger"


_ORDER: Final = (Status.STEADY, Status.WATCH, Status.ALARM)


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one number's distribution has moved; `noise` is what chance alone would reach.

    `outside` is the share of customers beyond what training saw, `psi_year_ago` the distance
    from the same days of a year ago, where history reaches back so far.
    """

    name: str
    psi: float
    noise: float
    outside: float
    status: Status
    psi_year_ago: float | None = None


@dataclass(frozen=True, slots=True)
class Realised:
    """What a model said of a random sample on a date, beside what those customers then did.

    Money in minor units. While `days` are fewer than `horizon_days` the prediction is pro rata,
    and range and chance, which are made for whole horizons, are None. Ends are 95 % bootstrap.
    """

    days: int
    horizon_days: int
    customers: int
    predicted: float
    spent: float
    ratio: float
    ratio_ends: tuple[float, float]
    gini: float
    gini_ends: tuple[float, float]
    hit20: float
    coverage: float | None
    chance_error: float | None

    @property
    def is_partial(self) -> bool:
        """Say whether the horizon has not passed yet."""
        return self.days < self.horizon_days


def panel_to_judge(asked: Sequence[tuple[date, int]], today: date) -> tuple[int | None, int | None]:
    """Pick from (date, horizon in days): the latest whose horizon is over, the longest that runs.

    `today` is the last date whose facts are complete. One that has run for less than a sixth of
    its horizon says nothing yet.
    """
    whole = [place for place, (day, horizon) in enumerate(asked) if (today - day).days >= horizon]
    running = [
        place
        for place, (day, horizon) in enumerate(asked)
        if horizon / 6 <= (today - day).days < horizon
    ]
    return (
        max(whole, key=lambda place: asked[place][0], default=None),
        min(running, key=lambda place: asked[place][0], default=None),
    )


def shift_status(psi: float, noise: float) -> Status:
    """Judge an index: what chance could do is no finding."""
    if psi <= noise:
        return Status.STEADY
    if psi > PSI_ALARM:
        return Status.ALARM
    return Status.WATCH if psi > PSI_WATCH else Status.STEADY


def seasonal_status(status: Status, psi_year_ago: float | None) -> Status:
    """Judge an index again: a season that comes back is worth a look, no alarm."""
    is_like_then = psi_year_ago is not None and psi_year_ago <= PSI_WATCH
    return Status.WATCH if status is Status.ALARM and is_like_then else status


def realised_status(found: Realised, gini_at_training: float | None) -> Status:
    """Judge what was realised; a partial horizon warns at most."""
    if found.customers < FEWEST:
        return Status.TOO_EARLY
    expected = gini_at_training if gini_at_training is not None else -inf
    findings = [
        _ratio_status(found.ratio_ends),
        _gini_status(found.gini_ends[1], expected),
        _range_status(found),
    ]
    status = worst(findings)
    return min(status, Status.WATCH, key=_ORDER.index) if found.is_partial else status


def overall(
    shifts: Sequence[Status], realised: Status | None, partial: Status | None = None
) -> Status:
    """Put the findings together.

    What customers did outweighs how they look: moved features of a model whose predictions came
    true are worth a look, no alarm.
    """
    inputs = worst(shifts)
    seen = [each for each in (realised, partial) if each in _ORDER]
    if inputs is Status.ALARM and realised is Status.STEADY:
        inputs = Status.WATCH
    return worst([inputs, *seen])


def worst(found: Iterable[Status | None]) -> Status:
    """Name the worst of the findings that can be compared; TOO_EARLY where there is none."""
    known = [each for each in found if each in _ORDER]
    return max(known, key=_ORDER.index) if known else Status.TOO_EARLY


def _ratio_status(ends: tuple[float, float]) -> Status:
    if _apart(ends, RATIO_ALARM):
        return Status.ALARM
    return Status.WATCH if _apart(ends, RATIO_WATCH) else Status.STEADY


def _apart(ends: tuple[float, float], allowed: tuple[float, float]) -> bool:
    """Say whether the whole interval lies outside what is allowed."""
    return ends[1] < allowed[0] or ends[0] > allowed[1]


def _gini_status(highest: float, expected: float) -> Status:
    if highest < expected - GINI_ALARM:
        return Status.ALARM
    return Status.WATCH if highest < expected - GINI_WATCH else Status.STEADY


def _range_status(found: Realised) -> Status:
    is_off = found.coverage is not None and not COVERAGE[0] <= found.coverage <= COVERAGE[1]
    is_wrong = found.chance_error is not None and found.chance_error > CHANCE_ERROR
    return Status.WATCH if is_off or is_wrong else Status.STEADY
