"""One import: how far it is, what became of its rows, and the list of those without effect."""

from nicegui import ui

from services.console.pages.data.imports import UNFINISHED, status_word
from services.console.pages.data.ways import show_way_back, source_href
from services.console.parts.actors import actor_name
from services.console.parts.downloads import File, begun, download
from services.console.parts.frame import page, retitle
from services.console.parts.live import every
from services.console.parts.pieces import Tone, empty, fact, section, tag
from services.console.reading import data
from services.console.visiting.visit import Visit
from shared.contracts.imports import Import

_REFRESH_S = 1.0
_TONES: dict[str, Tone] = {"done": "good", "failed": "bad"}
COUNTS = ("accepted", "duplicates", "conflicts", "rejected", "skipped")


@page("/data/imports/{import_id}", "data")
async def show_import(visit: Visit, import_id: str) -> None:
    """Show how far an import is, until it is at its end."""
    found = await data.one_import(visit, import_id)
    retitle(visit.say("data.import_named", name=found.file_name))
    show_way_back(visit, "data.back_to_imports", "/data/imports")
    box = ui.element("div")
    latest = [found]

    def lay() -> None:
        box.clear()
        with box:
            _one(visit, latest[0])

    async def refresh() -> None:
        if latest[0].status in UNFINISHED:
            latest[0] = await data.one_import(visit, import_id)
            lay()

    lay()
    if found.status in UNFINISHED:
        every(visit, _REFRESH_S, refresh)


def _one(visit: Visit, found: Import) -> None:
    write = visit.formats
    with section(visit.say("data.how_far")):
        with ui.element("div").classes("tl-row"):
            tag(status_word(visit, found), _TONES.get(found.status, "plain"))
            ui.label(write.percent(found.progress, digits=0)).props("role=status")
        ui.linear_progress(found.progress, show_value=False).props("aria-hidden=true")
        if found.message:
            ui.label(found.message).classes("tl-fault-text tl-lines")
        fact(visit.say("data.rows"), _rows(visit, found))
        for name in COUNTS:
            fact(visit.say(f"data.{name}"), write.number(getattr(found, name)))
        _who(visit, found)
    if found.has_errors:
        with section(visit.say("data.error_file"), note=visit.say("data.error_file_note")):
            ui.link(visit.say("data.download_errors"), errors_href(found))
    elif found.status == "done" and found.is_dry_run:
        empty(visit.say("data.dry_done"), label=visit.say("data.to_imports"), then="/data/imports")


def _who(visit: Visit, found: Import) -> None:
    write = visit.formats
    with ui.element("div").classes("tl-fact"):
        ui.label(visit.say("data.source")).classes("tl-fact-label")
        ui.link(found.source_id, source_href(found.source_id))
    fact(visit.say("data.who"), actor_name(visit, found.requested_by))
    fact(visit.say("data.started"), write.instant(found.started_at))
    fact(visit.say("data.finished"), write.instant(found.finished_at))


def _rows(visit: Visit, found: Import) -> str:
    done = visit.formats.number(found.rows_done)
    if found.rows_total is None:
        return done
    return visit.say("data.rows_of", done=done, total=visit.formats.number(found.rows_total))


def errors_href(found: Import) -> str:
    """Lead to the list of rows without effect."""
    return f"/data/imports/{found.import_id}/errors.csv"


@download("/data/imports/{import_id}/errors.csv")
async def give_errors(visit: Visit, import_id: str) -> File | None:
    """Give the rows without effect: number, code and message, never their content."""
    found = await data.one_import(visit, import_id)
    if not found.has_errors:
        return None
    pieces = await begun(data.import_errors(visit, import_id))
    return File(f"{found.file_name}.errors.csv", "text/csv; charset=utf-8", pieces)
