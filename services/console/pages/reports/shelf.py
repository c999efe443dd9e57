"""The reports that were made or are being made, with their files and a preview."""

from functools import partial
from typing import Final

from nicegui import ui

from services.console.changing.reports import desk_of, shown_report
from services.console.pages.reports.said import (
    TONES,
    audiences,
    dates_said,
    is_under_way,
    languages,
    remarks_said,
    size_said,
    state_said,
)
from services.console.parts.charts import small_table
from services.console.parts.frame import heading
from services.console.parts.pieces import action, empty, tag
from services.console.reports.report import Format, Report
from services.console.visiting.visit import Visit

#: On a phone the table scrolls; its dates stay whole.
ONE_LINE: Final = "white-space: nowrap"
_HEAD: Final = ("what", "dates", "asked", "state", "files")


class Shelf:
    """The list, made anew when something in it has changed."""

    def __init__(self, visit: Visit, place: ui.element) -> None:
        self._visit, self._place = visit, place
        self._shown: list[Report] | None = None

    async def look(self) -> None:
        """Look again while a report is under way."""
        if any(is_under_way(each) for each in self._shown or ()):
            await self.refresh()

    async def refresh(self) -> None:
        """Show the reports as they are now."""
        await self._visit.here()
        found = await desk_of(self._visit).reports()
        if found == self._shown:
            return
        self._shown = found
        self._place.clear()
        with self._place:
            if found:
                self._table(found)
            else:
                empty(self._visit.say("reports.none"))

    def _table(self, found: list[Report]) -> None:
        say = self._visit.say
        head = [say(f"reports.column_{name}") for name in _HEAD]
        with small_table(head, say("reports.made")):
            for report in found:
                self._row(report)

    def _row(self, report: Report) -> None:
        visit, wish = self._visit, report.wish
        with ui.element("tr"):
            with ui.element("th").props("scope=row"):
                ui.label(audiences(visit)[wish.audience.value])
                ui.label(languages()[wish.language.value]).classes("tl-note")
            with ui.element("td"):
                ui.label(dates_said(visit.formats, report.first, report.last)).style(ONE_LINE)
            with ui.element("td"):
                ui.label(visit.formats.instant(report.asked_at)).style(ONE_LINE)
                by = report.asked_by.removeprefix("user:")
                how = "by_schedule" if report.schedule_id else "by_hand"
                ui.label(visit.say(f"reports.{how}", who=by)).classes("tl-note").style(ONE_LINE)
            with ui.element("td"):
                self._state(report)
            with ui.element("td"):
                self._files(report)

    def _state(self, report: Report) -> None:
        tag(state_said(self._visit, report), TONES[report.state])
        if is_under_way(report):
            bar = ui.linear_progress(report.progress / 100, show_value=False)
            bar.props["aria-label"] = state_said(self._visit, report)
        for remark in remarks_said(self._visit, report):
            ui.label(remark).classes("tl-note tl-lines")

    def _files(self, report: Report) -> None:
        visit = self._visit
        with ui.element("div").classes("tl-row").style("flex-wrap: nowrap"):
            for form in Format:
                if form in report.sizes:
                    words = visit.say(f"reports.as_{form}")
                    link = ui.link(words, f"/reports/{report.report_id}/{form}")
                    size = size_said(visit, report.sizes[form])
                    link.props["aria-label"] = visit.say("reports.take", what=words, size=size)
            if Format.HTML in report.sizes:
                action(visit.say("reports.preview"), partial(preview, visit, report))


async def preview(visit: Visit, report: Report) -> None:
    """Show the deck as it is: in a frame that may run nothing and load nothing."""
    content = await shown_report(visit, report.report_id)
    with (
        ui.dialog(value=True).props("full-width full-height") as dialog,
        ui.card().classes("tl-fill"),
    ):
        dialog.props["aria-label"] = visit.say("reports.preview")
        with ui.element("div").classes("tl-row tl-fill"):
            heading(visit.say("reports.preview"))
            ui.space()
            action(visit.say("parts.close"), dialog.close, icon="close")
        if content is None:
            ui.label(visit.say("faults.status_404"))
            return
        frame = ui.element("iframe").style("width: 100%; flex: 1 1 auto; border: 0")
        # Without allow-scripts nothing runs; the file's own policy loads nothing.
        frame.props["sandbox"] = "allow-popups allow-popups-to-escape-sandbox"
        frame.props["title"] = visit.say("reports.preview")
        frame.props["srcdoc"] = content.decode()
