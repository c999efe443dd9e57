"""Says in sentences what the reader of a model's figures should know."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from services.scoring.model.learning.fit import is_one_sided
from services.scoring.model.learning.plan import TrainingPlan
from services.scoring.model.learning.samples import Sample
from services.scoring.model.learning.selfcheck import SelfCheck
from services.scoring.model.season import LEAST_DAYS as FULL_SEASONS_DAYS
from services.scoring.model.season import Season

_LARGEST_CHANCE_ERROR: Final = 0.03
_FAIR_COVERAGE: Final = (0.75, 0.85)
# In the hold-out customers may spend so much more or less before it is called a shifted level.
_FAIR_LEVEL: Final = (0.85, 1.15)
# One customer of these parts of all spend decides the figures.
_WHALE_SHARE: Final = 0.5


def caveats(
    plan: TrainingPlan, samples: Sequence[Sample], check: SelfCheck, *, season: Season
) -> Iterator[str]:
    """Say how far ahead the model looks and why, then what limits its figures."""
    yield f"The horizon is {plan.horizon_days} days because {plan.reason or 'it was set'}."
    yield from _of_fallback(check)
    yield from _of_season(plan, season)
    yield from _of_measures(check)
    yield from _of_samples(samples)


def _of_season(plan: TrainingPlan, season: Season) -> Iterator[str]:
    if not season.factors:
        yield (
            f"With {plan.history_days} days of history (seasons need {FULL_SEASONS_DAYS}) the "
            "level of money may be off by season; the order of customers is not."
        )
    for month, part in enumerate(season.outstanding, start=1):
        if part != 1:
            yield (
                f"Money of {month_name[month]} counts divided by {part:.2f} when customers are "
                "compared, so that the season moves nobody."
            )


def _of_fallback(check: SelfCheck) -> Iterator[str]:
    if check.in_sample:
        yield (
            "Too few customers bought to hold some of them out: decayed spend alone is served, "
            "and its figures are from the customers it was fitted to."
        )
    elif check.prefers_decayed:
        yield "Decayed spend alone is served: the full model did not beat it in the rehearsal."
    elif check.difference.gini_low <= 0:
        yield "In the rehearsal on earlier dates the lead over decayed spend was within the noise."


def _of_measures(check: SelfCheck) -> Iterator[str]:
    """Say what missed its mark in the rehearsal, with the measured figure."""
    if check.chance_error > _LARGEST_CHANCE_ERROR:
        yield f"In the rehearsal the chance to buy was off by {check.chance_error:.3f} on average."
    if check.coverage < _FAIR_COVERAGE[0] or check.coverage > _FAIR_COVERAGE[1]:
        yield (
            f"In the rehearsal the range of spend held {check.coverage:.0%} of those who bought, "
            "not 80 %."
        )
    if check.model.bias < _FAIR_LEVEL[0] or check.model.bias > _FAIR_LEVEL[1]:
        yield (
            f"The level of money has shifted: in the rehearsal {check.model.bias:.2f} times what "
            "was spent had been predicted."
        )


def _of_samples(samples: Sequence[Sample]) -> Iterator[str]:
    bought = np.concatenate([sample.bought for sample in samples])
    if is_one_sided(bought):
        yield (
            f"Of {len(bought)} customers {int((~bought).sum())} bought nothing within the horizon: "
            "the chance to buy is one figure for everybody."
        )
    latest = np.maximum(samples[0].spend, 0.0)
    share = float(latest.max()) / total if (total := float(latest.sum())) else 0.0
    if share > _WHALE_SHARE:
        yield (
            f"One customer holds {share:.0%} of what was spent after the last cut-off: money and "
            "totals hang on that customer, ranks do not."
        )
