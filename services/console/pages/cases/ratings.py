"""Ratings from week to week, as a chart and its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.console.parts.charts import Options
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.kpis import KpiItem, KpiPoint, KpiReport


@dataclass(frozen=True, slots=True)
class Week:
    """How many gave a rating in a week."""

    period: str
    count: int


def weeks_of(report: KpiReport) -> dict[str, list[Week]]:
    """Count who gave each rating by week."""
    return {
        item.key: [Week(point.period, answers_in(point)) for point in item.points]
        for item in report.items
    }


def answers_in(point: KpiPoint) -> int:
    """Count the ratings that a week's figure was made of."""
    return (point.figure.denominator or 0) if point.figure else 0


def counted_options(weeks: Mapping[str, Sequence[Week]], names: Mapping[str, str]) -> Options:
    """Draw how many gave each rating by week, one upon the other."""
    periods = [week.period for week in next(iter(weeks.values()), [])]
    return {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": periods},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "stack": "answers",
                "name": names.get(key, key),
                "data": [week.count for week in line],
            }
            for key, line in weeks.items()
        ],
    }


def ratings_lines(visit: Visit, report: KpiReport) -> list[list[str]]:
    """Write each week: the figure of every rating, and how many gave it."""
    if not report.items:
        return []
    return [
        [point.period, *_cells(visit, report.items, number)]
        for number, point in enumerate(report.items[0].points)
    ]


def _cells(visit: Visit, items: Sequence[KpiItem], number: int) -> list[str]:
    cells = []
    for item in items:
        point = item.points[number] if number < len(item.points) else None
        cells.append(_figure(visit, item, point))
        cells.append(visit.formats.number(answers_in(point) if point else 0))
    return cells


def _figure(visit: Visit, item: KpiItem, point: KpiPoint | None) -> str:
    value = point.figure.value if point and point.figure else None
    if value is None:
        return NOTHING
    if item.unit == "share":
        return visit.formats.percent(value, digits=0)
    return visit.formats.number(value, digits=1)
