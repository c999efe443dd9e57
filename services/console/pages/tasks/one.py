"""One task: what to say to whom and why, and how it went; a new one made by hand."""

import asyncio
from datetime import datetime, timedelta
from typing import get_args
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.tasks import cancel_task, complete_task, make_task
from services.console.pages.tasks.board import read_names, take_task
from services.console.pages.tasks.rows import (
    TO_DO,
    Names,
    completion_body,
    queue_word,
    task_body,
    tier_at,
)
from services.console.parts.actors import actor_name
from services.console.parts.care import (
    channel_word,
    contact_channels,
    customer_href,
    money,
    money_in,
    priorities,
    purposes,
    shown,
    words_for,
)
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, fact, grid, section, tag
from services.console.parts.reasons import with_reason
from services.console.reading.playbooks import list_playbooks
from services.console.reading.tasks import one_task
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.playbooks import PlaybookAnswer
from shared.contracts.tasks import OutcomeName, TaskAnswer


@page("/tasks/new", "tasks", may=Permission.TASKS_CHANGE)
async def new_task(visit: Visit, customer: str = "", playbook: str = "") -> None:
    """Make a task by hand."""
    retitle(visit.say("tasks.make"))
    playbooks = await tried(list_playbooks(visit, None, None, 200))
    fields = DialogFields(
        {
            "customer_id": customer,
            "channel": "phone",
            "purpose": "service",
            "priority": "3",
            "playbook_key": playbook,
            "due": _tomorrow(visit).date().isoformat(),
        }
    )
    with section(visit.say("tasks.what"), note=visit.say("tasks.make_note")):
        if isinstance(playbooks, Fault):
            fault_card(visit, playbooks)
        _new_fields(visit, fields, playbooks)
        action(visit.say("tasks.make"), lambda: _make(visit, fields), main=True)


def _tomorrow(visit: Visit) -> datetime:
    return visit.now().astimezone(visit.house.zone) + timedelta(days=1)


def _new_fields(
    visit: Visit, fields: DialogFields, playbooks: Page[PlaybookAnswer] | Fault
) -> None:
    say = visit.say
    known = [] if isinstance(playbooks, Fault) else playbooks.items
    with ui.element("div").classes("tl-form"):
        fields.text("customer_id", say("tasks.customer_id"))
        fields.choose("channel", say("tasks.column_channel"), contact_channels(visit))
        fields.choose("purpose", say("tasks.purpose"), purposes(visit))
        fields.choose("priority", say("tasks.column_priority"), priorities(visit))
        fields.day("due", say("tasks.due_on"))
        named = {each.key: visit.local(each.name) for each in known}
        fields.choose("playbook_key", say("tasks.column_playbook"), named)
        fields.text("owner", say("tasks.column_owner"))
        fields.text("queue", say("tasks.column_queue"))
    with ui.element("div").classes("tl-form"):
        for name in ("title", "message"):
            fields.words(f"{name}_en", say(f"tasks.{name}_en"))
            fields.words(f"{name}_zh", say(f"tasks.{name}_zh"))


async def _make(visit: Visit, fields: DialogFields) -> None:
    key, made = uuid4().hex, list[TaskAnswer]()

    async def make(reason: str) -> None:
        given = fields.given()
        day = datetime.fromisoformat(str(given.get("due") or _tomorrow(visit).date()))
        due = day.replace(hour=18, tzinfo=visit.house.zone)
        body = task_body(given, str(given.get("customer_id", "")), due)
        made.append(await visit.make(make_task(body, key), reason, TaskAnswer))

    if await with_reason(visit, visit.say("tasks.make"), make):
        ui.navigate.to(f"/tasks/{made[0].task_id}")


@page("/tasks/{task_id}", "tasks")
async def show_task(visit: Visit, task_id: str) -> None:
    """Show a task and what may be done about it."""
    task, names = await asyncio.gather(one_task(visit, task_id), read_names(visit))
    retitle(shown(visit, task.title) or visit.say("tasks.one"))
    ui.link(visit.say("tasks.back"), "/tasks")
    with grid():
        _what(visit, task, names)
        _how(visit, task)


