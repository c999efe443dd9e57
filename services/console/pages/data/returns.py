"""Returns without effect, and orders whose value changed after it was known."""

from typing import get_args

from nicegui import ui

from services.console.pages.data.ways import customer_href, show_ways
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import section
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import data
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.order_findings import FindingName, OrderCorrection, ReturnFinding


@page("/data/returns", "data")
async def show_returns(visit: Visit, finding: str = "") -> None:
    """Show what came back without a sale to undo, and what was corrected."""
    show_ways(visit, "/data/returns")
    with section(visit.say("data.findings"), note=visit.say("data.findings_note")):
        await _findings(visit, finding)
    with section(visit.say("data.corrections"), note=visit.say("data.corrections_note")):
        await _corrections(visit).show()


async def _findings(visit: Visit, finding: str) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await data.return_findings(visit, filters.given(), cursor, limit)
        return [finding_row(visit, each) for each in found.items], found.next_cursor

    table = PagedTable(
        visit,
        [
            Column("finding", visit.say("data.finding"), min_width=200),
            Column("customer", visit.say("data.customer"), kind="link"),
            Column("at", visit.say("data.at"), min_width=200),
            Column("sequence", visit.say("data.sequence"), kind="number", width=120),
        ],
        fetch,
        visit.say("data.no_findings"),
        visit.say("data.findings"),
    )
    filters = Filters(visit, table.restart, {"finding": finding})
    words = {name: visit.say(f"data.finding_{name}") for name in get_args(FindingName)}
    with ui.element("div").classes("tl-form"):
        filters.choose("finding", visit.say("data.finding"), words)
    await table.show()


def _corrections(visit: Visit) -> PagedTable:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await data.corrections(visit, cursor, limit)
        return [correction_row(visit, each) for each in found.items], found.next_cursor

    return PagedTable(
        visit,
        [
            Column("at", visit.say("data.at"), min_width=200),
            Column("customer", visit.say("data.customer"), kind="link"),
            Column("before", visit.say("data.before"), kind="number"),
            Column("after", visit.say("data.after"), kind="number"),
            Column("quantity", visit.say("data.quantity"), kind="number"),
        ],
        fetch,
        visit.say("data.no_corrections"),
        visit.say("data.corrections"),
    )


def finding_row(visit: Visit, found: ReturnFinding) -> Row:
    """Write a return without effect as a row."""
    return {
        "finding": visit.say(f"data.finding_{found.finding}"),
        "at": visit.formats.instant(found.at),
        "sequence": str(found.sequence),
    } | _customer(visit, found.customer_id)


def correction_row(visit: Visit, found: OrderCorrection) -> Row:
    """Write a corrected order as a row."""
    money = visit.formats.money
    return {
        "at": visit.formats.instant(found.at),
        "before": money(found.old_net, found.currency),
        "after": money(found.new_net, found.currency),
        "quantity": f"{found.old_quantity} → {found.new_quantity}",
    } | _customer(visit, found.customer_id)


def _customer(visit: Visit, customer_id: str | None) -> Row:
    if customer_id is None:
        return {"customer": visit.say("data.nobody"), "customer_href": None}
    return {"customer": customer_id or NOTHING, "customer_href": customer_href(customer_id)}
