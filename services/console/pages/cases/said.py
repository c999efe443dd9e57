"""What was said: every piece of feedback, and how satisfied people are from week to week."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from nicegui import ui

from services.console.pages.cases.inbox import PAGES
from services.console.pages.cases.ratings import counted_options, ratings_lines, weeks_of
from services.console.pages.cases.rows import feedback_row
from services.console.parts.care import kinds, said_channels
from services.console.parts.charts import chart
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import empty, section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.said import list_feedback, ratings_by_week
from services.console.visiting.visit import Visit
from shared.contracts.kpis import KpiReport

_WEEKS: Final = 26
_PAGE: Final = 25
_RATINGS: Final = tuple(range(11))


@page("/feedback", "cases")
async def said(visit: Visit, kind: str = "", channel: str = "") -> None:
    """Show what customers said, the newest first."""
    retitle(visit.say("cases.said"))
    ways(visit, "cases", "/feedback", PAGES)
    today = visit.now().astimezone(visit.house.zone).date()
    report = await tried(ratings_by_week(visit, today - timedelta(weeks=_WEEKS), today))
    with section(visit.say("cases.ratings"), note=visit.say("cases.ratings_note")):
        if isinstance(report, Fault):
            fault_card(visit, report)
        else:
            _ratings(visit, report)
    with section(visit.say("cases.all_said")):
        await _listed(visit, {"kind": kind, "channel": channel})


def _ratings(visit: Visit, report: KpiReport) -> None:
    weeks = weeks_of(report)
    if not any(week.count for line in weeks.values() for week in line):
        empty(visit.say("cases.no_ratings"), label=visit.say("cases.ask"), then="/surveys")
        return
    names = {item.key: visit.local(item.name) for item in report.items}
    head = [visit.say("cases.week")]
    for name in names.values():
        head += [name, visit.say("cases.answers_of", name=name)]
    chart(
        visit,
        counted_options(weeks, names),
        summary=visit.say("cases.ratings_summary", weeks=_WEEKS),
        head=head,
        rows=ratings_lines(visit, report),
    )


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await list_feedback(
            visit, asked_of(filters.given(), visit.house.zone), cursor, limit
        )
        return [feedback_row(visit, item) for item in found.items], found.next_cursor

    say = visit.say
    columns = [
        Column("at", say("cases.when"), min_width=200),
        Column("kind", say("cases.column_kind"), min_width=150),
        Column("rating", say("cases.rating"), "number", min_width=90),
        Column("text", say("cases.text"), min_width=260),
        Column("customer", say("cases.column_customer"), "link", min_width=130),
        Column("tier", say("cases.column_tier"), min_width=110),
        Column("channel", say("cases.column_channel"), min_width=100),
    ]
    empty_text, label = say("cases.nothing_said"), say("cases.all_said")
    table = PagedTable(visit, columns, fetch, empty_text, label, page_size=_PAGE)
    filters = Filters(visit, table.restart, chosen)
    with ui.element("div").classes("tl-form"):
        filters.choose("kind", say("cases.column_kind"), kinds(visit))
        filters.choose("channel", say("cases.column_channel"), said_channels(visit))
        ratings = {str(each): str(each) for each in _RATINGS}
        filters.choose("min_rating", say("cases.rating_from"), ratings)
        filters.choose("max_rating", say("cases.rating_to"), ratings)
        filters.day("since", say("cases.since"))
        filters.day("until", say("cases.until_day"))
    await table.show()


def asked_of(given: Mapping[str, object], zone: ZoneInfo) -> dict[str, object]:
    """Ask for whole days of the shop: until includes its day."""
    asked = dict(given)
    for name, later in (("since", 0), ("until", 1)):
        if day := asked.get(name):
            begins = datetime.fromisoformat(str(day)).replace(tzinfo=zone)
            asked[name] = (begins + timedelta(days=later)).isoformat()
    return asked
