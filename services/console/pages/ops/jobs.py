"""Background jobs of every service: how far they are, and why some failed."""

from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.ops import WAYS
from services.console.pages.ops.said import job_row
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.live import every
from services.console.parts.pieces import section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.ops import list_jobs
from services.console.visiting.services import Service
from services.console.visiting.visit import Visit

_STATUSES: Final = ("queued", "running", "done", "failed")
_COLUMNS: Final = (("kind", 200), ("status", 110), ("progress", 100), ("created", 215))
_PAGE: Final = 25
_EVERY_S: Final = 5.0


@page("/ops/jobs", "ops", may=Permission.OPS_READ)
async def jobs(visit: Visit, *, service: str = Service.SCORING.value, status: str = "") -> None:
    """Show the jobs of one service, newest first, again every few seconds."""
    ways(visit, "ops", "/ops/jobs", WAYS)
    with section(visit.say("ops.jobs"), note=visit.say("ops.jobs_page_note")):
        await _listed(visit, {"service": service, "status": status})


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        given = filters.given()
        asked = Service(str(given.get("service", Service.SCORING.value)))
        status = str(given["status"]) if "status" in given else None
        found = await list_jobs(visit, asked, status, cursor, limit)
        return [job_row(visit, job) for job in found.items], found.next_cursor

    table = PagedTable(
        visit, _columns(visit), fetch, visit.say("ops.no_jobs"), visit.say("ops.jobs"),
        page_size=_PAGE,
    )  # fmt: skip
    filters = Filters(visit, table.restart, chosen)
    with ui.element("div").classes("tl-form tl-above tl-below"):
        names = {each.value: visit.say(f"faults.{each.value}") for each in Service}
        filters.choose("service", visit.say("ops.column_service"), names).props(remove="clearable")
        words = {each: visit.say(f"ops.status_{each}") for each in _STATUSES}
        filters.choose("status", visit.say("ops.column_status"), words)
    await table.show()
    every(visit, _EVERY_S, table.load)


def _columns(visit: Visit) -> list[Column]:
    narrow = [
        Column(key, visit.say(f"ops.column_{key}"), min_width=width) for key, width in _COLUMNS
    ]
    wide = [Column(key, visit.say(f"ops.column_{key}"), min_width=150) for key in _WIDE]
    return [*narrow, *wide]


_WIDE: Final = ("took", "message", "result", "id")
