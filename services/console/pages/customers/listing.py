"""Find a customer by whatever is in hand, or list those who matter now."""

from typing import Final

from nicegui import ui

from services.console.pages.customers.list_address import (
    EXPORT,
    begun_with,
    export_path,
    list_path,
    meant_words,
    part_of,
)
from services.console.pages.customers.rows import found_line, in_force, list_body, list_row
from services.console.parts.care import customer_href, lifecycles
from services.console.parts.charts import small_table
from services.console.parts.downloads import File, begun, download
from services.console.parts.faults import Fault, fault_card, told, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, empty, section
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading import customers as reading
from services.console.reading.programmes import list_programmes
from services.console.reading.segments import list_segments
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.search import SearchAnswer
from shared.contracts.segments import SegmentAnswer

_PAGE: Final = 50
_SORTS: Final = ("value", "customer_id")


@page("/customers", "customers")
async def listing(
    visit: Visit,
    *,
    q: str = "",
    programme: str = "",
    tier: str = "",
    lifecycle: str = "",
    segment: str = "",
    min_value: str = "",
    max_value: str = "",
    bought_from: str = "",
    bought_until: str = "",
    sort: str = "",
    part: str = "",
) -> None:
    """Show the box to search with, and the list; `part` says which page of it."""
    await _search(visit, q)
    programmes, segments = await tried(list_programmes(visit)), await tried(list_segments(visit))
    with section(visit.say("customers.list"), note=visit.say("customers.list_note")):
        if isinstance(programmes, Fault):
            fault_card(visit, programmes)
            return
        given = {
            "programme": programme, "tier": tier, "lifecycle": lifecycle, "segment": segment,
            "min_value": min_value, "max_value": max_value, "bought_from": bought_from,
            "bought_until": bought_until, "sort": sort or _SORTS[0],
        }  # fmt: skip
        known = [] if isinstance(segments, Fault) else segments.items
        live = in_force(programmes)
        await _listed(visit, live, known, begun_with(given, live), part_of(part))


async def _search(visit: Visit, query: str) -> None:
    with section(visit.say("customers.search"), note=visit.say("customers.search_note")):
        with ui.element("div").classes("tl-form"):
            box = ui.input(visit.say("customers.search_box"), value=query)
            box.props("outlined dense clearable maxlength=200 autocomplete=off").classes("tl-fill")

            async def run() -> None:
                async with told(visit):
                    await _find(visit, str(box.value or "").strip(), found)

            box.on("keydown.enter", run)
            action(visit.say("customers.find"), run, icon="search", main=True)
        found = ui.element("div").props("role=status")
    if query:
        await run()


async def _find(visit: Visit, query: str, place: ui.element) -> None:
    if not query:
        return
    answer = await reading.search(visit, query)
    only = answer.items[0] if len(answer.items) == 1 and not answer.has_more else None
    if only is not None and only.customer_id:
        ui.navigate.to(customer_href(only.customer_id))
        return
    place.clear()
    with place:
        _found(visit, answer)


def _found(visit: Visit, answer: SearchAnswer) -> None:
    if not answer.items:
        empty(visit.say("customers.none_found"))
        return
    head = ("customer", "found_by", "name", "last_seen", "merged_into")
    with small_table([visit.say(f"customers.{name}") for name in head]):
        for item in answer.items:
            first, *cells = found_line(visit, item)
            with ui.element("tr"):
                with ui.element("th").props("scope=row"):
                    ui.link(first, customer_href(item.customer_id))
                for text in cells:
                    with ui.element("td"):
                        ui.label(text)
    if answer.has_more:
        ui.label(visit.say("customers.more_found")).classes("tl-note")


