"""Background jobs of every service: how far they are, and why some failed."""

from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.ops import WAYS
from services.console.pages.ops.said import job_row, whole
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.live import every
from services.console.parts.pieces import closer_look, fact, section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.ops import list_jobs
from services.console.visiting.services import Service
from services.console.visiting.visit import Visit
from shared.contracts.jobs import Job

_STATUSES: Final = ("queued", "running", "done", "failed")
_WIDTHS: Final = {
    "kind": 180, "status": 100, "progress": 90, "created": 170, "took": 110, "message": 180,
    "result": 240,
}  # fmt: skip
_PAGE: Final = 25
_EVERY_S: Final = 5.0


@page("/ops/jobs", "ops", may=Permission.OPS_READ)
async def jobs(visit: Visit, *, service: str = Service.SCORING.value, status: str = "") -> None:
    """Show the jobs of one service, newest first, again every few seconds."""
    ways(visit, "ops", "/ops/jobs", WAYS)
    with section(visit.say("ops.jobs"), note=visit.say("ops.jobs_page_note")):
        await _listed(visit, {"service": service, "status": status})


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    shown: dict[str, Job] = {}

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        given = filters.given()
        asked = Service(str(given.get("service", Service.SCORING.value)))
        status = str(given["status"]) if "status" in given else None
        found = await list_jobs(visit, asked, status, cursor, limit)
        shown.clear()
        shown.update({str(job.id): job for job in found.items})
        return [job_row(visit, job) for job in found.items], found.next_cursor

    table = PagedTable(
        visit, _columns(visit), fetch, visit.say("ops.no_jobs"), visit.say("ops.jobs"),
        on_open=lambda row: _show_whole(visit, shown[str(row["id"])]), page_size=_PAGE,
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
    return [
        Column(key, visit.say(f"ops.column_{key}"), min_width=width)
        for key, width in _WIDTHS.items()
    ]


def _show_whole(visit: Visit, job: Job) -> None:
    """Show a job with all it left behind."""
    title = visit.say_or(f"ops.kind_{job.kind}", job.kind)
    with closer_look(visit, title):
        fact(visit.say("ops.column_id"), str(job.id))
        if job.message:
            fact(visit.say("ops.column_message"), job.message)
        if job.result:
            ui.label(visit.say("ops.column_result")).classes("tl-fact-label")
            ui.label(whole(job.result)).classes("tl-code")
