"""Fits every index on earlier cut-offs, tests it on the last one, and keeps what holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.isotonic import isotonic_regression

from services.scoring.domain.days import CustomerDays, IntArray, take_customers
from services.scoring.domain.features import FEATURES
from services.scoring.model.curves import FloatArray
from services.scoring.model.learning.additive import (
    AdditiveLogisticClassifier,
    AdditiveTweedieRegressor,
)
from services.scoring.model.learning.fit import feature_units
from services.scoring.model.learning.plan import TrainingPlan, plan_self_check
from services.scoring.model.outcomes.indices import Gauge, Index, Indices, Reason, Scale
from services.scoring.model.outcomes.outcomes import OUTCOMES, Cut, Outcome, draw_cut
from services.scoring.model.outcomes.proof import Proof, measured, prove

# An index fits in half a second on so many; more narrow the intervals by nothing that matters.
MOST_CUSTOMERS = 20_000
_MOST_ROWS = 30_000
# Fewer customers on either side of a claim say nothing about it.
FEWEST_HAPPENED = 30
# Below this part of the range of a feature its curve would be learnt from rounding.
_LEAST_SPREAD = 1e-9
_CLIP_QUANTILE = 0.999
_POINTS = 20
# A third of the value model's: fewer columns. .1 lost up to .09 of growth's Spearman, .003 gained
# nothing on four of five windows.
_RIDGE = 0.01
_LEVELS = (0.5, 0.8)
_SEED = 5


def fit_indices(days: CustomerDays, plan: TrainingPlan) -> Indices:
    """Fit and test every index; what does not clearly beat its plain rule is not shown."""
    some = _drawn(days, plan.cutoffs[0])
    latest = _cuts(some, plan)
    earlier, holdout = _split(some, plan, latest[0])
    return Indices(tuple(fit_index(outcome, earlier, holdout, latest) for outcome in OUTCOMES))


def _drawn(days: CustomerDays, seed: int) -> CustomerDays:
    if len(days) <= MOST_CUSTOMERS:
        return days
    rng = np.random.default_rng([_SEED, abs(seed)])
    return take_customers(days, np.sort(rng.choice(len(days), MOST_CUSTOMERS, replace=False)))


def _cuts(days: CustomerDays, plan: TrainingPlan) -> list[Cut]:
    return [
        draw_cut(days, cutoff, plan.horizon_days, plan.history_start) for cutoff in plan.cutoffs
    ]


def _split(days: CustomerDays, plan: TrainingPlan, latest: Cut) -> tuple[list[Cut], Cut]:
    """Hold out the last cut-off, or half its customers where no horizon lies before it."""
    earlier = plan_self_check(plan)
    cuts = _cuts(days, earlier) if earlier is not None else []
    if sum(len(cut.spend) for cut in cuts) >= FEWEST_HAPPENED:
        return cuts, latest
    return [latest.only(slice(0, None, 2))], latest.only(slice(1, None, 2))


def fit_index(
    outcome: Outcome, earlier: Sequence[Cut], holdout: Cut, latest: Sequence[Cut]
) -> Index:
    """Learn from earlier cut-offs, test on the hold-out, and fit what holds on the latest.

    `latest` are the cut-offs to serve from, the last in time first.
    """
    known, judged = _concerned(outcome, earlier), _concerned(outcome, [holdout])
    reason = _obstacle(outcome, known, judged, is_recorded=_is_recorded(outcome, earlier, holdout))
    if reason is not None:
        return Index(outcome, None, reason, None)
    proof = _tested(outcome, known, judged)
    if not (proof.beats_chance and proof.beats_rule):
        return Index(outcome, proof, "no_better_than_rule", None)
    return Index(outcome, proof, None, _gauge(outcome, _concerned(outcome, latest)))


Known = list[tuple[Cut, FloatArray]]


def _concerned(outcome: Outcome, cuts: Sequence[Cut]) -> Known:
    """Pair the customers it speaks for, at cut-offs it can be known at, with what happened."""
    found: Known = []
    for cut in cuts:
        if cut.has_past or not outcome.needs_past:
            chosen = outcome.concerns(cut.X)  # after the outcome: the top fifth is of everybody
            found.append((cut.only(chosen), outcome.happened(cut)[chosen]))
    return found


def _is_recorded(outcome: Outcome, earlier: Sequence[Cut], holdout: Cut) -> bool:
    return any(outcome.happened(cut).any() for cut in (*earlier, holdout))


def _obstacle(outcome: Outcome, known: Known, judged: Known, *, is_recorded: bool) -> Reason | None:
    if not is_recorded:
        return "not_recorded"
    if outcome.needs_past and not (known and judged):
        return "history_too_short"
    counts = [_happened(pairs) for pairs in (known, judged)]
    if any(min(some, rest) < FEWEST_HAPPENED for some, rest in counts):
        return "too_few"
    if not _varied(outcome, np.concatenate([cut.X for cut, _ in known])):
        return "too_few"
    return None


def _happened(pairs: Known) -> tuple[int, int]:
    outcome = np.concatenate([happened > 0 for _, happened in pairs]) if pairs else np.zeros(0)
    return int(outcome.sum()), int(len(outcome) - outcome.sum())


def _tested(outcome: Outcome, known: Known, judged: Known) -> Proof:
    """Learn from the earlier cut-offs; judge on the last, beside the rule that does best there."""
    gauge = _gauge(outcome, known)
    cut, happened = judged[0]
    rules = {name: reading(cut) for name, reading in outcome.rules.items()}
    best = max(rules, key=lambda name: measured(outcome.metric, rules[name], happened))
    return prove(outcome.metric, gauge.values(cut.X), (best, rules[best]), happened)


def _learn(
    outcome: Outcome, known: Known
) -> tuple[list[int], AdditiveTweedieRegressor | AdditiveLogisticClassifier]:
    """Fit the curves of the columns in which the customers differ."""
    X = np.concatenate([cut.X for cut, _ in known])
    happened = np.concatenate([_target(outcome, each) for _, each in known])
    rows = _thinned(len(X))
    X, happened = X[rows], happened[rows]
    columns = _varied(outcome, X)
    ways = [FEATURES[place].direction if outcome.is_monotone else 0 for place in columns]
    kind = AdditiveTweedieRegressor if outcome.is_money else AdditiveLogisticClassifier
    estimator = kind(alpha=_RIDGE, units=feature_units(X)[columns], directions=ways)
    return columns, estimator.fit(X[:, columns], happened)


def _varied(outcome: Outcome, X: FloatArray) -> list[int]:
    return [place for place in outcome.columns if np.ptp(X[:, place]) > _LEAST_SPREAD]


def _target(outcome: Outcome, happened: FloatArray) -> FloatArray:
    """Give what is learnt: a chance as it is, money as its root, divided by its mean.

    The measure is one of ranks, which a few large amounts would rule: on five windows of three
    shops the root ranked growth better than the amount four times (.287 for .253 in one) and
    worse once (.143 for .146).
    """
    if not outcome.is_money:
        return happened
    root = np.sqrt(_clipped(happened))
    mean = root.mean()
    return np.asarray(root / mean if mean > 0 else root, dtype=np.float64)


def _clipped(amount: FloatArray) -> FloatArray:
    return np.minimum(amount, np.quantile(amount, _CLIP_QUANTILE))


def _thinned(rows: int) -> IntArray | slice:
    if rows <= _MOST_ROWS:
        return slice(None)
    return np.sort(np.random.default_rng(_SEED).choice(rows, _MOST_ROWS, replace=False))


def _gauge(outcome: Outcome, known: Known) -> Gauge:
    """Fit the curves, and what a score of them stands for."""
    columns, estimator = _learn(outcome, known)
    curves = estimator.curves_
    scale = _scale(known, [curves.predict_log(cut.X[:, columns]) for cut, _ in known])
    gauge = Gauge(tuple(columns), curves, scale if outcome.is_money else None, 0.0, 0.0)
    mid, high = np.quantile(gauge.values(known[0][0].X), _LEVELS)
    return Gauge(gauge.columns, curves, gauge.scale, float(mid), float(high))


def _scale(known: Known, scores: list[FloatArray]) -> Scale:
    """Say what a score was worth: the mean amount of equal groups by score, never falling."""
    score = np.concatenate(scores)
    amount = np.concatenate([_clipped(happened) for _, happened in known])
    groups = np.array_split(np.argsort(score, kind="stable"), min(_POINTS, len(score)))
    means = np.array([amount[group].mean() for group in groups])
    return Scale(
        score=np.array([score[group].mean() for group in groups]),
        amount=np.asarray(isotonic_regression(means), dtype=np.float64),
    )
