"""The audit log: who did what to what, when and why; to be taken away as a file."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.ops import WAYS
from services.console.pages.ops.said import act_cells, act_row
from services.console.parts.downloads import File, begun, download
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.ops import all_acts, list_acts
from services.console.visiting.visit import Visit
from shared.csv_cells import csv_row

_FILE: Final = "/files/audit.csv"
_HEAD: Final = ("at", "actor", "action", "subject", "reason", "details")
_TEXTS: Final = ("actor", "action", "subject")
#: Lines written before they are sent: a row a packet would be slow.
_LINES_A_PIECE: Final = 500


@page("/ops/audit", "ops", may=Permission.AUDIT_READ)
async def audit(
    visit: Visit,
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    since: str = "",
    until: str = "",
) -> None:
    """Show what was done, newest first."""
    ways(visit, "ops", "/ops/audit", WAYS)
    with section(visit.say("ops.audit"), note=visit.say("ops.audit_note")):
        chosen = {"actor": actor, "action": action, "subject": subject}
        await _listed(visit, {**chosen, "since": since, "until": until})


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await list_acts(visit, asked_for(visit, filters.given()), cursor, limit)
        return [act_row(visit, entry) for entry in found.items], found.next_cursor

    def take_away() -> None:
        given = {key: str(value) for key, value in filters.given().items()}
        ui.navigate.to(f"{_FILE}?{urlencode(given)}")

    table = PagedTable(
        visit, _columns(visit), fetch, visit.say("ops.no_acts"), visit.say("ops.audit")
    )
    filters = Filters(visit, table.restart, chosen)
    with ui.element("div").classes("tl-form tl-below"):
        for key in _TEXTS:
            filters.typed(key, visit.say(f"ops.column_{key}"))
        filters.day("since", visit.say("ops.since"))
        filters.day("until", visit.say("ops.until"))
    with ui.element("div").classes("tl-row tl-below tl-above"):
        action(visit.say("ops.take_away"), take_away, icon="download")
    await table.show()


def _columns(visit: Visit) -> list[Column]:
    widths = {
        "at": 165, "actor": 215, "action": 165, "subject": 175, "reason": 165, "outcome": 115,
        "details": 300,
    }  # fmt: skip
    return [
        Column(key, visit.say(f"ops.column_{key}"), min_width=width)
        for key, width in widths.items()
    ]


def asked_for(visit: Visit, given: Mapping[str, object]) -> dict[str, object]:
    """Turn what was chosen into what the service takes: dates are days of the shop's zone."""
    asked: dict[str, object] = {key: given[key] for key in _TEXTS if given.get(key)}
    for key, days in (("since", 0), ("until", 1)):  # the last day is taken whole
        midnight = _midnight(visit, given.get(key), days)
        if midnight is not None:
            asked[key] = midnight.isoformat()
    return asked


def _midnight(visit: Visit, text: object, days: int) -> datetime | None:
    try:
        day = date.fromisoformat(str(text)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), visit.house.zone)


@download(_FILE, may=Permission.AUDIT_READ)
async def audit_file(
    visit: Visit,
    *,
    actor: str = "",
    action: str = "",
    subject: str = "",
    since: str = "",
    until: str = "",
) -> File:
    """Give the audit log as CSV, as far as it is asked for."""
    chosen = {"actor": actor, "action": action, "subject": subject}
    asked = asked_for(visit, {**chosen, "since": since, "until": until})
    name = f"audit-{visit.now().astimezone(visit.house.zone):%Y-%m-%d}.csv"
    return File(name, "text/csv; charset=utf-8", await begun(_pieces(visit, asked)))


async def _pieces(visit: Visit, asked: Mapping[str, object]) -> AsyncIterator[bytes]:
    lines = ["\ufeff", csv_row(_HEAD)]  # the mark lets spreadsheets read Chinese
    async for entry in all_acts(visit, asked):
        lines.append(csv_row(act_cells(entry)))
        if len(lines) >= _LINES_A_PIECE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()
