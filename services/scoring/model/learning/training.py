"""Trains the value model on a shop's days, checks it on itself, and packs what is served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from services.scoring.domain.days import CustomerDays, day_of
from services.scoring.domain.features import season_free
from services.scoring.model.curves import FloatArray, blend_curves
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.interval import SpendInterval
from services.scoring.model.learning.caveats import caveats
from services.scoring.model.learning.fit import (
    FEWEST_BUYERS,
    Fitted,
    best_half_life,
    decayed_column,
    fit_estimators,
    informative,
    require_buyers,
    usable_columns,
)
from services.scoring.model.learning.plan import HORIZON_DAYS, TrainingPlan, plan_self_check
from services.scoring.model.learning.samples import Sample, draw_sample, seen_before, spend_between
from services.scoring.model.learning.selfcheck import (
    SelfCheck,
    check_fit,
    interval_of,
    split_sample,
)
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.model.reference import reference_of
from services.scoring.model.season import fit_season
from services.scoring.model.value_model import Manifest, ValueModel, feature_hash

FEWEST_CUSTOMERS = 50
# 120,000 rows fit in about 10 s and 300 MB; more change the ranks by less than the noise.
MOST_ROWS = 120_000
_MOST_CHECK_ROWS = 40_000
# Fewer held-out buyers say less about the interval than the training rows do.
_INTERVAL_BUYERS = 30
_REHEARSAL_BUYERS = 30
# Measured on eight windows of two shops: a quarter costs .000 to .003 Gini on the goals' windows
# and makes the lead over decayed spend significant; below 273 days of history the curves alone
# fell behind decayed spend (-.004, significant), with a half they do not. On eight windows of 28
# days a quarter (.777) is as good as none and better than a half (.776).
SHADOW_WEIGHT = 0.25
SHADOW_WEIGHT_SHORT = 0.5
# On 16 windows with 70 to 150 days before them a half was significantly below decayed spend on
# three (by up to .010), three quarters on none, at .001 to .003 where the curves lead.
SHADOW_WEIGHT_SHORTEST = 0.75
_SHORTEST_DAYS = 180
LARGEST_PARITY_GAP = 1e-9

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """The served model, the estimators it was read from, and its own backtest."""

    model: ValueModel
    fitted: Fitted
    check: SelfCheck
    decayed_half_life: int
    #: The model as it would have been without the hold-out, and who was held out.
    rehearsed: Fitted
    holdout: Sample

    @property
    def decayed_column(self) -> int:
        """Name the column of FEATURES that is the shadow model's score."""
        return decayed_column(self.decayed_half_life)


def train(
    days: CustomerDays,
    plan: TrainingPlan,
    *,
    version: str,
    created_at: datetime,
    progress: Progress = lambda done, text: None,
) -> Trained:
    """Train on the plan's cut-offs; nothing on or after `plan.today` is looked at.

    Falls back to decayed spend alone where the model's own backtest prefers it. Raises
    TrainingRefused where nothing can be learnt.
    """
    _require_customers(days, plan)
    progress(0.0, "reading the cut-offs")
    season = fit_season(days, plan)
    known, days = days, season_free(days, season.outstanding)
    samples = _draw(days, plan, MOST_ROWS)
    require_buyers(_buyers(samples))
    columns = informative(samples, usable_columns(plan.history_days))
    progress(0.15, "checking on held-out customers")
    rehearsal = _rehearse(days, plan, samples, columns)
    weight = 1.0 if rehearsal.check.prefers_decayed else _shadow_weight(plan)
    progress(0.5, "fitting the curves")
    half_life = best_half_life(samples)
    fitted = fit_estimators(samples, columns, half_life=half_life, shadow_weight=weight)
    progress(0.95, "packing the model")
    manifest = _manifest(plan, samples, rehearsal.check, version=version, created_at=created_at)
    notes = caveats(plan, samples, rehearsal.check, season=season)
    manifest = replace(manifest, warnings=tuple(notes))
    interval = _interval(rehearsal, fitted, samples)
    model = _pack(fitted, manifest, samples, interval, _persistence(days, plan))
    model = replace(model, indices=fit_indices(known, plan), season=season)
    progress(1.0, "trained")
    return Trained(
        model=model,
        fitted=fitted,
        check=rehearsal.check,
        decayed_half_life=half_life,
        rehearsed=rehearsal.fitted,
        holdout=rehearsal.holdout,
    )


def _require_customers(days: CustomerDays, plan: TrainingPlan) -> None:
    known = len(seen_before(days, plan.today))
    if known < FEWEST_CUSTOMERS:
        raise TrainingRefused(
            f"Training needs {FEWEST_CUSTOMERS} customers with an order before "
            f"{day_of(plan.today)}; there are {known}."
        )


@dataclass(frozen=True, slots=True)
class _Rehearsal:
    """The model as it would have been without the hold-out, and how it did there."""

    fitted: Fitted
    holdout: Sample
    check: SelfCheck


def _rehearse(
    days: CustomerDays, plan: TrainingPlan, samples: list[Sample], columns: tuple[int, ...]
) -> _Rehearsal:
    """Train on what is not held out, judge, and fall back where decayed spend is safer."""
    earlier, holdout = _split(days, plan, samples)
    half_life = best_half_life(earlier)

    def fit(shadow_weight: float) -> Fitted:
        return fit_estimators(earlier, columns, half_life=half_life, shadow_weight=shadow_weight)

    def judged(fitted: Fitted) -> SelfCheck:
        column, in_sample = decayed_column(half_life), holdout is earlier[0]
        return check_fit(fitted, holdout, column, in_sample=in_sample)

    fitted = fit(_shadow_weight(plan))
    check = judged(fitted)
    if not check.prefers_decayed:
        return _Rehearsal(fitted, holdout, check)
    # What is served is what must be judged: figures of the model given up would be no promise.
    plain = fit(1.0)
    return _Rehearsal(plain, holdout, replace(judged(plain), given_up=check.difference))


