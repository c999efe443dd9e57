"""One KPI: what it means, how it went, what it should be."""

import asyncio
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from services.console.pages.kpis.course import course
from services.console.pages.kpis.targets import show_targets
from services.console.parts.frame import page, retitle
from services.console.parts.pictures import draw
from services.console.parts.pieces import empty, fact, section
from services.console.reading import kpis, overview
from services.console.visiting.visit import Visit
from shared.clock import business_date
from shared.contracts.kpis import KpiDefinition
from shared.contracts.programmes import ProgrammeSummary

GRAINS: Final = ("day", "week", "month")
SPANS: Final = (30, 90, 365, 730)


@page("/kpis/{key}", "kpis")
async def show(visit: Visit, key: str, grain: str = "week", days: int = 90, of: str = "") -> None:
    """Show one KPI."""
    definition = await kpis.kpi_definition(visit, key)
    retitle(visit.local(definition.name))
    today = business_date(visit.now(), visit.house.zone)
    kinds = slices_of(definition)
    asked = kpis.Span(
        today - timedelta(days=(days if days in SPANS else 90) - 1),
        today,
        grain if grain in GRAINS else "week",
        of if of in kinds else kinds[0],
    )
    report, targets, programmes = await asyncio.gather(
        kpis.kpi_report(visit, asked, [key]),
        kpis.kpi_targets(visit, key),
        overview.programmes_in_force(visit),
    )
    names = slice_names(visit, programmes)
    with section(visit.say("kpis.course"), wide=True):
        _choices(visit, definition, asked)
        picture = course(visit, definition, report, names) if report.items else None
        if picture is None:
            empty(visit.say("kpis.no_points"))
        else:
            draw(visit, picture, height=320)
    _meaning(visit, definition)
    show_targets(visit, definition, (targets, report.currency), names)


def slices_of(definition: KpiDefinition) -> list[str]:
    """List what a KPI can be cut by; some have no figure of everybody."""
    whole = [] if definition.key in {"tier_distribution", "tier_migration"} else ["all"]
    return whole + definition.cuts


def slice_names(visit: Visit, programmes: list[ProgrammeSummary]) -> dict[str, str]:
    """Name programmes and their tiers as slices do."""
    names = {each.programme: visit.local(each.name) for each in programmes}
    for each in programmes:
        for tier in each.tiers:
            own = visit.local(tier.name)
            names[f"{each.programme}:{tier.key}"] = f"{own} ({visit.local(each.name)})"
    return names


def _choices(visit: Visit, definition: KpiDefinition, asked: kpis.Span) -> None:
    chosen: dict[str, object] = {
        "grain": asked.grain,
        "days": (asked.last - asked.first).days + 1,
        "of": asked.slice_key,
    }
    options: dict[str, dict[object, str]] = {
        "grain": {grain: visit.say(f"kpis.grain_{grain}") for grain in GRAINS},
        "days": {days: visit.say("kpis.last_days", days=days) for days in SPANS},
        "of": {kind: visit.say(f"kpis.slice_{kind}") for kind in slices_of(definition)},
    }
    labels = {"grain": "kpis.grain", "days": "kpis.span", "of": "kpis.slice"}

    def go(name: str, value: object) -> None:
        ui.navigate.to(f"/kpis/{definition.key}?{urlencode({**chosen, name: value})}")

    with ui.element("div").classes("tl-form"):
        for name, label in labels.items():
            ui.select(
                options[name],
                value=chosen[name],
                label=visit.say(label),
                on_change=lambda event, name=name: go(name, event.value),
            ).props("outlined dense")


def _meaning(visit: Visit, definition: KpiDefinition) -> None:
    with section(visit.say("kpis.meaning")):
        ui.label(visit.local(definition.words)).classes("tl-lines")
        fact(visit.say("kpis.made_of"), _made_of(visit, definition))
        fact(visit.say("kpis.unit"), visit.say(f"kpis.unit_{definition.unit}"))
        fact(visit.say("kpis.better"), visit.say(f"kpis.better_{definition.better}"))
        back = definition.window_days
        said = visit.say("kpis.days", days=back) if back else visit.say("kpis.the_day")
        fact(visit.say("kpis.looks_back"), said)


def _made_of(visit: Visit, definition: KpiDefinition) -> str:
    parts = [definition.numerator, definition.denominator]
    plain = " / ".join(part for part in parts if part is not None)
    return visit.say_or(f"kpis.made_{definition.key}", plain)
