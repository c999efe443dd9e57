"""Find a customer by whatever is in hand, or list those who matter now."""

from typing import Final
from urllib.parse import urlencode

from nicegui import ui

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

EXPORT: Final = "/customers.csv"
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
) -> None:
    """Show the box to search with, and the list."""
    await _search(visit, q)
    programmes, segments = await tried(list_programmes(visit)), await tried(list_segments(visit))
    with section(visit.say("customers.list"), note=visit.say("customers.list_note")):
        if isinstance(programmes, Fault):
            fault_card(visit, programmes)
            return
        live = in_force(programmes)
        if tier and "/" not in tier and live:
            tier = f"{programme or live[0].programme}/{tier}"
        chosen = {"programme": programme, "tier": tier, "lifecycle": lifecycle, "segment": segment}
        known = [] if isinstance(segments, Fault) else segments.items
        await _listed(visit, live, known, dict(chosen))


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
) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await reading.list_customers(visit, list_body(filters.given()), cursor, limit)
        return [list_row(visit, item) for item in found.items], found.next_cursor

    async def changed() -> None:
        await table.restart()
        link.props["href"] = export_path(filters.given())
        link.update()

    empty_words, label = visit.say("customers.empty"), visit.say("customers.list")
    table = PagedTable(visit, _columns(visit), fetch, empty_words, label, page_size=_PAGE)
    filters = Filters(visit, changed, chosen)
    _filters(visit, filters, programmes, segments)
    with ui.element("div").classes("tl-row tl-above"):
        link = ui.link(visit.say("customers.export_list"), export_path(filters.given()))
        link.props("download")
    await table.show()


def _filters(
    visit: Visit,
    filters: Filters,
    programmes: list[ProgrammeSummary],
    segments: list[SegmentAnswer],
) -> None:
    named = {each.programme: visit.local(each.name) for each in programmes}
    tiers = {
        f"{each.programme}/{tier.key}": f"{visit.local(tier.name)} · {visit.local(each.name)}"
        for each in programmes
        for tier in each.tiers
    }
    with ui.element("div").classes("tl-form"):
        filters.choose("programme", visit.say("customers.programme"), named)
        filters.choose("tier", visit.say("customers.tier"), tiers)
        filters.choose("lifecycle", visit.say("customers.lifecycle"), lifecycles(visit))
        kept = {each.key: visit.local(each.name) for each in segments}
        filters.choose("segment", visit.say("customers.segment"), kept)
        filters.typed("min_value", visit.say("customers.min_value"))
        filters.typed("max_value", visit.say("customers.max_value"))
        filters.day("bought_from", visit.say("customers.bought_from"))
        filters.day("bought_until", visit.say("customers.bought_until"))
        sorts = {sort: visit.say(f"customers.sort_{sort}") for sort in _SORTS}
        filters.choose("sort", visit.say("customers.sort"), sorts)


def _columns(visit: Visit) -> list[Column]:
    def named(key: str, min_width: int = 120) -> Column:
        return Column(key, visit.say(f"customers.{key}"), min_width=min_width)

    return [
        Column("customer", visit.say("customers.customer"), "link", min_width=140),
        named("tier"),
        named("lifecycle", 110),
        Column("value", visit.say("customers.value"), "number", min_width=130),
        Column("chance", visit.say("customers.chance"), "number", min_width=100),
        named("last_purchase", 150),
        Column("net_spend", visit.say("customers.net_spend"), "number", min_width=140),
        named("since", 150),
    ]


def export_path(given: dict[str, object]) -> str:
    """Give the address of a list as a file."""
    query = urlencode({name: str(value) for name, value in list_body(given).items()})
    return f"{EXPORT}?{query}" if query else EXPORT


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