def _interval(rehearsal: _Rehearsal, fitted: Fitted, samples: list[Sample]) -> SpendInterval:
    if rehearsal.check.buyers >= _INTERVAL_BUYERS:
        return interval_of(rehearsal.fitted, [rehearsal.holdout])
    return interval_of(fitted, samples)


def _shadow_weight(plan: TrainingPlan) -> float:
    """Lean on decayed spend: more where history is short, whatever the horizon."""
    if plan.history_days < _SHORTEST_DAYS:
        return SHADOW_WEIGHT_SHORTEST
    is_short = plan.history_days < 3 * HORIZON_DAYS
    return SHADOW_WEIGHT_SHORT if is_short else SHADOW_WEIGHT


def _draw(days: CustomerDays, plan: TrainingPlan, most_rows: int) -> list[Sample]:
    most = most_rows // len(plan.cutoffs)
    return [
        draw_sample(days, cutoff, plan.horizon_days, plan.history_start, most=most)
        for cutoff in plan.cutoffs
    ]


def _split(
    days: CustomerDays, plan: TrainingPlan, samples: list[Sample]
) -> tuple[list[Sample], Sample]:
    """Hold out the last cut-off, or half its customers where no earlier one can be trained.

    Where not even half of them can be learnt from, nothing is held out.
    """
    latest = samples[0]
    earlier = plan_self_check(plan)
    if earlier is not None and _buyers([latest]) >= FEWEST_BUYERS:
        drawn = _draw(days, earlier, _MOST_CHECK_ROWS)
        if len(drawn[0].spend) >= FEWEST_CUSTOMERS and _buyers(drawn) >= _REHEARSAL_BUYERS:
            return drawn, latest
    first, second = split_sample(latest)
    if min(_buyers([first]), _buyers([second])) >= FEWEST_BUYERS:
        return [first], second
    widest = max(samples, key=lambda sample: int(sample.bought.sum()))
    return [widest, *(sample for sample in samples if sample is not widest)], widest


def _buyers(samples: Sequence[Sample]) -> int:
    return int(sum(sample.bought.sum() for sample in samples))


def _persistence(days: CustomerDays, plan: TrainingPlan) -> float:
    """Measure how chances grow with the horizon, from half a horizon to a whole one."""
    cutoff, horizon = plan.cutoffs[0], plan.horizon_days
    known = seen_before(days, cutoff)
    half = (spend_between(days, cutoff, cutoff + horizon // 2, known) > 0).mean()
    whole = (spend_between(days, cutoff, cutoff + horizon, known) > 0).mean()
    if not 0 < half < whole < 1:
        return 1.0
    growth = np.log(np.log1p(-whole) / np.log1p(-half)) / np.log(horizon / (horizon // 2))
    return float(np.clip(growth, 0.2, 1.0))


def _manifest(
    plan: TrainingPlan,
    samples: list[Sample],
    check: SelfCheck,
    *,
    version: str,
    created_at: datetime,
) -> Manifest:
    return Manifest(
        version=version,
        kind="decayed_spend" if check.prefers_decayed else "additive",
        created_at=created_at,
        feature_hash=feature_hash(),
        horizon_days=plan.horizon_days,
        cutoffs=tuple(day_of(cutoff) for cutoff in plan.cutoffs),
        trained_from=day_of(plan.history_start),
        trained_until=day_of(plan.today),
        customers=len(samples[0].spend),
        rows=sum(len(sample.spend) for sample in samples),
        metrics=check.metrics(),
    )


def _pack(
    fitted: Fitted,
    manifest: Manifest,
    samples: list[Sample],
    interval: SpendInterval,
    persistence: float,
) -> ValueModel:
    X = np.concatenate([sample.X for sample in samples])
    median = np.median(X, axis=0)
    columns = tuple(column for member in fitted.members for column in member.columns)
    spend = blend_curves([(each.weight, each.estimator.curves_) for each in fitted.members])
    raw = fitted.raw_score(X)
    model = ValueModel(
        manifest=manifest,
        columns=columns,
        spend=spend.relative_to(median[list(columns)]),
        buy_columns=fitted.columns,
        buy=fitted.buy.curves_.relative_to(median[list(fitted.columns)]),
        interval=interval,
        level=fitted.level,
        persistence=persistence,
        reference=reference_of(X, columns, raw),
        typical=tuple(median[list(columns)].tolist()),
    )
    return replace(model, manifest=replace(manifest, parity=_parity(model, fitted, X)))


def _parity(model: ValueModel, fitted: Fitted, X: FloatArray) -> float:
    """Measure the largest relative gap between what is served and what was trained."""
    pairs = (
        (model.raw_score(X), fitted.raw_score(X)),
        (model.chance(X), fitted.chance(X)),
    )
    gap = max(float(np.max(np.abs(served / trained - 1))) for served, trained in pairs)
    if gap > LARGEST_PARITY_GAP:
        raise TrainingRefused(f"The served model differs from the trained one by {gap:.1e}.")
    return gap
