"""One source: its grades and what they rest on, its trend, what it sent by the hour."""

import asyncio
from collections.abc import Sequence

from nicegui import ui

from services.console.pages.data.log import show_hours
from services.console.pages.data.sources import DAYS, heard_of, show_trend
from services.console.pages.data.ways import kind_word, reason_word, show_way_back, tone_of
from services.console.parts.charts import plain_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import empty, fact, grid, section, tag
from services.console.reading import data
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.connectors import Connector
from shared.contracts.quality import QualityReport

DIMENSIONS = ("validity", "identity", "detail", "time")


@page("/data/sources/{source_id}", "data")
async def show_source(visit: Visit, source_id: str) -> None:
    """Show how good what one source sends is, and why."""
    retitle(visit.say("data.source_named", name=source_id))
    show_way_back(visit, "data.back", "/data")
    reports, senders, days = await asyncio.gather(
        tried(data.quality_reports(visit, source_id)),
        tried(data.connectors(visit)),
        tried(data.quality_days(visit, source_id, DAYS)),
    )
    if isinstance(reports, Fault):
        fault_card(visit, reports)
        return
    if not reports.items:
        empty(visit.say("data.no_such_source"), label=visit.say("data.back"), then="/data")
        return
    report = reports.items[0]
    with grid():
        _grades(visit, report, _own(senders, source_id))
        _figures(visit, report)
    with section(visit.say("data.trend"), note=visit.say("data.trend_note", days=DAYS)):
        show_trend(visit, days, DAYS)
    with section(visit.say("data.reasons")):
        _reasons(visit, report)
    with section(visit.say("data.hours"), note=visit.say("data.hours_note")):
        await show_hours(visit, source_id)


def _own(senders: Page[Connector] | Fault, source_id: str) -> Connector | None:
    listed: Sequence[Connector] = () if isinstance(senders, Fault) else senders.items
    return next((each for each in listed if each.source_id == source_id), None)


def _grades(visit: Visit, report: QualityReport, sender: Connector | None) -> None:
    with section(visit.say("data.grades"), note=visit.say("data.grades_note")):
        for name in DIMENSIONS:
            grade = getattr(report.grades, name)
            with ui.element("div").classes("tl-fact"):
                ui.label(visit.say(f"data.dimension_{name}")).classes("tl-fact-label")
                with ui.element("div"):
                    tag(grade or visit.say("data.not_judged"), tone_of(grade))
        if sender is not None:
            fact(visit.say("data.kind"), kind_word(visit, sender.kind))
            fact(visit.say("data.heard"), heard_of(visit, sender, report))
            fact(visit.say("data.namespace"), sender.order_namespace)
            word = "data.authority_yes" if sender.is_authoritative else "data.authority_no"
            fact(visit.say("data.authority"), visit.say(word))
            if sender.platforms:
                fact(visit.say("data.platforms"), ", ".join(sender.platforms))


def _figures(visit: Visit, report: QualityReport) -> None:
    write, whole = visit.formats, report.completeness
    with section(visit.say("data.rests_on"), note=_looked_at(visit, report)):
        fact(visit.say("data.has_customer"), write.percent(whole.customer))
        fact(visit.say("data.has_store"), write.percent(whole.store))
        fact(visit.say("data.has_category"), write.percent(whole.category))
        fact(visit.say("data.has_cost"), write.percent(whole.cost))
        fact(visit.say("data.time_suspect"), write.percent(report.time_suspect_share))
        if report.lateness_s is not None:
            fact(visit.say("data.late_half"), write.span(report.lateness_s.p50))
            fact(visit.say("data.late_most"), write.span(report.lateness_s.p90))
        fact(visit.say("data.usual_gap"), write.span(report.freshness.usual_gap_s))
        fact(visit.say("data.returned"), write.number(report.returns.returns))
        fact(visit.say("data.returned_orphan"), write.percent(report.returns.orphan))


def _looked_at(visit: Visit, report: QualityReport) -> str:
    return visit.say("data.looked_at", n=visit.formats.number(report.observed_events))


def _reasons(visit: Visit, report: QualityReport) -> None:
    if not report.rejected_by_reason:
        empty(visit.say("data.nothing_refused"))
        return
    plain_table(
        [visit.say("data.reason"), visit.say("data.times")],
        [
            [reason_word(visit, reason), visit.formats.number(times)]
            for reason, times in report.rejected_by_reason.items()
        ],
    )
