"""How a KPI went: its chart and figures, of everybody or of every slice, pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.parts.charts import AS_NUMBER, AS_PERCENT, AS_SHORT
from services.console.parts.kpi_tiles import kpi_value
from services.console.parts.pictures import Picture
from services.console.visiting.visit import Visit
from shared.contracts.kpis import KpiDefinition, KpiItem, KpiPoint, KpiReport

#: Lines beyond these cannot be told apart.
MOST_LINES: Final = 8
#: So many points of a line can be told apart.
_FEW: Final = 31
_FORMATTERS: Final[Mapping[str, str]] = {
    "share": AS_PERCENT,
    "money": AS_SHORT,
    "count": AS_SHORT,
    "minutes": AS_NUMBER,
    "score": AS_NUMBER,
}


def course(
    visit: Visit, definition: KpiDefinition, report: KpiReport, names: Mapping[str, str]
) -> Picture | None:
    """Draw a KPI over time, a line a slice; None where there are no figures."""
    items = sorted(report.items, key=_weight, reverse=True)[:MOST_LINES]
    if not any(_value(point) is not None for item in items for point in item.points):
        return None
    periods = [point.period for point in items[0].points]
    series = [_line(visit, item, names, is_total=_adds_up(definition)) for item in items]
    aims = _aims(visit, items)
    ticks = _FORMATTERS[definition.unit]
    values = AS_PERCENT if definition.unit == "share" else AS_NUMBER
    options = {
        "legend": {"top": 0, "show": len(series) > 1 or bool(aims)},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": values,
        },
        "xAxis": {"type": "category", "data": periods},
        "yAxis": {
            "type": "value",
            "scale": not _adds_up(definition),
            "axisLabel": {":formatter": ticks},
        },
        "series": [*series, *aims],
    }
    head = [visit.say("kpis.period"), *(slice_name(visit, item.slice, names) for item in items)]
    rows = _rows(visit, items, report.currency)
    return Picture(options, summary_of(visit, items[0], report), head, rows)


def summary_of(visit: Visit, item: KpiItem, report: KpiReport) -> str:
    """Say what a KPI was over the dates shown."""
    figure = item.actual
    value = kpi_value(visit, item.unit, figure.value if figure else None, report.currency)
    is_level = figure is not None and figure.as_of_date is not None
    return visit.say(
        "kpis.course_said_level" if is_level else "kpis.course_said",
        name=visit.local(item.name),
        first=visit.formats.date(report.first),
        last=visit.formats.date(figure.as_of_date if figure and is_level else report.last),
        value=value,
    )


def slice_name(visit: Visit, slice_key: str, names: Mapping[str, str]) -> str:
    """Name a slice as people call it: `tier:value:high` is High value."""
    if slice_key == "all":
        return visit.say("kpis.slice_all")
    kind, *rest = slice_key.split(":")
    if kind == "move":
        programme, *tiers = rest
        return " → ".join(names.get(f"{programme}:{tier}", tier) for tier in tiers)
    return names.get(":".join(rest), " · ".join(rest))


def _adds_up(definition: KpiDefinition) -> bool:
    return definition.kind == "flow" and definition.unit in {"money", "count"}


def _value(point: KpiPoint) -> float | None:
    return point.figure.value if point.figure is not None else None


def _weight(item: KpiItem) -> float:
    figure = item.actual
    return 0.0 if figure is None else float(figure.denominator or figure.numerator)


def _line(
    visit: Visit, item: KpiItem, names: Mapping[str, str], *, is_total: bool
) -> dict[str, Any]:
    known = [value for point in item.points if (value := _value(point)) is not None]
    return {
        "type": "bar" if is_total and item.slice == "all" else "line",
        "name": slice_name(visit, item.slice, names),
        "data": [_value(point) for point in item.points],
        # a line between gaps is no line: its points must be seen
        "showSymbol": len(known) <= _FEW or len(known) < len(item.points),
        "connectNulls": False,
    }


def _aims(visit: Visit, items: Sequence[KpiItem]) -> list[dict[str, Any]]:
    """Draw targets of exactly the periods shown."""
    aims = [point.target for point in items[0].points]
    if len(items) > 1 or not any(aim is not None for aim in aims):
        return []
    look = {"type": "line", "step": "middle", "showSymbol": True, "lineStyle": {"type": "dashed"}}
    return [look | {"name": visit.say("kpis.target"), "data": aims}]


def _rows(visit: Visit, items: Sequence[KpiItem], currency: str | None) -> list[list[str]]:
    return [
        [
            point.period,
            *(
                kpi_value(visit, item.unit, _value(item.points[number]), currency)
                for item in items
                if number < len(item.points)
            ),
        ]
        for number, point in enumerate(items[0].points)
    ]
