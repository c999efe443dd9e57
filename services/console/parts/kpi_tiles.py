"""KPIs as tiles: the value, how it moved, and how it stands against its target."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from services.console.parts.pieces import Tone, tile
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.kpis import KpiItem, KpiReport

TONES: Final[Mapping[str, Tone]] = {"on_track": "good", "behind": "warn", "missed": "bad"}
_MINUTE_S: Final = 60
#: Amounts from here on are written without their minor units.
_WHOLE_FROM: Final = 1000


def kpi_value(visit: Visit, unit: str, value: float | None, currency: str | None) -> str:
    """Write a KPI's value in its unit."""
    if value is None:
        return NOTHING
    match unit:
        case "share":
            return visit.formats.percent(value)
        case "money":
            is_whole = abs(value) >= _WHOLE_FROM
            return visit.formats.money(round(value, 2), currency, whole=is_whole)
        case "minutes":
            return _minutes(visit, value)
        case "count":
            return visit.formats.number(value)
        case _:
            return visit.formats.number(value, digits=1)


def _minutes(visit: Visit, value: float) -> str:
    # answered at once, or before anybody was at work: 0 seconds would not be true of the latter
    if round(value) == 0:
        return visit.say("kpis.no_working_minutes")
    return visit.formats.span(value * _MINUTE_S)


def kpi_change(visit: Visit, item: KpiItem, currency: str | None) -> str:
    """Say how a KPI moved against the dates before; a share moves in points."""
    if item.change is None:
        return ""
    arrow = "▲" if item.change > 0 else "▼" if item.change < 0 else "＝"
    if item.unit == "share":
        points = visit.formats.number(abs(item.change) * 100, digits=1)
        return visit.say("kpis.points", arrow=arrow, points=points)
    return f"{arrow} {kpi_value(visit, item.unit, abs(item.change), currency)}"


def kpi_note(visit: Visit, item: KpiItem, currency: str | None) -> str:
    """Say below a KPI's value how it moved and what it should be."""
    if item.actual is None or item.actual.value is None:
        return visit.local(item.no_data)
    said = [kpi_change(visit, item, currency)]
    if item.target is not None:
        aim = kpi_value(visit, item.unit, item.target.value, currency)
        status = visit.say_or(f"kpis.status_{item.status}", "")
        said.append(visit.say("kpis.aim", target=aim, period=item.target.period, status=status))
    return " · ".join(text for text in said if text)


def kpi_period(visit: Visit, item: KpiItem, report: KpiReport) -> str:
    """Say which days a KPI is of: those asked for, or those the last night looked back upon."""
    if item.looks_back_days is None:
        return visit.say("kpis.period_days", days=(report.last - report.first).days + 1)
    if not item.looks_back_days:
        return visit.say("kpis.period_night")
    return visit.say("kpis.period_back", days=item.looks_back_days)


def kpi_tile(visit: Visit, item: KpiItem, report: KpiReport) -> None:
    """Show a KPI; it leads to what it means and how it went."""
    value = item.actual.value if item.actual is not None else None
    period, said = kpi_period(visit, item, report), kpi_note(visit, item, report.currency)
    tile(
        visit.local(item.name),
        kpi_value(visit, item.unit, value, report.currency),
        note=f"{period} · {said}" if said else period,
        href=f"/kpis/{quote(item.key, safe='')}",
        tone=TONES.get(item.status or "", "plain"),
    )
