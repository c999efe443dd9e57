"""Who is about to be lost, who comes less often, and which greetings come."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from nicegui import ui

from services.console.pages.winback.rows import coming_lines, drop_row, festival_lines, win_back_row
from services.console.parts.charts import plain_table
from services.console.parts.downloads import File, begun, download
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import empty, section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.care import festivals, list_drops, list_win_back, win_back_table
from services.console.reading.playbooks import playbook_preview
from services.console.reading.segments import list_segments
from services.console.visiting.services import ServiceRefused
from services.console.visiting.visit import Visit
from shared.contracts.previews import PlaybookPreview

PAGES: Final = (
    ("/win-back", "winback.title"),
    ("/win-back/drops", "winback.drops"),
    ("/win-back/greetings", "winback.greetings"),
)
_PAGE: Final = 25
_WIDTHS: Final = {
    "lifecycle": 85, "why": 240, "gain": 120, "value": 125, "spend": 125, "recoverable": 80,
    "quiet": 105, "expected": 92, "orders": 90,
}  # fmt: skip
#: The playbook that comes with Tierline; a shop may write its own instead.
_BIRTHDAYS: Final = "birthday"
#: Of a segment or of everybody, from a cursor on, so many.
_Fetch = Callable[[str | None, str | None, int], Awaitable[Fetched]]


class _Listed(NamedTuple):
    """A list: its words, those where it is empty, its columns of figures, its table if any."""

    name: str
    nothing: str
    figures: tuple[str, ...]
    download: str = ""


@page("/win-back", "winback")
async def win_back(visit: Visit, segment: str = "") -> None:
    """Show whom to win back, the largest gain first."""

    async def fetch(chosen: str | None, cursor: str | None, limit: int) -> Fetched:
        found = await list_win_back(visit, chosen, cursor, limit)
        return [win_back_row(visit, item) for item in found.items], found.next_cursor

    ways(visit, "winback", "/win-back", PAGES)
    figures = ("gain", "value", "recoverable", "quiet", "last_order")
    shown = _Listed("list", "empty", figures, "/win-back.csv")
    await _show_list(visit, shown, fetch, segment)


@download("/win-back.csv")
async def win_back_csv(visit: Visit, segment: str = "") -> File:
    """Give the list as a table for spreadsheets."""
    pieces = await begun(win_back_table(visit, segment or None))
    return File("win-back.csv", "text/csv", pieces)


@page("/win-back/drops", "winback")
async def drops(visit: Visit, segment: str = "") -> None:
    """Show who comes less often than they used to."""

    async def fetch(chosen: str | None, cursor: str | None, limit: int) -> Fetched:
        found = await list_drops(visit, chosen, cursor, limit)
        return [drop_row(visit, item) for item in found.items], found.next_cursor

    retitle(visit.say("winback.drops"))
    ways(visit, "winback", "/win-back/drops", PAGES)
    figures = ("spend", "orders", "expected", "quiet", "last_order")
    await _show_list(visit, _Listed("drops", "no_drops", figures), fetch, segment)


async def _show_list(visit: Visit, shown: _Listed, fetch: _Fetch, segment: str) -> None:
    """Show a list of a segment's customers, or of everybody's."""

    async def chosen(cursor: str | None, limit: int) -> Fetched:
        return await fetch(str(filters.given().get("segment", "")) or None, cursor, limit)

    name = visit.say(f"winback.{shown.name}")
    with section(name, note=visit.say(f"winback.{shown.name}_note")):
        columns, nothing = _columns(visit, shown.figures), visit.say(f"winback.{shown.nothing}")
        table = PagedTable(visit, columns, chosen, nothing, name, page_size=_PAGE)
        filters = Filters(visit, table.restart, {"segment": segment})
        with ui.element("div").classes("tl-form"):
            await _choose_segment(visit, filters)
            if shown.download:
                ui.link(visit.say("winback.csv"), shown.download).props("download")
        await table.show()


def _columns(visit: Visit, figures: tuple[str, ...]) -> list[Column]:
    """Lay out what decides first, so that 1280 pixels show it: who, what to do, stage, why."""

    def named(key: str) -> Column:
        return Column(key, visit.say(f"winback.column_{key}"), min_width=_WIDTHS.get(key, 100))

    return [
        Column("customer", visit.say("winback.column_customer"), "link", min_width=115),
        Column("task", visit.say("winback.column_task"), "link", min_width=95),
        *(named(key) for key in ("lifecycle", "why", *figures)),
    ]


async def _choose_segment(visit: Visit, filters: Filters) -> None:
    """Offer the segments by name; with scoring away a key can still be typed."""
    found = await tried(list_segments(visit))
    if isinstance(found, Fault):
        filters.typed("segment", visit.say("winback.segment"))
        return
    named = {each.key: visit.local(each.name) for each in found.items}
    filters.choose("segment", visit.say("winback.segment"), named)


@page("/win-back/greetings", "winback")
async def greetings(visit: Visit) -> None:
    """Show which festivals and birthdays come."""
    retitle(visit.say("winback.greetings"))
    ways(visit, "winback", "/win-back/greetings", PAGES)
    today = visit.now().astimezone(visit.house.zone).date()
    found, coming = await tried(festivals(visit)), await tried(playbook_preview(visit, _BIRTHDAYS))
    with section(visit.say("winback.festivals"), note=visit.say("winback.festivals_note")):
        if isinstance(found, Fault):
            fault_card(visit, found)
        else:
            head = ("festival", "day", "in", "calendar")
            plain_table(
                [visit.say(f"winback.column_{name}") for name in head],
                festival_lines(visit, found, today),
            )
    with section(visit.say("winback.birthdays"), note=visit.say("winback.birthdays_note")):
        _birthday_list(visit, coming)


def _birthday_list(visit: Visit, coming: PlaybookPreview | Fault) -> None:
    if isinstance(coming, Fault) and is_unknown(coming):
        link = visit.say("winback.to_playbooks")
        empty(visit.say("winback.no_birthday_playbook"), label=link, then="/playbooks")
    elif isinstance(coming, Fault):
        fault_card(visit, coming)
    elif coming.coming:
        head = ("contact_on", "occasion", "day", "customers")
        plain_table(
            [visit.say(f"winback.column_{name}") for name in head], coming_lines(visit, coming)
        )
    else:
        empty(visit.say("winback.no_birthdays"))


def is_unknown(fault: Fault) -> bool:
    """Tell whether there is no such thing, rather than a service away."""
    error = fault.error
    return isinstance(error, ServiceRefused) and error.problem.status == HTTPStatus.NOT_FOUND
