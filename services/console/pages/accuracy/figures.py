"""How right a model was: gains, calibration and drift as charts and written figures, pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.parts.charts import AS_NUMBER, AS_PERCENT
from services.console.parts.pictures import Picture
from services.console.visiting.visit import Visit
from shared.contracts.backtest import BacktestDocument, ChanceGroup, Contender
from shared.contracts.drift import DriftReport, ShiftAnswer

_SHOWN: Final = (1, 5, 10, 20, 30, 50)
_MIDDLE: Final[Mapping[str, Any]] = {"nameLocation": "middle", "nameGap": 30}
_GRID: Final = {"left": 8, "right": 24, "top": 40, "bottom": 28, "containLabel": True}
_SHARE_AXIS: Final[Mapping[str, Any]] = {
    "type": "value",
    "min": 0,
    "max": 1,
    "axisLabel": {":formatter": AS_PERCENT},
}
MOST_SHIFTS: Final = 12


def gains(visit: Visit, found: BacktestDocument) -> Picture:
    """Draw the share of later spend that the best 0 to 100 % by each score then held."""
    curves = [(visit.local(each.name), each.gains) for each in found.contenders if each.gains]
    if found.perfect_gains:
        curves.append((visit.say("accuracy.perfect"), found.perfect_gains))
    by_chance = {
        "type": "line",
        "name": visit.say("accuracy.by_chance"),
        "data": [[0, 0], [1, 1]],
        "showSymbol": False,
        "lineStyle": {"type": "dashed"},
    }
    options = {
        "legend": {"top": 0},
        "grid": _GRID,
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": AS_PERCENT},
        "xAxis": {**_SHARE_AXIS, "name": visit.say("accuracy.best_named"), **_MIDDLE},
        "yAxis": _SHARE_AXIS,
        "series": [*(_curve(name, values) for name, values in curves), by_chance],
    }
    percent = visit.formats.percent
    rows = [
        [percent(n / 100, digits=0), *(percent(values[n]) for _, values in curves)] for n in _SHOWN
    ]
    head = [visit.say("accuracy.best_named"), *(name for name, _ in curves)]
    return Picture(options, visit.local(found.headline), head, rows if curves else [])


def _curve(name: str, values: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "data": [[n / 100, value] for n, value in enumerate(values)],
        "showSymbol": False,
    }


def calibration(visit: Visit, found: BacktestDocument) -> Picture:
    """Draw what each tenth was expected to spend beside what it spent, per customer."""
    tenths = [str(each.decile) for each in found.deciles]
    options = {
        "legend": {"top": 0},
        "grid": _GRID,
        "xAxis": {
            "type": "category",
            "data": tenths,
            "name": visit.say("accuracy.tenth"),
            **_MIDDLE,
        },
        "yAxis": {"type": "value", "axisLabel": {":formatter": AS_NUMBER}},
        "series": [
            {
                "type": "bar",
                "name": visit.say(f"accuracy.{name}"),
                "data": [round(getattr(each, name), 2) for each in found.deciles],
            }
            for name in ("predicted", "spent")
        ],
    }

    def money(amount: float) -> str:
        return visit.formats.money(round(amount, 2), found.currency or visit.house.currency)

    rows = [
        [
            str(each.decile),
            visit.formats.number(each.customers),
            money(each.predicted),
            money(each.spent),
            f"{money(each.spent_low)} – {money(each.spent_high)}",
            visit.formats.percent(each.coverage),
        ]
        for each in found.deciles
    ]
    keys = ("tenth", "customers", "predicted", "spent", "interval", "coverage")
    head = [visit.say(f"accuracy.{key}") for key in keys]
    return Picture(options, _level(visit, found), head, rows)


def _level(visit: Visit, found: BacktestDocument) -> str:
    """Say how much was spent for every 100 expected."""
    bias = next((each.accuracy.bias for each in found.contenders if each.accuracy.bias), None)
    if not bias:
        return visit.say("accuracy.calibration_plain")
    return visit.say("accuracy.calibration_said", spent=visit.formats.number(100 / bias))


def chances(visit: Visit, found: BacktestDocument) -> Picture:
    """Draw how many of customers of like chance to buy did buy."""
    points = [[each.chance, each.bought] for each in found.chances]
    options = {
        "legend": {"top": 0},
        "grid": _GRID,
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": {**_SHARE_AXIS, "name": visit.say("accuracy.chance"), **_MIDDLE},
        "yAxis": _SHARE_AXIS,
        "series": [
            {"type": "scatter", "name": visit.say("accuracy.bought"), "data": points},
            {
                "type": "line",
                "name": visit.say("accuracy.perfect"),
                "data": [[0, 0], [1, 1]],
                "showSymbol": False,
                "lineStyle": {"type": "dashed"},
            },
        ],
    }
    error = visit.formats.number(
        None if found.chance_error is None else found.chance_error * 100, digits=1
    )
    keys = ("chance", "bought", "interval", "customers")
    head = [visit.say(f"accuracy.{key}") for key in keys]
    rows = [_chance_row(visit, each) for each in found.chances]
    return Picture(options, visit.say("accuracy.chances_said", points=error), head, rows)


def _chance_row(visit: Visit, group: ChanceGroup) -> list[str]:
    percent = visit.formats.percent
    return [
        percent(group.chance),
        percent(group.bought),
        f"{percent(group.bought_low)} – {percent(group.bought_high)}",
        visit.formats.number(group.customers),
    ]


def contenders(visit: Visit, found: BacktestDocument) -> list[list[str]]:
    """List every score with its figures, and how far the model is ahead of it."""
    return [_contender(visit, each) for each in found.contenders]


def _contender(visit: Visit, one: Contender) -> list[str]:
    figures, lead, number = one.accuracy, one.lead, visit.formats.number
    percent = visit.formats.percent
    ahead = visit.say("accuracy.itself")
    if lead is not None:
        ends = f"{number(lead.gini_low, digits=3)} … {number(lead.gini_high, digits=3)}"
        ahead = f"{number(lead.gini, digits=3)} ({ends})"
    return [
        visit.local(one.name),
        number(figures.gini, digits=3),
        percent(figures.hit20),
        percent(figures.cap20),
        number(figures.spearman, digits=3),
        number(figures.auc, digits=3),
        ahead,
    ]


def drift(visit: Visit, found: DriftReport, names: Mapping[str, str]) -> Picture:
    """Draw how far each number has moved from training, the furthest first; judged ones only."""
    shown = judged(found)
    bars = [
        {"value": round(each.psi, 4), "itemStyle": {"color": _COLOURS.get(each.status, "#6b7a86")}}
        for each in reversed(shown)
    ]
    options = {
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "data": [names.get(each.name, each.name) for each in reversed(shown)],
        },
        "series": [{"type": "bar", "barMaxWidth": 16, "data": bars}],
    }
    rows = [
        [
            names.get(each.name, each.name),
            visit.formats.number(each.psi, digits=3),
            visit.formats.number(each.noise, digits=3),
            visit.say_or(f"accuracy.state_{each.status}", each.status),
        ]
        for each in shown
    ]
    head = [visit.say(f"accuracy.{key}") for key in ("number", "psi", "noise", "state")]
    return Picture(options, visit.local(found.sentence), head, rows)


_COLOURS: Final = {"steady": "#2f8f5b", "watch": "#d1762f", "alarm": "#c0563f"}


def judged(found: DriftReport) -> list[ShiftAnswer]:
    """List the numbers that are judged, the furthest first."""
    known = [*found.features, *([found.score] if found.score is not None else [])]
    shown = [each for each in known if each.status != "not_judged"]
    return sorted(shown, key=lambda each: each.psi, reverse=True)[:MOST_SHIFTS]