def _what(visit: Visit, task: TaskAnswer, names: Names) -> None:
    with section(visit.say("tasks.what")):
        message = shown(visit, task.message)
        if message:
            ui.label(message).classes("tl-quote tl-lines")
        with ui.element("div").classes("tl-fact"):
            ui.label(visit.say("tasks.column_customer")).classes("tl-fact-label")
            ui.link(task.customer_id, customer_href(task.customer_id))
        fact(visit.say("tasks.column_channel"), channel_word(visit, task.channel))
        fact(visit.say("tasks.purpose"), visit.say(f"care.purpose_{task.purpose}"))
        if task.why is not None:
            fact(visit.say("tasks.why"), money_in(visit, shown(visit, task.why)))
        if task.segment_at is not None:
            fact(visit.say("tasks.column_tier"), tier_at(task, names))
        if task.playbook_key:
            with ui.element("div").classes("tl-fact"):
                ui.label(visit.say("tasks.column_playbook")).classes("tl-fact-label")
                name = names.playbooks.get(task.playbook_key, task.playbook_key)
                ui.link(name, f"/playbooks/{task.playbook_key}")
        fact(visit.say("tasks.cost"), money(visit, task.cost))


def _how(visit: Visit, task: TaskAnswer) -> None:
    write = visit.formats
    with section(visit.say("tasks.standing")):
        with ui.element("div").classes("tl-row"):
            tag(visit.say(f"tasks.state_{task.state}"), "good" if task.state == "done" else "plain")
            if task.is_overdue:
                tag(visit.say("tasks.late"), "bad")
        fact(visit.say("tasks.column_due"), write.minute(task.due_at))
        if task.not_before is not None:
            fact(visit.say("tasks.not_before"), write.minute(task.not_before))
        fact(visit.say("tasks.expires"), write.minute(task.expires_at))
        fact(visit.say("tasks.column_owner"), task.owner or NOTHING)
        fact(visit.say("tasks.column_queue"), queue_word(visit, task.queue))
        if task.closed_at is not None:
            _ended(visit, task)
        if task.state in TO_DO and visit.may(Permission.TASKS_CHANGE):
            _actions(visit, task)


def _ended(visit: Visit, task: TaskAnswer) -> None:
    who = actor_name(visit, task.closed_by)
    fact(visit.say("tasks.closed"), f"{visit.formats.instant(task.closed_at)} · {who}")
    if task.outcome:
        fact(visit.say("tasks.outcome"), visit.say(f"tasks.outcome_{task.outcome}"))
    if task.note:
        fact(visit.say("tasks.note"), task.note)
    fact(visit.say("tasks.actual_cost"), money(visit, task.actual_cost))


def _actions(visit: Visit, task: TaskAnswer) -> None:
    say = visit.say
    with ui.element("div").classes("tl-row tl-below"):
        action(say("tasks.complete"), lambda: _complete(visit, task), main=True)
        if task.owner != visit.person.name:
            action(say("tasks.take"), lambda: take_task(visit, task))
        action(say("tasks.cancel"), lambda: _cancel(visit, task))


async def _complete(visit: Visit, task: TaskAnswer) -> None:
    fields = DialogFields({"outcome": "reached"})
    currency = task.cost.currency if task.cost else visit.house.currency

    async def make(reason: str) -> None:
        body = completion_body(fields.given(), currency, visit.person.name)
        await visit.make(complete_task(task.task_id, body), reason, TaskAnswer)

    def lay() -> None:
        outcomes = words_for(visit, "tasks.outcome_", get_args(OutcomeName))
        fields.choose("outcome", visit.say("tasks.outcome"), outcomes)
        fields.words("note", visit.say("tasks.note"))
        with ui.element("div").classes("tl-form"):
            fields.number("minutes", visit.say("tasks.minutes"))
            if currency:
                fields.text("cost", visit.say("tasks.cost_in", currency=currency), most=16)

    if await with_reason(visit, visit.say("tasks.complete"), make, fields=lay):
        ui.navigate.to(f"/tasks/{task.task_id}")


async def _cancel(visit: Visit, task: TaskAnswer) -> None:
    async def make(reason: str) -> None:
        await visit.make(cancel_task(task.task_id, reason), reason, TaskAnswer)

    text = visit.say("tasks.cancel_note")
    if await with_reason(visit, visit.say("tasks.cancel"), make, text=text):
        ui.navigate.to(f"/tasks/{task.task_id}")
