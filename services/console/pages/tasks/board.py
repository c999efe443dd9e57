"""The board: what is to be done, by when it is due."""

import asyncio
from datetime import datetime, timedelta
from typing import Final, get_args

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.tasks import claim_task
from services.console.pages.tasks.rows import Names, asked_of, first_free, task_row
from services.console.parts.care import contact_channels, names_of, words_for
from services.console.parts.faults import Fault, told, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page
from services.console.parts.pieces import action, section
from services.console.parts.reasons import change_then
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.playbooks import list_playbooks
from services.console.reading.programmes import list_programmes
from services.console.reading.tasks import list_tasks
from services.console.visiting.visit import Visit
from shared.contracts.tasks import TaskAnswer, TaskStateName

_PAGE: Final = 25
_LOOKED_AT: Final = 200
#: Until when a task is due, in days from today's midnight.
_DUE: Final = {"today": 1, "week": 7}


@page("/tasks", "tasks")
async def board(
    visit: Visit, *, mine: bool = False, queue: str = "", playbook: str = "", state: str = ""
) -> None:
    """Show what is to be done, the most urgent first."""
    with section(visit.say("tasks.board"), note=visit.say("tasks.board_note")):
        if visit.may(Permission.TASKS_CHANGE):
            with ui.element("div").classes("tl-row tl-above"):
                action(visit.say("tasks.take_next"), lambda: _take_next(visit), icon="front_hand")
                action(visit.say("tasks.make"), lambda: ui.navigate.to("/tasks/new"), icon="add")
        chosen = {"mine": mine, "queue": queue, "playbook": playbook, "state": state}
        await _listed(visit, dict(chosen))


async def _listed(visit: Visit, chosen: dict[str, object]) -> None:
    names = await read_names(visit)

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        now, given = visit.now(), filters.given()
        before = due_before(now.astimezone(visit.house.zone), str(given.get("due", "")))
        asked = asked_of(given, visit.person.name, before)
        found = await list_tasks(visit, asked, cursor, limit)
        return [task_row(visit, task, now, names) for task in found.items], found.next_cursor

    empty, label = visit.say("tasks.empty"), visit.say("tasks.board")
    table = PagedTable(visit, _columns(visit), fetch, empty, label, page_size=_PAGE)
    filters = Filters(visit, table.restart, chosen)
    _filters(visit, filters, names)
    await table.show()


async def read_names(visit: Visit) -> Names:
    """Read what tiers and playbooks are called; keys stay where a service is away."""
    programmes, playbooks = await asyncio.gather(
        tried(list_programmes(visit)), tried(list_playbooks(visit, None, None, _LOOKED_AT))
    )
    return Names(
        names_of(visit, programmes),
        {}
        if isinstance(playbooks, Fault)
        else {each.key: visit.local(each.name) for each in playbooks.items},
    )


def due_before(here: datetime, word: str) -> datetime | None:
    """Tell the instant before which a task is due: the end of a day of the shop."""
    if word not in _DUE:
        return None
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=_DUE[word])


def _filters(visit: Visit, filters: Filters, names: Names) -> None:
    say = visit.say
    with ui.element("div").classes("tl-form"):
        states = words_for(visit, "tasks.state_", get_args(TaskStateName))
        filters.choose("state", say("tasks.column_state"), states)
        filters.choose("due", say("tasks.column_due"), words_for(visit, "tasks.due_", _DUE))
        filters.choose("channel", say("tasks.column_channel"), contact_channels(visit))
        filters.typed("queue", say("tasks.column_queue"))
        if names.playbooks:
            filters.choose("playbook", say("tasks.column_playbook"), names.playbooks)
        else:
            filters.typed("playbook", say("tasks.column_playbook"))
        filters.flag("mine", say("tasks.mine"))


def _columns(visit: Visit) -> list[Column]:
    def named(key: str) -> Column:
        return Column(key, visit.say(f"tasks.column_{key}"), min_width=110)

    return [
        Column("task", visit.say("tasks.one"), "link", min_width=240),
        Column("customer", visit.say("tasks.column_customer"), "link", min_width=150),
        Column("due", visit.say("tasks.column_due"), min_width=130),
        *(named(key) for key in ("channel", "priority", "tier", "owner", "queue")),
        Column("playbook", visit.say("tasks.column_playbook"), min_width=170),
        named("state"),
    ]


async def _take_next(visit: Visit) -> None:
    async with told(visit):
        found = await list_tasks(visit, {"state": "open"}, None, _LOOKED_AT)
        task = first_free(found.items)
        if task is None:
            ui.notify(visit.say("tasks.none_free"))
            return
        await take_task(visit, task)


async def take_task(visit: Visit, task: TaskAnswer) -> None:
    """Take a task on, and open it."""
    change, then = claim_task(task.task_id, visit.person.name), f"/tasks/{task.task_id}"
    await change_then(visit, visit.say("tasks.take"), change, TaskAnswer, then=then)
