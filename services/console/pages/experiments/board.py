"""The experiments there are."""

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.experiments.words import experiment_row
from services.console.parts.frame import page
from services.console.parts.pieces import action, section
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.experiments import list_experiments
from services.console.visiting.visit import Visit


@page("/experiments", "experiments")
async def board(visit: Visit) -> None:
    """List what is tried."""

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await list_experiments(visit, cursor, limit)
        return [experiment_row(visit, each) for each in found.items], found.next_cursor

    say = visit.say
    with section(say("experiments.list"), note=say("experiments.list_note")):
        with ui.element("div").classes("tl-row tl-above"):
            plan = "/experiments/plan"
            action(say("experiments.plan"), lambda: ui.navigate.to(plan), icon="straighten")
            if visit.may(Permission.CARE_CHANGE):
                new = "/experiments/new"
                action(say("experiments.new"), lambda: ui.navigate.to(new), icon="add")
        columns = [
            Column("name", say("experiments.column_name"), "link", min_width=220),
            *(
                Column(key, say(f"experiments.column_{key}"), min_width=110)
                for key in ("state", "about", "primary", "held_out", "audience", "owner")
            ),
            Column("started", say("experiments.column_started"), min_width=180),
        ]
        nothing, label = say("experiments.empty"), say("experiments.list")
        await PagedTable(visit, columns, fetch, nothing, label, page_size=25).show()
