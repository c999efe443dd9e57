"""Every KPI at a glance."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from nicegui import ui

from services.console.parts.frame import heading, page
from services.console.parts.kpi_tiles import kpi_tile
from services.console.parts.pieces import tiles
from services.console.reading import kpis
from services.console.visiting.visit import Visit
from shared.clock import business_date
from shared.contracts.kpis import KpiItem, KpiReport

_SAID: Final = frozenset(
    {"csat", "nps", "ces", "first_response_time", "survey_response_rate", "offer_acceptance"}
)


@page("/kpis", "kpis")
async def show(visit: Visit) -> None:
    """Show the last 30 days of every KPI."""
    today = business_date(visit.now(), visit.house.zone)
    report = await kpis.kpi_report(visit, kpis.Span(today - timedelta(days=29), today))
    ui.label(visit.say("kpis.intro"))
    ui.label(known_until(visit, report)).classes("tl-note")
    for group, items in grouped(report.items):
        heading(visit.say(f"kpis.group_{group}"))
        with tiles():
            for item in items:
                kpi_tile(visit, item, report)


def known_until(visit: Visit, report: KpiReport) -> str:
    """Say as of when figures are known."""
    if report.rolled_up_to is None:
        return visit.say("kpis.not_rolled_up")
    return visit.say("kpis.rolled_up", day=visit.formats.date(report.rolled_up_to))


def grouped(items: Sequence[KpiItem]) -> list[tuple[str, list[KpiItem]]]:
    """Put KPIs of everybody into groups, in the order they came; empty groups are left out."""
    groups: dict[str, list[KpiItem]] = {"trade": [], "tiers": [], "said": []}
    for item in items:
        if item.slice == "all":
            groups[_group_of(item.key)].append(item)
    return [(name, found) for name, found in groups.items() if found]


def _group_of(key: str) -> str:
    if key in _SAID:
        return "said"
    return "tiers" if "tier" in key or key in {"cost_to_serve", "return_per_customer"} else "trade"
