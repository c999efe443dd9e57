"""The inbox: cases by when their answer is due."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.cases import change_case
from services.console.pages.cases.record import record_feedback
from services.console.pages.cases.rows import (
    STATES,
    at_least,
    case_row,
    first_unowned,
    late_of,
    tier_lines,
    worked,
)
from services.console.parts.care import kinds, priorities, words_for
from services.console.parts.charts import plain_table
from services.console.parts.faults import Fault, told, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, section, tile, tiles
from services.console.parts.reasons import change_then
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.cases import case_times, list_cases
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer, CaseItem, CaseTimes
from shared.contracts.common import Page

PAGES: Final = (("/cases", "cases.inbox"), ("/feedback", "cases.said"))
#: What a list gives at most at once: more than this are "200+".
_MOST: Final = 200
_DAYS: Final = 30
_PAGE: Final = 25


@page("/cases", "cases")
async def inbox(
    visit: Visit,
    *,
    state: str = "received",
    kind: str = "",
    owner: str = "",
    tier: str = "",
    overdue: bool = False,
) -> None:
    """Show who waits for an answer, the most urgent first."""
    ways(visit, "cases", "/cases", PAGES)
    await _figures(visit)
    with section(visit.say("cases.list"), note=visit.say("cases.list_note")):
        _actions(visit)
        chosen = {"state": state, "kind": kind, "owner": owner, "tier": tier, "overdue": overdue}
        await _listed(visit, dict(chosen))


async def _figures(visit: Visit) -> None:
    now = visit.now()
    waiting, late, times = await asyncio.gather(
        tried(list_cases(visit, {"state": "received"}, None, _MOST)),
        tried(list_cases(visit, {"overdue": True}, None, _MOST)),
        tried(case_times(visit, now - timedelta(days=_DAYS), now)),
    )
    if isinstance(waiting, Fault) or isinstance(late, Fault):
        return  # the list below says which service is away
    with tiles():
        _counts(visit, waiting, late, now)
        if not isinstance(times, Fault):
            _speed(visit, times)
    if not isinstance(times, Fault) and times.tiers:
        _by_tier(visit, times)


def _counts(visit: Visit, waiting: Page[CaseItem], late: Page[CaseItem], now: datetime) -> None:
    midnight = now.astimezone(visit.house.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    missed = late_of(late.items, midnight, is_all=late.next_cursor is None)
    open_ones = at_least(visit, len(waiting.items), is_all=waiting.next_cursor is None)
    tile(visit.say("cases.waiting"), open_ones, href="/cases?state=received")
    tile(
        visit.say("cases.overdue"),
        at_least(visit, missed.count, is_all=missed.is_all),
        note=visit.say("cases.overdue_today", n=visit.formats.number(missed.today))
        if missed.is_all
        else "",
        href="/cases?overdue=true&state=",
        tone="bad" if missed.count else "good",
    )


def _speed(visit: Visit, times: CaseTimes) -> None:
    total = times.total
    tile(
        visit.say("cases.breaches"),
        visit.formats.number(total.breaches),
        note=visit.say("cases.of_opened", n=visit.formats.number(total.cases), days=_DAYS),
        tone="bad" if total.breaches else "good",
    )
    tile(
        visit.say("cases.median"),
        worked(visit, total.response_minutes_median),
        note=""
        if total.within_share is None
        else visit.say("cases.within", share=visit.formats.percent(total.within_share, digits=0)),
    )


def _by_tier(visit: Visit, times: CaseTimes) -> None:
    columns = ("tier", "cases", "answered", "within_share", "to_answer", "to_resolve")
    with section(visit.say("cases.by_tier"), note=visit.say("cases.by_tier_note", days=_DAYS)):
        plain_table(
            [visit.say(f"cases.column_{name}") for name in columns], tier_lines(visit, times.tiers)
        )


def _actions(visit: Visit) -> None:
    if not visit.may(Permission.CASES_CHANGE):
        return
    with ui.element("div").classes("tl-row tl-above"):
        take = action(visit.say("cases.take_next"), lambda: _take(visit), icon="front_hand")
        take.props("color=primary")
        action(visit.say("cases.record"), lambda: record_feedback(visit), icon="call")


async def _take(visit: Visit) -> None:
    """Take the most urgent case that is nobody's."""
    async with told(visit):
        found = await list_cases(visit, {"state": "received"}, None, _MOST)
        case = first_unowned(found.items)
        if case is None:
            ui.notify(visit.say("cases.none_free"))
            return
        await take_case(visit, case)


async def take_case(visit: Visit, case: CaseItem) -> None:
    """Make a case somebody's own, and open it."""
    change = change_case(case.case_id, case.version, {"owner": visit.person.name})
    then = f"/cases/{case.case_id}"
    await change_then(visit, visit.say("cases.take"), change, CaseAnswer, then=then)


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await list_cases(visit, filters.given(), cursor, limit)
        now = visit.now()
        return [case_row(visit, case, now) for case in found.items], found.next_cursor

    empty, label = visit.say("cases.empty"), visit.say("cases.list")
    table = PagedTable(visit, _columns(visit), fetch, empty, label, page_size=_PAGE)
    filters = Filters(visit, table.restart, chosen)
    _filters(visit, filters)
    await table.show()


def _filters(visit: Visit, filters: Filters) -> None:
    with ui.element("div").classes("tl-form"):
        filters.choose(
            "state", visit.say("cases.column_state"), words_for(visit, "cases.state_", STATES)
        )
        filters.choose("kind", visit.say("cases.column_kind"), kinds(visit))
        filters.typed("owner", visit.say("cases.column_owner"))
        filters.typed("tier", visit.say("cases.tier_key"))
        filters.choose("priority", visit.say("cases.column_priority"), priorities(visit))
        filters.flag("overdue", visit.say("cases.only_overdue"))


def _columns(visit: Visit) -> list[Column]:
    def named(key: str, width: int | None = None) -> Column:
        return Column(key, visit.say(f"cases.column_{key}"), width=width, min_width=110)

    return [
        Column("case", visit.say("cases.column_case"), "link", min_width=170),
        Column("left", visit.say("cases.column_left"), min_width=150),
        Column("customer", visit.say("cases.column_customer"), "link", min_width=130),
        named("tier"),
        named("priority"),
        named("owner"),
        named("state"),
        named("channel"),
        Column("due", visit.say("cases.column_due"), min_width=170),
    ]
