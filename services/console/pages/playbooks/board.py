"""The playbooks there are, and those that come with Tierline."""

import asyncio
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.playbooks.words import STATES, playbook_row, when
from services.console.parts.care import names_of, words_for
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, section
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.playbooks import (
    list_playbooks,
    playbook_presets,
    playbook_results,
)
from services.console.reading.programmes import list_programmes
from services.console.visiting.visit import Visit
from shared.contracts.playbooks import PlaybookAnswer, PlaybookResults, PresetAnswer

PAGES: Final = (("/playbooks", "playbooks.title"), ("/reviews", "playbooks.reviews"))


@page("/playbooks", "playbooks")
async def board(visit: Visit, state: str = "") -> None:
    """List who is cared for, when and how."""
    ways(visit, "playbooks", "/playbooks", PAGES)
    with section(visit.say("playbooks.list")):
        if visit.may(Permission.CARE_CHANGE):
            with ui.element("div").classes("tl-row tl-above"):
                new = "/playbooks/new"
                action(visit.say("playbooks.new"), lambda: ui.navigate.to(new), icon="add")
        await _listed(visit, state)
    presets = await tried(playbook_presets(visit))
    with section(visit.say("playbooks.presets"), note=visit.say("playbooks.presets_note")):
        if isinstance(presets, Fault):
            fault_card(visit, presets)
        else:
            with ui.element("div").classes("tl-tiles"):
                for preset in presets.items:
                    _preset(visit, preset)


async def _listed(visit: Visit, state: str) -> None:
    named = names_of(visit, await tried(list_programmes(visit)))

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        chosen = str(filters.given().get("state", "")) or None
        found = await list_playbooks(visit, chosen, cursor, limit)
        came = await asyncio.gather(*(_results(visit, each) for each in found.items))
        rows = [
            playbook_row(visit, each, result, named)
            for each, result in zip(found.items, came, strict=True)
        ]
        return rows, found.next_cursor

    say = visit.say
    columns = [
        Column("name", say("playbooks.column_name"), "link", min_width=170),
        Column("state", say("playbooks.column_state"), min_width=90),
        Column("when", say("playbooks.column_when"), min_width=200),
        Column("who", say("playbooks.column_who"), min_width=220),
        Column("effect", say("playbooks.column_effect"), min_width=170),
        Column("cost", say("playbooks.column_cost"), min_width=100),
        Column("owner", say("playbooks.column_owner"), min_width=110),
    ]
    nothing, label = say("playbooks.empty"), say("playbooks.list")
    table = PagedTable(visit, columns, fetch, nothing, label, page_size=25)
    filters = Filters(visit, table.restart, {"state": state})
    with ui.element("div").classes("tl-form"):
        states = words_for(visit, "playbooks.state_", STATES)
        filters.choose("state", say("playbooks.column_state"), states)
    await table.show()


async def _results(visit: Visit, playbook: PlaybookAnswer) -> PlaybookResults | None:
    """Give what came of a playbook; its row stands without."""
    found = await tried(playbook_results(visit, playbook.key))
    return None if isinstance(found, Fault) else found


def _preset(visit: Visit, preset: PresetAnswer) -> None:
    document = preset.document
    with ui.element("div").classes("tl-tile"):
        ui.label(visit.local(document.get("name"))).classes("tl-strong")
        ui.label(visit.local(document.get("goal"))).classes("tl-note")
        ui.label(when(visit, document.get("trigger") or {})).classes("tl-note")
        if visit.may(Permission.CARE_CHANGE):
            ui.link(visit.say("playbooks.begin"), f"/playbooks/new?preset={preset.key}")
