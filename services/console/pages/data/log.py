"""The connectors' log: who sends, and what became of it by the hour."""

from nicegui import ui

from services.console.pages.data.ways import kind_word, reason_word, show_ways, source_href
from services.console.parts.charts import small_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import empty, section
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import data
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.connectors import Connector, ConnectorHour

_HEAD = ("source", "kind", "heard", "last_hour", "last_day", "unsigned", "last_refused")
COUNTS = ("received", "accepted", "duplicates", "conflicts", "rejected", "unsigned")


@page("/data/log", "data")
async def show_log(visit: Visit, source: str = "") -> None:
    """Show what each connector sent of late."""
    show_ways(visit, "/data/log")
    senders = await tried(data.connectors(visit))
    with section(visit.say("data.connectors"), note=visit.say("data.connectors_note")):
        _connectors(visit, senders)
    with section(visit.say("data.hours"), note=visit.say("data.hours_note")):
        await _hours(visit, senders, source)


def _connectors(visit: Visit, senders: Page[Connector] | Fault) -> None:
    if isinstance(senders, Fault):
        fault_card(visit, senders)
    elif not senders.items:
        empty(
            visit.say("data.no_sources"), label=visit.say("data.to_imports"), then="/data/imports"
        )
    else:
        with small_table([visit.say(f"data.{word}") for word in _HEAD]):
            for sender in senders.items:
                _connector(visit, sender)


def _connector(visit: Visit, sender: Connector) -> None:
    write, refused = visit.formats, sender.last_refused
    cells = (
        ", ".join([kind_word(visit, sender.kind), *sender.platforms]),
        write.ago(sender.last_seen_at, visit.now()) if sender.last_seen_at else NOTHING,
        write.number(sender.last_hour.received),
        write.number(sender.last_day.received),
        write.number(sender.last_day.unsigned),
    )
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.link(sender.source_id, source_href(sender.source_id))
        for text in cells:
            with ui.element("td"):
                ui.label(text)
        with ui.element("td"):
            if refused is None:
                ui.label(NOTHING)
            else:
                why = f"{reason_word(visit, refused.reason)}, {write.ago(refused.at, visit.now())}"
                ui.link(why, f"/data/quarantine/{refused.quarantine_id}")


async def _hours(visit: Visit, senders: Page[Connector] | Fault, source: str) -> None:
    table: list[PagedTable] = []

    async def changed() -> None:
        for each in table:
            await each.restart()

    filters = Filters(visit, changed, {"source": source})
    known = [] if isinstance(senders, Fault) else [each.source_id for each in senders.items]
    with ui.element("div").classes("tl-form"):
        filters.choose("source", visit.say("data.source"), {name: name for name in known})
    table.append(_table(visit, filters))
    await table[0].show()


async def show_hours(visit: Visit, source_id: str) -> None:
    """Show what one source sent by the hour."""

    async def nothing() -> None:
        return

    await _table(visit, Filters(visit, nothing, {"source": source_id})).show()


def _table(visit: Visit, filters: Filters) -> PagedTable:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        source = filters.given().get("source")
        found = await data.connector_hours(
            visit, None if source is None else str(source), cursor, limit
        )
        return [hour_row(visit, each) for each in found.items], found.next_cursor

    columns = [
        Column("hour", visit.say("data.hour"), min_width=200),
        Column("source", visit.say("data.source"), kind="link", min_width=120),
        *(Column(name, visit.say(f"data.{name}"), kind="number", min_width=115) for name in COUNTS),
    ]
    return PagedTable(visit, columns, fetch, visit.say("data.no_hours"), visit.say("data.hours"))


def hour_row(visit: Visit, hour: ConnectorHour) -> Row:
    """Write an hour of a connector as a row."""
    row: Row = {
        "hour": visit.formats.instant(hour.hour),
        "source": hour.source_id,
        "source_href": source_href(hour.source_id),
    }
    return row | {name: visit.formats.number(getattr(hour, name)) for name in COUNTS}
