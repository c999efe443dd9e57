"""Experiments in words, as a plot of intervals, and as lines of tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.parts.care import customer_cells, words_for
from services.console.parts.charts import AS_NUMBER, Options
from services.console.parts.pieces import Tone
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.experiments import (
    ArmFigures,
    Comparison,
    ExperimentAnswer,
    ExperimentBody,
    ExposureItem,
    PlanAnswer,
    PlanRow,
)

METRICS: Final = ("spend", "orders", "retention", "satisfaction")
PLANNED: Final = ("spend", "orders", "retention")
DESIGNS: Final = ("fixed", "sequential")
_TONES: Final[dict[str, Tone]] = {"higher": "good", "lower": "bad", "sample_ratio_mismatch": "bad"}


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference to the hold-out in percent of the hold-out's mean, and between what it lies."""

    name: str
    middle: float
    low: float
    high: float


def tone_of(verdict: str) -> Tone:
    """Give the colour of a verdict."""
    return _TONES.get(verdict, "warn")


def metric_words(visit: Visit, metrics: Sequence[str] = METRICS) -> dict[str, str]:
    """Name what is measured."""
    return words_for(visit, "experiments.metric_", metrics)


def experiment_row(visit: Visit, experiment: ExperimentAnswer) -> Row:
    """Give an experiment as a row."""
    return {
        "name": visit.local(experiment.name),
        "name_href": f"/experiments/{experiment.key}",
        "state": visit.say(f"experiments.state_{experiment.state}"),
        "about": about_words(visit, experiment),
        "primary": visit.say(f"experiments.metric_{experiment.primary}"),
        "held_out": visit.formats.percent(held_out(experiment), digits=0),
        "audience": visit.formats.number(experiment.audience_size),
        "started": visit.formats.instant(experiment.started_at),
        "owner": experiment.owner,
    }


def held_out(experiment: ExperimentAnswer) -> float:
    """Give the share of the audience that is held out."""
    return sum(arm.share for arm in experiment.arms if arm.key == "control") / 1000


def about_words(visit: Visit, experiment: ExperimentAnswer) -> str:
    """Say what is held out."""
    about = experiment.about
    what = visit.say(f"experiments.about_{about.kind}", name=about.key)
    return f"{what} ({about.programme})" if about.programme else what


def design_words(visit: Visit, experiment: ExperimentAnswer) -> str:
    """Say when the result may be looked at."""
    design = experiment.design
    if design.fixed is not None:
        return visit.say("experiments.design_fixed_words", days=design.fixed.days)
    days = design.sequential.days if design.sequential else 0
    return visit.say("experiments.design_sequential_words", days=days)


def interval_of(visit: Visit, compared: Comparison) -> Interval | None:
    """Give a comparison in percent of the hold-out; None where there is nothing to draw yet."""
    mean = float(compared.control.mean)
    figures = (compared.low, compared.difference, compared.high)
    if mean == 0 or any(figure is None for figure in figures):
        return None
    low, middle, high = (100 * float(str(figure)) / abs(mean) for figure in figures)
    metric = visit.say(f"experiments.metric_{compared.metric}")
    return Interval(f"{metric} · {compared.treatment.arm}", middle, low, high)


def forest_options(intervals: Sequence[Interval], names: tuple[str, str]) -> Options:
    """Draw each interval as a bar from its low to its high end, and its middle as a dot.

    An invisible bar reaches from nought to the low end; `stackStrategy: all` lets the next begin
    there whatever its sign.
    """
    labels = [each.name for each in intervals]
    stacked: dict[str, Any] = {"type": "bar", "stack": "interval", "stackStrategy": "all"}
    hidden = {"itemStyle": {"color": "transparent"}, "silent": True, "tooltip": {"show": False}}
    return {
        "xAxis": {"type": "value", "axisLabel": {":formatter": AS_NUMBER}, "name": "%"},
        "yAxis": {"type": "category", "data": labels, "inverse": True},
        "grid": {"left": 8, "right": 40, "top": 16, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item", "confine": True},
        "series": [
            {**stacked, **hidden, "data": [round(each.low, 2) for each in intervals]},
            {
                **stacked,
                "name": names[0],
                "barMaxWidth": 14,
                "data": [round(each.high - each.low, 2) for each in intervals],
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "label": {"show": False},
                    "data": [{"xAxis": 0}],
                },
            },
            {
                "type": "scatter",
                "name": names[1],
                "symbolSize": 12,
                "data": [[round(each.middle, 2), each.name] for each in intervals],
            },
        ],
    }


