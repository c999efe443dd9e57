"""The surveys there are."""

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.surveys.words import survey_row
from services.console.parts.frame import page
from services.console.parts.pieces import action, section
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.surveys import list_surveys
from services.console.visiting.visit import Visit


@page("/surveys", "surveys")
async def board(visit: Visit) -> None:
    """List what customers are asked."""

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await list_surveys(visit, cursor, limit)
        return [survey_row(visit, each) for each in found.items], found.next_cursor

    say = visit.say
    with section(say("surveys.list")):
        if visit.may(Permission.CARE_CHANGE):
            with ui.element("div").classes("tl-row tl-above"):
                new = "/surveys/new"
                action(say("surveys.new"), lambda: ui.navigate.to(new), icon="add")
        columns = [
            Column("title", say("surveys.column_title"), "link", min_width=260),
            Column("state", say("surveys.column_state")),
            Column("questions", say("surveys.column_questions"), "number"),
            Column("version", say("surveys.column_version"), "number"),
            Column("updated", say("surveys.column_updated"), min_width=180),
        ]
        nothing, label = say("surveys.empty"), say("surveys.list")
        await PagedTable(visit, columns, fetch, nothing, label, page_size=25).show()
