"""How experiments and what came of them are answered."""

from __future__ import annotations

from math import isfinite
from typing import Any

from services.feedback.domain.experiments.experiment import HOLD_OUT, Experiment
from services.feedback.domain.experiments.judging import Finding
from services.feedback.domain.experiments.metrics import Metric, Words, figure, unit_of
from services.feedback.domain.experiments.moments import Sample
from services.feedback.domain.experiments.planning import Outlook
from services.feedback.domain.experiments.words import Told, sentence
from services.feedback.usecases.experiments.plan import Plan
from services.feedback.usecases.experiments.result import Compared, Result, alpha_of
from shared.contracts.common import LocalText
from shared.contracts.experiments import (
    ArmFigures,
    Comparison,
    ExperimentAnswer,
    PlanAnswer,
    PlanRow,
    ResultAnswer,
)
from shared.money import exponent_of


def experiment_answer(found: Experiment) -> ExperimentAnswer:
    """Answer with an experiment."""
    kept = {name: getattr(found, name) for name in _KEPT}
    return ExperimentAnswer(key=found.experiment_key, **{**found.document, **kept})


_KEPT = (
    "version", "state", "salt", "audience_size", "started_at", "ended_at", "created_at",
    "updated_at",
)  # fmt: skip


def result_answer(result: Result, currency: str) -> ResultAnswer:
    """Answer with what came of an experiment; the first primary comparison speaks for it."""
    found, span = result.experiment, result.span
    alpha = alpha_of(found)
    rows = [_comparison(each, result, currency, alpha) for each in result.compared]
    first = next(row for row in rows if row.is_primary)
    return ResultAnswer(
        experiment=found.experiment_key,
        state=found.state.value,
        verdict=first.verdict,
        sentence=first.sentence,
        comparisons=rows,
        customers=result.customers,
        balance_p=result.balance_p,
        level_percent=_level(alpha),
        counted_from=None if span is None else span.first,
        counted_until=None if span is None else span.until,
        as_of=result.as_of,
        notes=[_text(words) for words in _notes(result, currency)],
    )


def plan_answer(plan: Plan, metric: Metric, currency: str, customers: int | None) -> PlanAnswer:
    """Answer with what experiments of several lengths can show."""
    return PlanAnswer(
        metric=metric.value,
        unit=unit_of(metric, currency),
        audience=plan.audience,
        customers=plan.audience if customers is None else customers,
        rows=[_plan_row(each, metric, currency) for each in plan.outlooks],
        fewest_days=plan.fewest_days,
        sentence=_text(_plan_words(plan)),
        as_of=plan.as_of,
    )


def _comparison(each: Compared, result: Result, currency: str, alpha: float) -> Comparison:
    found, metric, exponent = each.finding, each.metric, exponent_of(currency)
    missing = 0 if result.span is None else result.span.missing_days
    level = f"{_level(alpha):g}"
    is_primary = metric.value == result.experiment.document["primary"]
    wanted = result.experiment.document["minimum_effect_percent"] if is_primary else None
    told = Told(metric, each.arm, level, currency, exponent, missing, wanted)
    figures: dict[str, Any] = {}
    if found.difference is not None and found.interval is not None:
        values = (found.difference, found.interval.low, found.interval.high)
        if all(map(isfinite, values)):
            texts = [figure(metric, value, exponent) for value in values]
            figures = dict(zip(("difference", "low", "high"), texts, strict=True))
            figures["percent"] = _percent(found)
    return Comparison(
        metric=metric.value,
        unit=unit_of(metric, currency),
        is_primary=is_primary,
        control=_arm(HOLD_OUT, found.control, metric, exponent),
        treatment=_arm(each.arm, found.treatment, metric, exponent),
        narrowing=found.narrowing,
        needed_customers=found.needed,
        verdict=found.verdict.value,
        sentence=_text(sentence(found, told)),
        **figures,
    )


def _percent(found: Finding) -> float | None:
    if found.difference is None or found.control.mean <= 0:
        return None
    return round(100 * found.difference / found.control.mean, 2)


def _arm(arm: str, sample: Sample, metric: Metric, exponent: int) -> ArmFigures:
    return ArmFigures(
        arm=arm,
        customers=sample.n,
        events=sample.events,
        mean=figure(metric, sample.mean, exponent),
        spread=figure(metric, sample.spread, exponent),
    )


def _notes(result: Result, currency: str) -> list[Words]:
    notes = []
    if result.cap is not None:
        most = figure(Metric.SPEND, result.cap, exponent_of(currency))
        notes.append(
            Words(
                f"Spend above {most} {currency} counts as that much, in all arms alike.",
                f"超过 {most} {currency} 的消费按该金额计，各组一致。",
            )
        )
    if any(each.metric is Metric.SATISFACTION for each in result.compared):
        notes.append(
            Words(
                "Satisfaction is of those who answered: who answers may itself differ by arm.",
                "满意度仅统计作答者：各组的作答意愿本身可能不同。",
            )
        )
    return notes


def _plan_row(each: Outlook, metric: Metric, currency: str) -> PlanRow:
    exponent = exponent_of(currency)
    is_seen, percent = isfinite(each.detectable), each.detectable_percent
    return PlanRow(
        days=each.days,
        mean=figure(metric, each.mean, exponent),
        spread=figure(metric, each.spread, exponent),
        adjusted_spread=figure(metric, each.adjusted_spread, exponent),
        detectable=figure(metric, each.detectable, exponent) if is_seen else None,
        detectable_percent=round(percent, 2) if isfinite(percent) else None,
        needed_customers=each.needed_customers,
    )


def _plan_words(plan: Plan) -> Words:
    if plan.fewest_days is not None:
        return Words(
            f"Let it run for {plan.fewest_days} days: shorter, the effect would be missed too "
            "often.",
            f"请运行 {plan.fewest_days} 天：更短则容易漏掉该效果。",
        )
    best = min(plan.outlooks, key=lambda each: each.detectable_percent)
    if not isfinite(best.detectable_percent):
        return Words(
            "The audience did nothing lately: there is nothing to plan from.",
            "该人群近期没有任何行为，无从规划。",
        )
    return Words(
        f"In {best.days} days an effect of {best.detectable_percent:.1f} % of the mean or more is "
        "seen; see the rows for other lengths.",
        f"{best.days} 天内可发现不小于均值 {best.detectable_percent:.1f}% 的效果；其他时长见各行。",
    )


def _level(alpha: float) -> float:
    return round(100 * (1 - alpha), 3)


def _text(words: Words) -> LocalText:
    return LocalText(en=words.en, zh=words.zh)