def comparison_line(visit: Visit, compared: Comparison) -> list[str]:
    """Write a comparison as a line of a table, in its own unit."""
    return [
        visit.say(f"experiments.metric_{compared.metric}"),
        f"{compared.treatment.arm}: {arm_words(visit, compared, compared.treatment)}",
        arm_words(visit, compared, compared.control),
        figure(visit, compared, compared.difference),
        between(visit, compared),
        visit.say(f"experiments.verdict_{compared.verdict}"),
    ]


def arm_words(visit: Visit, compared: Comparison, arm: ArmFigures) -> str:
    """Write an arm's mean, and of how many customers."""
    return f"{figure(visit, compared, arm.mean)} ({visit.formats.number(arm.customers)})"


def between(visit: Visit, compared: Comparison) -> str:
    """Write between what the difference lies."""
    if compared.low is None or compared.high is None:
        return NOTHING
    low, high = (figure(visit, compared, each) for each in (compared.low, compared.high))
    return visit.say("experiments.between", low=low, high=high)


def figure(visit: Visit, of: Comparison | PlanAnswer, value: str | None, *, digits: int = 2) -> str:
    """Write a figure in the unit of its metric."""
    if value is None:
        return NOTHING
    if of.unit == "share":
        return visit.formats.percent(float(value))
    if of.metric == "spend":
        return visit.formats.money(value, of.unit)
    return visit.formats.number(float(value), digits=digits)


def exposure_row(visit: Visit, item: ExposureItem) -> Row:
    """Give somebody who met the experiment as a row."""
    return {
        "arm": item.arm,
        "at": visit.formats.instant(item.exposed_at),
        **customer_cells(visit, item.customer_id),
    }


def body_of(experiment: ExperimentAnswer) -> dict[str, Any]:
    """Give an experiment as it is written."""
    found: dict[str, Any] = experiment.model_dump(
        mode="json", exclude_none=True, include=set(ExperimentBody.model_fields)
    )
    return found


def plan_line(visit: Visit, plan: PlanAnswer, row: PlanRow) -> list[str]:
    """Write what so many days can show."""
    seen = None if row.detectable_percent is None else row.detectable_percent / 100
    return [
        visit.say("experiments.days", days=visit.formats.number(row.days)),
        visit.formats.percent(seen),
        figure(visit, plan, row.detectable, digits=3),
        figure(visit, plan, row.mean, digits=3),
        visit.formats.number(row.needed_customers),
    ]


def plan_options(visit: Visit, plan: PlanAnswer) -> Options:
    """Draw the smallest effect that is seen, by how long is waited."""
    rows = [row for row in plan.rows if row.detectable_percent is not None]
    return {
        "xAxis": {"type": "category", "data": [row.days for row in rows]},
        "yAxis": {"type": "value", "min": 0, "name": "%", "axisLabel": {":formatter": AS_NUMBER}},
        "series": [
            {
                "type": "line",
                "name": visit.say("experiments.column_seen"),
                "data": [row.detectable_percent for row in rows],
            }
        ],
    }


def plan_body(given: dict[str, object]) -> dict[str, object]:
    """Build what is asked of a plan; shares are typed in percent and sent in thousandths."""
    body = {k: v for k, v in given.items() if k in {"metric", "segment", "design"}}
    body |= {k: v for k, v in given.items() if k in {"customers", "pre_period_days"}}
    if "held_out" in given:
        body["held_out_permille"] = round(float(str(given["held_out"])) * 10)
    if "effect_percent" in given:
        body["effect_percent"] = float(str(given["effect_percent"]))
    if "power" in given:
        body["power"] = float(str(given["power"])) / 100
    return body
