"""The sources: how good the shop's data is, who sends, and how that went day by day."""

import asyncio
from typing import Any

from nicegui import ui

from services.console.pages.data.trend import trend_of, whole_days
from services.console.pages.data.ways import kind_word, show_ways, source_href, tone_of
from services.console.parts.charts import chart, small_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page
from services.console.parts.pieces import empty, section, tag, tile, tiles
from services.console.reading import data
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.connectors import Connector
from shared.contracts.quality import QualityDay, QualityReport, QualitySummary
from shared.contracts.quarantine import QuarantineSummary

DAYS = 30
Days = Page[QualityDay]
Listed = Page[Any]


@page("/data", "data")
async def show_sources(visit: Visit) -> None:
    """Show the grade of the shop's data, its sources, and how much of what came was good."""
    show_ways(visit, "/data")
    (
        (summary, reports, senders, days),
        (waiting, stores, products, conflicts),
    ) = await asyncio.gather(_judged(visit), _counted(visit))
    _grade(visit, summary)
    with tiles():
        _waiting(visit, waiting)
        _count(visit, "data.open_conflicts", conflicts, "/data/conflicts")
        _count(visit, "data.stores", stores)
        _count(visit, "data.products", products)
    with section(visit.say("data.sources"), note=visit.say("data.sources_note")):
        _sources(visit, senders, reports)
    with section(visit.say("data.trend"), note=visit.say("data.trend_note", days=DAYS)):
        show_trend(visit, days, DAYS)


async def _judged(
    visit: Visit,
) -> tuple[
    QualitySummary | Fault, Page[QualityReport] | Fault, Page[Connector] | Fault, Days | Fault
]:
    return await asyncio.gather(
        tried(data.quality_summary(visit)),
        tried(data.quality_reports(visit)),
        tried(data.connectors(visit)),
        tried(data.quality_days(visit, None, DAYS)),
    )


async def _counted(
    visit: Visit,
) -> tuple[QuarantineSummary | Fault, Listed | Fault, Listed | Fault, Listed | Fault]:
    return await asyncio.gather(
        tried(data.quarantine_summary(visit)),
        tried(data.stores(visit)),
        tried(data.products(visit)),
        tried(data.conflicts(visit, is_open=True, cursor=None, limit=data.MOST)),
    )


def _grade(visit: Visit, found: QualitySummary | Fault) -> None:
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    grade = f" ({found.grade})" if found.grade else ""
    with section(visit.say("data.grade")):
        with ui.element("div").classes("tl-row"):
            tag(visit.local(found.word) + grade, tone_of(found.grade))
            ui.label(visit.local(found.sentence)).classes("tl-lines")
        heard = visit.formats.ago(found.last_event_at, visit.now())
        ui.label(visit.say("data.last_heard", ago=heard)).classes("tl-note")


def _waiting(visit: Visit, found: QuarantineSummary | Fault) -> None:
    if isinstance(found, Fault):
        return
    more = "+" if found.is_capped else ""
    tile(
        visit.say("data.waiting"),
        visit.formats.number(found.waiting) + more,
        href="/data/quarantine",
        tone="warn" if found.waiting else "good",
    )


def _count(visit: Visit, word: str, found: Listed | Fault, href: str | None = None) -> None:
    if isinstance(found, Fault):
        return
    more = "+" if found.next_cursor else ""
    tile(visit.say(word), visit.formats.number(len(found.items)) + more, href=href)


def _sources(
    visit: Visit, senders: Page[Connector] | Fault, reports: Page[QualityReport] | Fault
) -> None:
    if isinstance(senders, Fault):
        fault_card(visit, senders)
        return
    if not senders.items:
        empty(
            visit.say("data.no_sources"), label=visit.say("data.to_imports"), then="/data/imports"
        )
        return
    judged = {} if isinstance(reports, Fault) else {each.source: each for each in reports.items}
    head = ("source", "kind", "grade_word", "heard", "received_30", "refused_30", "last_day")
    with small_table([visit.say(f"data.{name}") for name in head]):
        for sender in senders.items:
            _source(visit, sender, judged.get(sender.source_id))


def _source(visit: Visit, sender: Connector, report: QualityReport | None) -> None:
    write, items = visit.formats, report.items if report else None
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.link(sender.source_id, source_href(sender.source_id))
        with ui.element("td"):
            ui.label(kind_word(visit, sender.kind))
        with ui.element("td"):
            grade = report.grade if report else None
            tag(grade or visit.say("data.not_judged"), tone_of(grade))
        with ui.element("td"):
            ui.label(heard_of(visit, sender, report))
        for text in (
            write.number(items.received) if items else NOTHING,
            write.number(items.rejected + items.conflicts) if items else NOTHING,
            write.number(sender.last_day.received),
        ):
            with ui.element("td"):
                ui.label(text)


def heard_of(visit: Visit, sender: Connector, report: QualityReport | None) -> str:
    """Say when a source was last heard of, and whether it is silent for too long."""
    if sender.last_seen_at is None:
        return visit.say("data.never_heard")
    ago = visit.formats.ago(sender.last_seen_at, visit.now())
    is_silent = report is not None and report.freshness.is_silent
    return visit.say("data.silent", ago=ago) if is_silent else ago


def show_trend(visit: Visit, found: Page[QualityDay] | Fault, days: int) -> None:
    """Show what became of items day by day."""
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    shown = whole_days(found.items, days)
    if not shown:
        empty(visit.say("data.no_days"))
        return
    made = trend_of(visit, shown)
    chart(visit, made.options, summary=made.summary, head=made.head, rows=made.rows)
