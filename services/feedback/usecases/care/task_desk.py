"""What people do with tasks: make one, take it on, say how it went, call it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.task import UNDONE, NewTask, Outcome, Task, TaskState
from services.feedback.queries.care import task_board
from services.feedback.queries.care.people import Person, people_of
from services.feedback.queries.care.task_board import Closing
from services.feedback.queries.care.tasks import add_tasks
from services.feedback.queries.people import base_currency, group_of
from services.feedback.usecases.care.contact_log import log_contact
from services.feedback.usecases.care.errors import (
    BadDoneInstant,
    BadDueInstant,
    ConsentWithdrawn,
    TaskClosed,
    TaskTaken,
    UnknownTask,
    UnknownTaskCustomer,
    WrongTaskCurrency,
)
from services.feedback.usecases.care.judged import may_contact
from services.feedback.usecases.care.playbook_desk import require_playbook
from services.feedback.usecases.care.task_reading import task_answers
from services.feedback.usecases.desk import Desk
from shared.contracts.contacts import Cost
from shared.contracts.tasks import (
    CancelRequest,
    ClaimRequest,
    CompletionRequest,
    TaskAnswer,
    TaskRequest,
)
from shared.idempotency import Answer, Asked, fingerprint_of, idempotently
from shared.ids import uuid7
from shared.keys import Caller

ROUTE: Final = "POST /v1/tasks"
FURTHEST: Final = timedelta(days=5 * 366)
#: Outcomes that leave the customer alone.
_ALONE: Final = frozenset({Outcome.SKIPPED, Outcome.WRONG_NUMBER})


async def create_task(
    desk: Desk, caller: Caller, request: TaskRequest, idempotency_key: str | None
) -> Answer:
    """Make a task by hand; people know what they do: caps do not hold it back, consent does.

    Raises UnknownTaskCustomer, UnknownPlaybook, BadDueInstant, WrongTaskCurrency,
    ConsentWithdrawn.
    """
    now = desk.clock.now()
    if abs(request.due_at - now) > FURTHEST:
        raise BadDueInstant

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await _refuse_currency(connection, request.cost)
        if request.playbook_key is not None:
            await require_playbook(connection, request.playbook_key)
        person = await _person(connection, request)
        if not may_contact(person, "not_withdrawn"):
            raise ConsentWithdrawn
        task = _by_hand(request, person)
        await add_tasks(connection, [task], now=now)
        made = await task_board.task_under(connection, task.once_key)
        return (await _told(connection, made, now)).model_dump(mode="json")

    return await idempotently(
        desk.pool, Asked(caller, ROUTE, request, idempotency_key, status=201), work
    )


async def _person(connection: asyncpg.Connection, request: TaskRequest) -> Person:
    group = await group_of(connection, request.customer_id)
    if group is None:
        raise UnknownTaskCustomer
    asked = [group.profile_id]
    found = await people_of(connection, asked, programme=None, purpose=request.purpose)
    if group.profile_id not in found:
        raise UnknownTaskCustomer
    return found[group.profile_id]


def _by_hand(request: TaskRequest, person: Person) -> NewTask:
    return NewTask(
        once_key=f"manual:{uuid7().hex}",
        customer_id=request.customer_id,
        profile_id=person.profile_id,
        playbook_key=request.playbook_key,
        kind="manual",
        purpose=request.purpose,
        channel=request.channel,
        title=request.title.model_dump(),
        message=None if request.message is None else request.message.model_dump(),
        details=request.details,
        segment_at={
            "programme": person.programme,
            "tier": person.tier,
            "lifecycle": person.lifecycle,
        },
        priority=request.priority,
        owner=request.owner,
        queue=request.queue,
        cost=None if request.cost is None else request.cost.minor,
        currency=None if request.cost is None else request.cost.currency,
        due_at=request.due_at,
    )


async def claim(desk: Desk, caller: Caller, task_id: UUID, request: ClaimRequest) -> TaskAnswer:
    """Give a task to somebody; taking on what one has already changes nothing.

    Raises UnknownTask, TaskClosed, TaskTaken, ConsentWithdrawn.
    """
    now, owner = desk.clock.now(), request.owner or caller.name
    async with desk.pool.acquire() as connection, connection.transaction():
        task = await _undone(connection, task_id)
        if task.state == TaskState.CLAIMED and task.owner != owner:
            raise TaskTaken
        if not await _may(connection, task):
            raise ConsentWithdrawn
        taken = task
        if task.state != TaskState.CLAIMED:
            taken = await task_board.claim_task(connection, task_id, owner, now) or task
        return await _told(connection, taken, now)


async def complete(
    desk: Desk, caller: Caller, task_id: UUID, request: CompletionRequest
) -> TaskAnswer:
    """Say how a task went, once: the same again gives the same answer.

    The contact goes into the customer's time line, an answer to an offer to the offer's.
    Raises UnknownTask, TaskClosed, ConsentWithdrawn, WrongTaskCurrency, BadDoneInstant.
    """
    now, fingerprint = desk.clock.now(), fingerprint_of(request)
    if request.occurred_at is not None and request.occurred_at > now + timedelta(minutes=5):
        raise BadDoneInstant
    async with desk.pool.acquire() as connection, connection.transaction():
        task = await task_board.hold_task(connection, task_id)
        if task is None:
            raise UnknownTask
        if task.state == TaskState.DONE and task.completion == fingerprint:
            return await _told(connection, task, now)
        if task.state not in UNDONE:
            raise TaskClosed
        outcome = Outcome(request.outcome)
        await _refuse_currency(connection, request.cost)
        if outcome not in _ALONE and not await _may(connection, task):
            raise ConsentWithdrawn
        closing = _closing(task, request, caller, now, fingerprint)
        logged = await log_contact(connection, task, closing, request, now)
        done = await task_board.close_task(
            connection, task_id, replace(closing, interaction_id=logged)
        )
        return await _told(connection, done, now)


def _closing(
    task: Task, request: CompletionRequest, caller: Caller, now: datetime, fingerprint: bytes
) -> Closing:
    outcome = Outcome(request.outcome)
    planned = 0 if outcome == Outcome.SKIPPED else task.cost
    return Closing(
        state=TaskState.DONE,
        at=now,
        by=caller.name,
        outcome=outcome,
        note=request.note,
        cost=planned if request.cost is None else request.cost.minor,
        currency=None if request.cost is None else request.cost.currency,
        completion=fingerprint,
        agent=request.agent,
    )


async def cancel(desk: Desk, caller: Caller, task_id: UUID, request: CancelRequest) -> TaskAnswer:
    """Call a task off; one that was called off stays as it was. Raises UnknownTask, TaskClosed."""
    now = desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        task = await task_board.hold_task(connection, task_id)
        if task is not None and task.state == TaskState.CANCELLED:
            return await _told(connection, task, now)
        await _undone(connection, task_id)
        closing = Closing(TaskState.CANCELLED, now, caller.name, note=request.reason)
        return await _told(
            connection, await task_board.close_task(connection, task_id, closing), now
        )


async def _undone(connection: asyncpg.Connection, task_id: UUID) -> Task:
    task = await task_board.hold_task(connection, task_id)
    if task is None:
        raise UnknownTask
    if task.state not in UNDONE:
        raise TaskClosed
    return task


async def _may(connection: asyncpg.Connection, task: Task) -> bool:
    """Tell whether the customer still allows the task's purpose; nobody else decides for them."""
    if task.profile_id is None:
        return True
    asked = [task.profile_id]
    found = await people_of(connection, asked, programme=None, purpose=task.purpose)
    person = found.get(task.profile_id)
    rule = str(task.details.get("consent", "not_withdrawn"))
    return person is not None and may_contact(person, rule)


async def _refuse_currency(connection: asyncpg.Connection, cost: Cost | None) -> None:
    if cost is not None and await base_currency(connection) not in {None, cost.currency}:
        raise WrongTaskCurrency


async def _told(connection: asyncpg.Connection, task: Task | None, now: datetime) -> TaskAnswer:
    if task is None:
        raise UnknownTask
    (answer,) = await task_answers(connection, [task], now)
    return answer
