"""The list of segments with how many are in each now."""

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.parts import faults
from services.console.parts.frame import page
from services.console.parts.pieces import action, empty
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import segments as reading
from services.console.visiting.visit import Visit
from shared.contracts.segments import CountAnswer, SegmentAnswer

#: How many are counted at once on a page.
_PAGE = 20
NEW = "/new-segment"


@page("/segments", "segments")
async def show(visit: Visit) -> None:
    """Show which segments there are, and how to build one."""
    may = visit.may(Permission.SEGMENTS_CHANGE)
    if may:
        action(visit.say("segments.new"), lambda: ui.navigate.to(NEW), icon="add", main=True)

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await reading.list_segments(visit, cursor, limit)
        counts = await faults.tried_all(
            *(reading.count_segment(visit, each.key) for each in found.items)
        )
        rows = [
            row_of(visit, each, None if isinstance(count, faults.Fault) else count)
            for each, count in zip(found.items, counts, strict=True)
        ]
        return rows, found.next_cursor

    columns = [
        Column("name", visit.say("segments.name"), "link"),
        Column("customers", visit.say("segments.customers"), "number"),
        Column("share", visit.say("segments.share"), "number"),
        Column("purpose", visit.say("segments.purpose")),
        Column("updated", visit.say("segments.updated")),
    ]
    none, label = visit.say("segments.none"), visit.say("segments.title")
    table = PagedTable(visit, columns, fetch, empty=none, label=label, page_size=_PAGE)
    await table.show()
    if not table.rows and may:
        empty(none, label=visit.say("segments.new"), then=NEW)


def row_of(visit: Visit, found: SegmentAnswer, count: CountAnswer | None) -> Row:
    """Write a segment as a row; what could not be counted is a dash."""
    return {
        "name": visit.local(found.name),
        "name_href": f"/segments/{found.key}",
        "customers": visit.formats.number(count.matching if count else None),
        "share": visit.formats.percent(count.share if count else None),
        "purpose": visit.say(f"segments.purpose_{found.purpose}") if found.purpose else "–",
        "updated": visit.formats.instant(found.updated_at),
    }
