"""The page everybody sees first."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from nicegui import ui

from services.console.pages.overview import figures, flow_figures, value_figures
from services.console.pages.overview.freshness import show_freshness
from services.console.pages.overview.minutes import LOOKED_BACK_MINUTES, show_minutes
from services.console.parts import faults
from services.console.parts.charts import plain_table
from services.console.parts.frame import page
from services.console.parts.kpi_tiles import kpi_tile
from services.console.parts.pictures import draw
from services.console.parts.pieces import empty, grid, section, tiles
from services.console.reading import data, kpis, overview
from services.console.visiting.visit import Visit
from shared.clock import business_date
from shared.contracts.kpis import KpiItem, KpiReport
from shared.contracts.overview import (
    Concentration,
    Distribution,
    DistributionHistory,
    Migration,
    Status,
    TierChanges,
)
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.quality import QualitySummary

#: Shown beside those that have a target, and before what is not among them.
HEADLINES: Final = (
    "net_spend", "new_customers", "retention", "repeat_rate", "aov", "csat", "nps",
    "value_share_of_top_tier",
)  # fmt: skip
_PLACES: Final = {key: place for place, key in enumerate(HEADLINES)}
SPANS: Final = (7, 30, 90, 180, 365)
USUAL_SPAN: Final = 30
_HISTORY_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class OfShop:
    """What the page shows of the whole shop; what could not be read is a fault in its place."""

    concentration: Concentration | faults.Fault
    status: Status | faults.Fault
    quality: QualitySummary | faults.Fault
    report: KpiReport | faults.Fault


@dataclass(frozen=True, slots=True)
class OfProgramme:
    """What the page shows of one programme."""

    distribution: Distribution | faults.Fault
    history: DistributionHistory | faults.Fault
    migration: Migration | faults.Fault
    changes: TierChanges | faults.Fault


@page("/", "overview")
async def show(visit: Visit, programme: str | None = None, days: int = 30) -> None:
    """Show how the whole shop stands."""
    listed, shop = await asyncio.gather(
        faults.tried(overview.programmes_in_force(visit)), _read_shop(visit)
    )
    # the business first: on a phone only the first tiles are seen
    _key_figures(visit, shop.report)
    show_freshness(visit, shop.status, shop.quality)
    if isinstance(listed, faults.Fault):
        faults.fault_card(visit, listed)
        return
    chosen = next((each for each in listed if each.programme == programme), None)
    chosen = chosen or next(iter(listed), None)
    if chosen is None:
        label = visit.say("overview.to_models")
        empty(visit.say("overview.no_programme"), label=label, then="/accuracy")
        return
    span = days if days in SPANS else USUAL_SPAN
    _choices(visit, listed, chosen, span)
    await _show_programme(visit, chosen, span, shop.concentration)


async def _show_programme(
    visit: Visit,
    chosen: ProgrammeSummary,
    span: int,
    concentration: Concentration | faults.Fault,
) -> None:
    found = await _read_programme(visit, chosen.programme, span)
    names = {tier.key: visit.local(tier.name) for tier in reversed(chosen.tiers)}
    with grid():
        _now(visit, found.distribution)
        _over_time(visit, found.history, names)
        has_stages = _stages(visit, found.history)
        _flows(visit, found.migration, names)
        _value(visit, concentration, names, is_default=chosen.is_default, wide=has_stages)
        show_minutes(visit, chosen.programme, found.changes, names)


async def _read_shop(visit: Visit) -> OfShop:
    today = business_date(visit.now(), visit.house.zone)
    month = kpis.Span(today - timedelta(days=29), today)
    return OfShop(
        *await asyncio.gather(
            faults.tried(overview.concentration(visit)),
            faults.tried(overview.status(visit)),
            faults.tried(data.quality_summary(visit)),
            faults.tried(kpis.kpi_report(visit, month)),
        )
    )


async def _read_programme(visit: Visit, programme: str, days: int) -> OfProgramme:
    today = business_date(visit.now(), visit.house.zone)
    return OfProgramme(
        *await asyncio.gather(
            faults.tried(overview.distribution(visit, programme)),
            faults.tried(_history(visit, programme, today)),
            faults.tried(overview.migration(visit, programme, today - timedelta(days=days))),
            faults.tried(overview.changes(visit, programme, LOOKED_BACK_MINUTES)),
        )
    )


async def _history(visit: Visit, programme: str, today: date) -> DistributionHistory:
    first = today - timedelta(days=_HISTORY_DAYS)
    return await overview.distribution_history(visit, programme, first, "week")


def _choices(
    visit: Visit, listed: list[ProgrammeSummary], chosen: ProgrammeSummary, days: int
) -> None:
    def go(programme: str, span: int) -> None:
        ui.navigate.to(f"/?programme={programme}&days={span}")

    with ui.element("div").classes("tl-form"):
        ui.select(
            {each.programme: visit.local(each.name) for each in listed},
            value=chosen.programme,
            label=visit.say("overview.programme"),
            on_change=lambda event: go(event.value, days),
        ).props("outlined dense")
        ui.select(
            {span: visit.say("overview.days", days=span) for span in SPANS},
            value=days,
            label=visit.say("overview.flows_over"),
            on_change=lambda event: go(chosen.programme, event.value),
        ).props("outlined dense")


def _key_figures(visit: Visit, report: KpiReport | faults.Fault) -> None:
    if isinstance(report, faults.Fault):
        faults.fault_card(visit, report)
        return
    aimed = [item for item in report.items if item.target is not None]
    known = {item.key: item for item in report.items if _has_value(item)}
    chosen = aimed + [known[key] for key in HEADLINES if key in known and not known[key].target]
    shown = chosen[: max(len(HEADLINES), len(aimed))]
    with tiles():
        for item in sorted(shown, key=lambda one: _PLACES.get(one.key, len(_PLACES))):
            kpi_tile(visit, item, report)


def _has_value(item: KpiItem) -> bool:
    return item.actual is not None and item.actual.value is not None


def _now(visit: Visit, found: Distribution | faults.Fault) -> None:
    with section(visit.say("overview.now")):
        if isinstance(found, faults.Fault):
            faults.fault_card(visit, found)
        elif not found.cells:
            empty(visit.say("overview.not_counted"))
        else:
            at = visit.formats.ago(found.counted_at, visit.now())
            ui.label(visit.say("overview.counted", ago=at)).classes("tl-note")
            draw(visit, figures.tiers_by_stage(visit, found), height=260)


def _stages(visit: Visit, found: DistributionHistory | faults.Fault) -> bool:
    """Show the stages of life over time where nights have counted them; say whether they have."""
    known = None if isinstance(found, faults.Fault) else figures.with_stages(found)
    if not known:
        return False
    with section(visit.say("overview.stages")):
        draw(visit, figures.stages_over_time(visit, known), height=260)
    return True


def _over_time(
    visit: Visit, found: DistributionHistory | faults.Fault, names: Mapping[str, str]
) -> None:
    with section(visit.say("overview.over_time")):
        if isinstance(found, faults.Fault):
            faults.fault_card(visit, found)
        elif len(found.points) < 2:
            empty(visit.say("overview.no_history"))
        else:
            draw(visit, figures.tiers_over_time(visit, found, names), height=260)


def _flows(visit: Visit, found: Migration | faults.Fault, names: Mapping[str, str]) -> None:
    with section(visit.say("overview.flows")):
        if isinstance(found, faults.Fault):
            faults.fault_card(visit, found)
        elif not found.cells:
            empty(visit.say("overview.no_flows"))
        else:
            draw(visit, flow_figures.flows(visit, found, names), height=300)


def _value(
    visit: Visit,
    found: Concentration | faults.Fault,
    names: Mapping[str, str],
    *,
    is_default: bool,
    wide: bool,
) -> None:
    with section(visit.say("overview.value"), wide=wide):
        if isinstance(found, faults.Fault):
            faults.fault_card(visit, found)
        elif found.expected is None:
            empty(visit.say("overview.not_counted"))
        else:
            draw(visit, value_figures.value_curve(visit, found), height=300)
            if is_default:
                keys = ("tier", "customers", "curve_expected", "curve_net")
                head = [visit.say(f"overview.{key}") for key in keys]
                plain_table(head, value_figures.tier_shares(visit, found, names))
