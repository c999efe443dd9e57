"""The page of reports: make one, take one away, have them made by schedule."""

from collections.abc import AsyncIterator
from uuid import UUID

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.reports import desk_of
from services.console.pages.reports.making import MakeForm
from services.console.pages.reports.said import file_name
from services.console.pages.reports.schedules import Schedules
from services.console.pages.reports.shelf import Shelf
from services.console.parts.downloads import File, download
from services.console.parts.frame import page
from services.console.parts.live import every
from services.console.parts.pieces import section
from services.console.reports.report import MEDIA, Format
from services.console.visiting.visit import Visit

#: Reports take seconds: people look on.
_LOOK_EVERY_S = 1.0
_PIECE = 256 * 1024


@page("/reports", "reports", may=Permission.REPORTS_MAKE)
async def show_reports(visit: Visit) -> None:
    """Show what can be made, what was made and what is made by itself."""
    with section(visit.say("reports.make"), note=visit.say("reports.make_note"), wide=True):
        form = ui.element("div")
    with section(visit.say("reports.made"), note=visit.say("reports.made_note"), wide=True):
        shelf = Shelf(visit, ui.element("div"))
    with form:
        MakeForm(visit, shelf.refresh).show()
    await shelf.refresh()
    every(visit, _LOOK_EVERY_S, shelf.look)
    with section(
        visit.say("reports.schedules"), note=visit.say("reports.schedules_note"), wide=True
    ):
        await Schedules(visit).show()


@download("/reports/{report_id}/{form}", may=Permission.REPORTS_MAKE)
async def give_file(visit: Visit, report_id: UUID, form: Format) -> File | None:
    """Give one file of a report."""
    report = await desk_of(visit).report(report_id)
    content = await desk_of(visit).content(report_id, form)
    if report is None or content is None:
        return None
    return File(file_name(report, form), MEDIA[form], _pieces(content))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
