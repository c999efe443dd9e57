"""What the overview's charts show: options for ECharts and the figures as written rows, pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.parts.charts import AS_SHORT
from services.console.parts.pictures import Picture
from services.console.visiting.visit import Visit
from shared.contracts.common import Money
from shared.contracts.overview import Distribution, DistributionHistory

#: In the order of a customer's life, not of the alphabet.
STAGES: Final = ("prospect", "new", "active", "reactivated", "at_risk", "churned")


def stage_name(visit: Visit, stage: str | None) -> str:
    """Name a stage of life."""
    return visit.say_or(f"care.lifecycle_{stage}", visit.say("overview.stage_unknown"))


def tiers_by_stage(visit: Visit, found: Distribution) -> Picture:
    """Stack the customers of each tier by their stage, the highest tier on top."""
    known = {cell.lifecycle for cell in found.cells}
    stages = [stage for stage in STAGES if stage in known]
    counts = {(cell.tier, cell.lifecycle): cell.customers for cell in found.cells}
    series = [
        {
            "type": "bar",
            "stack": "all",
            "barMaxWidth": 44,
            "name": stage_name(visit, stage),
            "data": [counts.get((tier.tier, stage), 0) for tier in found.tiers],
        }
        for stage in stages
    ]
    options = {
        "legend": {"top": 0},
        "xAxis": {"type": "value", "axisLabel": {":formatter": AS_SHORT}},
        "yAxis": {"type": "category", "data": [visit.local(tier.name) for tier in found.tiers]},
        "series": series,
    }
    rows = _tier_rows(visit, found, stages, counts)
    named = [visit.say("overview.of_tier", tier=row[0], customers=row[-2]) for row in rows]
    summary = visit.say("overview.comma").join(named)
    stage_names = [stage_name(visit, stage) for stage in stages]
    last = [visit.say("overview.customers"), visit.say("overview.expected")]
    return Picture(options, summary, [visit.say("overview.tier"), *stage_names, *last], rows)


def _tier_rows(
    visit: Visit,
    found: Distribution,
    stages: Sequence[str],
    counts: Mapping[tuple[str, str | None], int],
) -> list[list[str]]:
    number = visit.formats.number
    return [
        [
            visit.local(tier.name),
            *(number(counts.get((tier.tier, stage), 0)) for stage in stages),
            number(tier.customers),
            money_of(visit, tier.expected),
        ]
        for tier in reversed(found.tiers)
    ]


def money_of(visit: Visit, money: Money | None) -> str:
    """Write an amount without its minor units."""
    if money is None:
        return visit.formats.money(None, None)
    return visit.formats.money(money.amount, money.currency, whole=True)


def tiers_over_time(visit: Visit, found: DistributionHistory, names: Mapping[str, str]) -> Picture:
    """Draw the customers of each tier at the end of each part of the time."""
    area = {"type": "line", "stack": "all", "areaStyle": {"opacity": 0.35}, "showSymbol": False}
    return _over_time(visit, found, names, area, [dict(point.tiers) for point in found.points])


def stages_over_time(visit: Visit, found: DistributionHistory) -> Picture:
    """Draw the customers of each stage at the end of each part of the time."""
    names = {stage: stage_name(visit, stage) for stage in STAGES}
    line = {"type": "line", "showSymbol": True}
    return _over_time(visit, found, names, line, [dict(point.stages) for point in found.points])


def with_stages(found: DistributionHistory) -> DistributionHistory | None:
    """Keep the dates whose stages are known; None where a line would lack one of its ends."""
    known = [point for point in found.points if point.stages]
    return found.model_copy(update={"points": known}) if len(known) > 1 else None


def _over_time(
    visit: Visit,
    found: DistributionHistory,
    names: Mapping[str, str],
    look: Mapping[str, Any],
    counts: Sequence[Mapping[str, int]],
) -> Picture:
    keys = [key for key in names if any(key in count for count in counts)]
    dates = [visit.formats.date(point.date) for point in found.points]
    options = {
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": dates},
        "yAxis": {"type": "value", "axisLabel": {":formatter": AS_SHORT}},
        "series": [
            {**look, "name": names[key], "data": [count.get(key) for count in counts]}
            for key in keys
        ],
    }
    rows = [
        [day, *(visit.formats.number(count.get(key)) for key in keys)]
        for day, count in zip(dates, counts, strict=True)
    ]
    head = [visit.say("overview.date"), *(names[key] for key in keys)]
    return Picture(options, _course(visit, head, rows), head, rows)


def _course(visit: Visit, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Say how each line went from its first point to its last."""
    if not rows:
        return visit.say("overview.no_history")
    parts = zip(head[1:], rows[0][1:], rows[-1][1:], strict=True)
    return visit.say("overview.comma").join(
        visit.say("overview.course", name=name, first=a, last=b) for name, a, b in parts
    )
