"""Files taken in: what was sent, how far each is, and sending another one."""

from services.console.accounts.roles import Permission
from services.console.pages.data.upload import UploadForm
from services.console.pages.data.ways import show_ways
from services.console.parts.actors import actor_name
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page
from services.console.parts.live import every
from services.console.parts.pieces import section
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import data
from services.console.visiting.visit import Visit
from shared.contracts.imports import Import

UNFINISHED = frozenset({"queued", "running"})
_REFRESH_S = 4.0


@page("/data/imports", "data")
async def show_imports(visit: Visit) -> None:
    """Show the files taken in, and let somebody send one."""
    show_ways(visit, "/data/imports")
    if visit.may(Permission.DATA_CHANGE):
        mappings = await tried(data.ready_made_mappings(visit))
        with section(visit.say("data.upload"), note=visit.say("data.upload_note")):
            if isinstance(mappings, Fault):
                fault_card(visit, mappings)
            else:
                UploadForm(visit, mappings).show()
    with section(visit.say("data.imports")):
        await _Imports(visit).show()


class _Imports:
    """The list of imports, read anew while one of them is under way."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._is_moving = False
        self._table = PagedTable(
            visit, _columns(visit), self._fetch, visit.say("data.no_imports"), _label(visit)
        )

    async def show(self) -> None:
        """Lay the list out."""
        await self._table.show()
        every(self._visit, _REFRESH_S, self._refresh)

    async def _fetch(self, cursor: str | None, limit: int) -> Fetched:
        found = await data.imports(self._visit, cursor, limit)
        self._is_moving = any(each.status in UNFINISHED for each in found.items)
        return [import_row(self._visit, each) for each in found.items], found.next_cursor

    async def _refresh(self) -> None:
        if self._is_moving:
            await self._table.load()


def _label(visit: Visit) -> str:
    return visit.say("data.imports")


def _columns(visit: Visit) -> list[Column]:
    return [
        Column("file", visit.say("data.file"), kind="link", min_width=180),
        Column("status", visit.say("data.state"), min_width=130),
        Column("progress", visit.say("data.progress"), kind="number", width=110),
        Column("rows", visit.say("data.rows"), kind="number", min_width=110),
        Column("accepted", visit.say("data.accepted"), kind="number", min_width=125),
        Column("duplicates", visit.say("data.duplicates"), kind="number", min_width=130),
        Column("rejected", visit.say("data.rejected"), kind="number", min_width=110),
        Column("source", visit.say("data.source"), min_width=110),
        Column("who", visit.say("data.who"), min_width=130),
        Column("started", visit.say("data.started"), min_width=200),
    ]


def status_word(visit: Visit, found: Import) -> str:
    """Say how an import stands; one that only judges says so."""
    word = visit.say(f"data.import_{found.status}")
    return visit.say("data.dry", status=word) if found.is_dry_run else word


def import_row(visit: Visit, found: Import) -> Row:
    """Write an import as a row."""
    write = visit.formats
    return {
        "file": found.file_name,
        "file_href": f"/data/imports/{found.import_id}",
        "status": status_word(visit, found),
        "progress": write.percent(found.progress, digits=0),
        "rows": write.number(found.rows_done),
        "accepted": write.number(found.accepted),
        "duplicates": write.number(found.duplicates),
        "rejected": write.number(found.rejected),
        "source": found.source_id,
        "who": actor_name(visit, found.requested_by),
        "started": write.instant(found.started_at),
    }
