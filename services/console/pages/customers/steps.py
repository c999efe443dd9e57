"""From the typical customer to this one: contributions as bars of money that add up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.console.pages.customers.one_form import in_one_form
from services.console.visiting.visit import Visit
from shared.contracts.common import LocalText
from shared.contracts.explanation import ExplanationAnswer
from shared.contracts.score_history import ScoreHistory, ScorePoint

_ROUND: Final = 2
#: Less than this is told as "much like the typical customer", and is no reason.
_NOTICED: Final = math.exp(0.015)
#: From this factor on, hundredths tell nothing.
_FINE_UNTIL: Final = 2
_BAND: Final = "#5b8db8"


@dataclass(frozen=True, slots=True)
class Step:
    """One group of features: from which amount to which, by which factor, and why."""

    name: LocalText
    before: float
    after: float
    factor: float
    text: LocalText

    @property
    def change(self) -> float:
        """Give what it adds, or with a minus takes away."""
        return self.after - self.before


def steps_of(explanation: ExplanationAnswer) -> list[Step]:
    """Walk from the typical customer's value to this one's, the strongest groups first.

    Each group multiplies what was reached before it, so the steps add up to the whole; none
    without a score.
    """
    score = explanation.score
    if score is None:
        return []
    value = float(score.value.amount)
    at = value * math.exp(score.base - score.log_score)
    found = []
    for group in sorted(explanation.groups, key=lambda each: -abs(each.contribution)):
        after = at * group.factor
        found.append(Step(group.name, at, after, group.factor, group.text))
        at = after
    return found


def down(steps: Sequence[Step]) -> list[Step]:
    """List what holds the value down noticeably, the strongest first."""
    return [step for step in steps if step.factor < 1 / _NOTICED]


def up(steps: Sequence[Step]) -> list[Step]:
    """List what lifts the value noticeably, the strongest first."""
    return [step for step in steps if step.factor > _NOTICED]


def bars(visit: Visit, explanation: ExplanationAnswer, steps: Sequence[Step]) -> dict[str, Any]:
    """Draw the steps as bars, each from where the one before it ended."""
    score = explanation.score
    typical, value = (
        (0.0, 0.0)
        if score is None
        else (float(score.typical_value.amount), float(score.value.amount))
    )
    ends = [visit.say("customers.typical"), visit.say("customers.this_one")]
    names = [ends[0], *(f"{visit.local(s.name)} {times(visit, s)}" for s in steps), ends[1]]
    hidden = [0.0, *(min(step.before, step.after) for step in steps), 0.0]
    shown = [typical, *(abs(step.change) for step in steps), value]
    colours = ["#6b7a86", *("#2f8f5b" if s.change >= 0 else "#c0563f" for s in steps), ink(visit)]
    return {
        "xAxis": {"type": "value"},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "tooltip": {"show": False},
        "series": [
            {
                "type": "bar",
                "stack": "money",
                "silent": True,
                "itemStyle": {"color": "transparent"},
                "data": [round(each, _ROUND) for each in hidden],
            },
            {
                "type": "bar",
                "stack": "money",
                "barMaxWidth": 22,
                "data": [
                    {"value": round(each, _ROUND), "itemStyle": {"color": colour}}
                    for each, colour in zip(shown, colours, strict=True)
                ],
            },
        ],
    }


def bar_lines(
    visit: Visit, explanation: ExplanationAnswer, steps: Sequence[Step]
) -> list[list[str]]:
    """Write the figures of the bars, with the factor and the words of each."""
    score = explanation.score
    if score is None:
        return []
    currency, write = score.value.currency, visit.formats
    first = [
        visit.say("customers.typical"),
        write.money(score.typical_value.amount, currency),
        "",
        "",
    ]
    last = [visit.say("customers.this_one"), write.money(score.value.amount, currency), "", ""]
    between = [
        [
            visit.local(step.name),
            signed(visit, step.change, currency),
            times(visit, step),
            in_one_form(visit, step.text),
        ]
        for step in steps
    ]
    return [first, *between, last]


def times(visit: Visit, step: Step) -> str:
    """Write what a reason multiplies the value by."""
    digits = 1 if step.factor >= _FINE_UNTIL else 2
    return f"×{visit.formats.number(step.factor, digits=digits)}"


def ink(visit: Visit) -> str:
    """Give the colour of what a chart is about, seen on the visitor's ground."""
    return "#7cc4d4" if visit.is_dark else "#0e5a6b"


def signed(visit: Visit, amount: float, currency: str) -> str:
    """Write an amount that is added or taken away."""
    text = visit.formats.money(abs(Decimal(str(round(amount, _ROUND)))), currency)
    return f"{'−' if amount < 0 else '+'}{text}"


def since_first(history: ScoreHistory) -> list[ScorePoint]:
    """List the points from the first purchase on."""
    first = next((n for n, point in enumerate(history.points) if point.value is not None), 0)
    return history.points[first:]


def course(visit: Visit, history: ScoreHistory) -> dict[str, Any]:
    """Draw the score over time, with the interval as a band."""
    points = since_first(history)
    dates = [visit.formats.date(point.on) for point in points]
    value, low, high = (
        [None if m is None else float(m.amount) for m in amounts]
        for amounts in (
            [point.value for point in points],
            [point.low for point in points],
            [point.high for point in points],
        )
    )
    band = [
        None if a is None or b is None else round(b - a, _ROUND)
        for a, b in zip(low, high, strict=True)
    ]
    hidden = {"type": "line", "stack": "band", "symbol": "none", "lineStyle": {"opacity": 0}}
    shown = {"areaStyle": {"color": _BAND, "opacity": 0.25}, "itemStyle": {"color": _BAND}}
    name = visit.say("customers.value")
    return {
        "legend": {"top": 0, "data": [name, visit.say("customers.interval")]},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": dates,
            # else half of the last date is cut off
            "axisLabel": {"alignMinLabel": "left", "alignMaxLabel": "right"},
        },
        "yAxis": {"type": "value"},
        "series": [
            {**hidden, "name": visit.say("customers.low"), "data": low},
            {**hidden, **shown, "name": visit.say("customers.interval"), "data": band},
            {
                "type": "line",
                "name": name,
                "data": value,
                "symbolSize": 7,
                "itemStyle": {"color": ink(visit)},
                "lineStyle": {"width": 3},
            },
        ],
    }


def course_lines(visit: Visit, history: ScoreHistory) -> list[list[str]]:
    """Write the figures of the score over time."""
    write = visit.formats
    return [
        [
            write.date(point.on),
            *(
                write.money(each.amount, each.currency) if each else write.money(None, None)
                for each in (point.value, point.low, point.high)
            ),
            write.percent(point.probability_to_buy, digits=0),
            visit.say_or(f"care.lifecycle_{point.lifecycle}", point.lifecycle),
            visit.local(point.tier.name) if point.tier else "–",
        ]
        for point in since_first(history)
    ]