async def _listed(
    visit: Visit,
    programmes: list[ProgrammeSummary],
    segments: list[SegmentAnswer],
    chosen: dict[str, object],
    part: int,
) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await reading.list_customers(visit, list_body(filters.given()), cursor, limit)
        meant.set_text(meant_words(visit, found))
        if is_shown:
            ui.navigate.history.replace(list_path(filters.given(), len(table.cursors)))
        return [list_row(visit, item) for item in found.items], found.next_cursor

    async def changed() -> None:
        if filters.values.get("programme") != tiers_of[-1]:
            tiers_of.append(str(filters.values.get("programme")))
            filters.values["tier"] = None
            tiers.set_options(_tiers(visit, programmes, tiers_of[-1]), value=None)
        await table.restart()
        link.props["href"] = export_path(filters.given())
        link.update()

    is_shown, tiers_of = False, [str(chosen.get("programme"))]
    empty_words, label = visit.say("customers.empty"), visit.say("customers.list")
    table = PagedTable(visit, _columns(visit), fetch, empty_words, label, page_size=_PAGE)
    filters = Filters(visit, changed, chosen)
    tiers = _filters(visit, filters, programmes, segments)
    with ui.element("div").classes("tl-row tl-above"):
        link = ui.link(visit.say("customers.export_list"), export_path(filters.given()))
        link.props("download")
        meant = ui.label().classes("tl-note").props("role=status")
    async with told(visit):
        table.cursors = await _cursors(visit, list_body(filters.given()), part)
    await table.show()
    is_shown = True


async def _cursors(visit: Visit, body: dict[str, object], part: int) -> list[str | None]:
    """Go to a page as somebody would who turns the pages: cursors are only known from before."""
    cursors: list[str | None] = [None]
    while len(cursors) < part:
        found = await reading.list_customers(visit, body, cursors[-1], _PAGE)
        if found.next_cursor is None:
            break
        cursors.append(found.next_cursor)
    return cursors


def _filters(
    visit: Visit,
    filters: Filters,
    programmes: list[ProgrammeSummary],
    segments: list[SegmentAnswer],
) -> ui.select:
    named = {each.programme: visit.local(each.name) for each in programmes}
    meant = str(filters.values.get("programme"))
    with ui.element("div").classes("tl-form"):
        which = filters.choose("programme", visit.say("customers.programme"), named)
        which.props(remove="clearable")
        tiers = filters.choose(
            "tier", visit.say("customers.tier"), _tiers(visit, programmes, meant)
        )
        filters.choose("lifecycle", visit.say("customers.lifecycle"), lifecycles(visit))
        kept = {each.key: visit.local(each.name) for each in segments}
        filters.choose("segment", visit.say("customers.segment"), kept)
        filters.typed("min_value", visit.say("customers.min_value"))
        filters.typed("max_value", visit.say("customers.max_value"))
        filters.day("bought_from", visit.say("customers.bought_from"))
        filters.day("bought_until", visit.say("customers.bought_until"))
        sorts = {sort: visit.say(f"customers.sort_{sort}") for sort in _SORTS}
        filters.choose("sort", visit.say("customers.sort"), sorts).props(remove="clearable")
    return tiers


def _tiers(visit: Visit, programmes: list[ProgrammeSummary], programme: str) -> dict[str, str]:
    found = next((each for each in programmes if each.programme == programme), None)
    return {tier.key: visit.local(tier.name) for tier in found.tiers} if found else {}


def _columns(visit: Visit) -> list[Column]:
    def named(key: str, min_width: int = 120) -> Column:
        return Column(key, visit.say(f"customers.{key}"), min_width=min_width)

    # a phone shows the first three without scrolling
    return [
        Column("customer", visit.say("customers.customer"), "link", min_width=124),
        named("tier", 100),
        Column("value", visit.say("customers.value"), "number", min_width=124),
        Column("net_spend", visit.say("customers.net_spend"), "number", min_width=140),
        named("last_purchase", 140),
        named("lifecycle", 100),
        Column("chance", visit.say("customers.chance"), "number", min_width=100),
        named("since", 140),
    ]


@download(EXPORT)
async def export(
    visit: Visit,
    *,
    programme: str = "",
    tier: str = "",
    lifecycle: str = "",
    segment: str = "",
    min_value: str = "",
    max_value: str = "",
    bought_from: str = "",
    bought_until: str = "",
    sort: str = "",
) -> File:
    """Give a whole list as a file for spreadsheets, streamed."""
    given = {
        "programme": programme, "tier": tier, "lifecycle": lifecycle, "segment": segment,
        "min_value": min_value, "max_value": max_value, "bought_from": bought_from,
        "bought_until": bought_until, "sort": sort,
    }  # fmt: skip
    rows = reading.customer_table(visit, list_body(given))
    return File("customers.csv", "text/csv; charset=utf-8", await begun(rows))
