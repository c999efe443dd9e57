"""Measures what the promotion gate asks: the candidate's recipe against the model in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, day_of
from services.scoring.domain.features import season_free
from services.scoring.domain.life.gate import Evidence, Lead, Rival
from services.scoring.model.curves import FloatArray
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.evaluation import compare
from services.scoring.model.learning.plan import SHORTEST_HORIZON_DAYS, TrainingPlan, plan_training
from services.scoring.model.learning.samples import Sample, draw_sample
from services.scoring.model.learning.training import MOST_ROWS, Trained, train
from services.scoring.model.value_model import ValueModel, feature_hash

#: A paired bootstrap of so many customers takes a second or two.
MOST_COMPARED: Final = 40_000


@dataclass(frozen=True, slots=True)
class Current:
    """The model in force; `model` is None where it cannot be loaded, and `problem` says why."""

    version: str
    model: ValueModel | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Days [cutoff, until) to compare on; `is_unseen`: neither model has learnt from them."""

    cutoff: int
    until: int
    is_unseen: bool


def window_of(plan: TrainingPlan, current_until: int) -> Window:
    """Choose the days on which a candidate of `plan` meets a model trained until a day number.

    The plan's last cut-off with its whole horizon where the current model ends before it; else
    the days since the current model ends, while they are two weeks at least. On fewer there is no
    verdict: both are then compared on days both have trained on.
    """
    if current_until <= plan.cutoffs[0]:
        return Window(plan.cutoffs[0], plan.today, is_unseen=True)
    if plan.today - current_until >= SHORTEST_HORIZON_DAYS:
        return Window(current_until, plan.today, is_unseen=True)
    return Window(plan.cutoffs[0], plan.today, is_unseen=False)


def measure_candidate(
    days: CustomerDays,
    plan: TrainingPlan,
    trained: Trained,
    loaded: ValueModel,
    current: Current | None,
) -> Evidence:
    """Measure a candidate; `loaded` is what its artefact gave back.

    Where a current model can be met on days that neither has seen, the candidate is stood in for
    by its recipe, trained as if today were their first day; the candidate itself is compared too.
    Without a current model the lead over decayed spend is that of the training's own rehearsal.
    """
    manifest = trained.model.manifest
    metrics = manifest.metrics
    days = season_free(days, trained.model.months)  # what both models read and are judged by
    rows = draw_sample(days, plan.today, 0, plan.history_start, most=MOST_ROWS)
    meeting = _meet(days, plan, trained, current)
    return Evidence(
        candidate=manifest.version,
        cutoff=day_of(meeting.sample.cutoff),
        until=day_of(plan.today),
        customers=len(meeting.sample.spend),
        buyers=int(meeting.sample.bought.sum()),
        over_decayed=meeting.over_decayed or _rehearsed_lead(metrics),
        rival=meeting.rival,
        gap=max(manifest.parity, served_gap(loaded, trained, rows.X)),
        feature_hashes=(loaded.manifest.feature_hash, feature_hash()),
        is_finite=is_finite(loaded, rows.X),
        history_days=plan.history_days,
        chance_error=metrics.get("p_buy_error", float("nan")),
        coverage=metrics.get("interval_coverage", float("nan")),
        bias=metrics.get("bias", float("nan")),
        judged_customers=int(metrics.get("holdout_customers", 0)),
        judged_buyers=int(metrics.get("holdout_buyers", 0)),
    )


def served_gap(served: ValueModel, trained: Trained, X: FloatArray) -> float:
    """Measure the largest relative gap between the served and the trained score of any row."""
    pairs = (
        (served.raw_score(X), trained.fitted.raw_score(X)),
        (served.chance(X), trained.fitted.chance(X)),
    )
    return max(float(np.max(np.abs(one / other - 1), initial=0.0)) for one, other in pairs)


def is_finite(model: ValueModel, X: FloatArray) -> bool:
    """Say whether every answer to every row is a number."""
    scores = model.score(X)
    answers = (scores.raw, scores.value, scores.p_buy, scores.low, scores.high)
    return all(bool(np.isfinite(answer).all()) for answer in answers)


@dataclass(frozen=True, slots=True)
class _Meeting:
    sample: Sample
    over_decayed: Lead | None
    rival: Rival | None


def _meet(
    days: CustomerDays, plan: TrainingPlan, trained: Trained, current: Current | None
) -> _Meeting:
    if current is None or current.model is None:
        sample = _sample(days, plan.cutoffs[0], plan.today, plan.history_start)
        rival = None if current is None else Rival(current.version, None, problem=current.problem)
        return _Meeting(sample, None, rival)
    window = window_of(plan, day_number(current.model.manifest.trained_until))
    sample = _sample(days, window.cutoff, window.until, plan.history_start)
    theirs = _current_scores(days, current.model, sample, plan.history_start)
    as_served = _lead(trained.model.raw_score(sample.X), theirs, sample)
    if as_served is None:
        problem = "nobody bought on the days they could be compared on."
        return _Meeting(sample, None, Rival(current.version, None, problem=problem))
    stand_in = _rehearse(days, plan, window.cutoff, trained) if window.is_unseen else None
    if stand_in is None:
        return _Meeting(sample, None, Rival(current.version, as_served, is_unseen=False))
    ours, decayed = stand_in.model.raw_score(sample.X), sample.X[:, stand_in.decayed_column]
    rival = Rival(current.version, _lead(ours, theirs, sample), as_served)
    return _Meeting(sample, _lead(ours, decayed, sample), rival)


def _rehearse(
    days: CustomerDays, plan: TrainingPlan, today: int, trained: Trained
) -> Trained | None:
    """Train the candidate's recipe as if today were an earlier day; None where it refuses."""
    try:
        earlier = plan_training(
            plan.history_start, today, horizon_days=plan.horizon_days, reason=plan.reason
        )
        made_at = trained.model.manifest.created_at
        return train(days, earlier, version="rehearsal", created_at=made_at)
    except TrainingRefused:
        return None


def _sample(days: CustomerDays, cutoff: int, until: int, start: int) -> Sample:
    return draw_sample(days, cutoff, until - cutoff, start, most=MOST_COMPARED)


def _current_scores(
    days: CustomerDays, current: ValueModel, sample: Sample, history_start: int
) -> FloatArray:
    """Score the sample's customers as the current model does: with the history it knows."""
    start = day_number(current.manifest.trained_from)
    if start == history_start:
        return current.raw_score(sample.X)
    # the draw depends on the cut-off alone: these are the same customers
    return current.raw_score(_sample(days, sample.cutoff, sample.cutoff, start).X)


def _lead(ours: FloatArray, theirs: FloatArray, sample: Sample) -> Lead | None:
    if not sample.bought.any():
        return None
    found = compare(ours, theirs, sample.spend)
    return Lead(found.gini, found.gini_low, found.gini_high)


def _rehearsed_lead(metrics: dict[str, Any]) -> Lead | None:
    names = ("lead_gini", "lead_gini_low", "lead_gini_high")
    if any(name not in metrics for name in names):
        return None
    return Lead(*(float(metrics[name]) for name in names))
