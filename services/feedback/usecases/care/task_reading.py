"""Tasks as they are answered: with the customer's name in the message, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.message import filled
from services.feedback.domain.care.task import UNDONE, Task
from services.feedback.domain.care.why import why_of
from services.feedback.queries.care import task_board
from services.feedback.queries.care.people import attributes_of
from services.feedback.queries.care.task_board import Place, TaskFilter
from services.feedback.usecases.care.errors import BadTaskCursor, UnknownTask
from services.feedback.usecases.contacts.reading import ids_of
from services.feedback.usecases.desk import Desk
from shared.contracts.common import Money, Page
from shared.contracts.playbooks import ShownText
from shared.contracts.tasks import TaskAnswer, TaskSegment
from shared.money import format_minor

#: Where a profile may tell its customer's name.
NAME_PATHS: Final = (("name",), ("display_name",), ("first_name",), ("demography", "name"))
MOST_NAME: Final = 64
_SAID_ELSEWHERE: Final = frozenset({"not_before", "why"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks are asked for; None: whichever, without a state those still to be done."""

    state: str | None = None
    owner: str | None = None
    queue: str | None = None
    customer_id: str | None = None
    playbook_key: str | None = None
    channel: str | None = None
    due_before: datetime | None = None


async def list_tasks(
    desk: Desk, wanted: Wanted, cursor: str | None, limit: int
) -> Page[TaskAnswer]:
    """Give one page of tasks in the order in which they are due; raises BadTaskCursor."""
    after = None if cursor is None else place_in(cursor)
    asked = await _filter(desk, wanted)
    found = await task_board.list_tasks(desk.pool, asked, after, limit + 1)
    items = await task_answers(desk.pool, found[:limit], desk.clock.now())
    more = cursor_at(found[limit - 1]) if len(found) > limit else None
    return Page(items=items, next_cursor=more)


async def _filter(desk: Desk, wanted: Wanted) -> TaskFilter:
    """Ask for everything that one person is known by."""
    ids = None if wanted.customer_id is None else await ids_of(desk.pool, wanted.customer_id)
    return TaskFilter(
        states=sorted(UNDONE) if wanted.state is None else [wanted.state],
        owner=wanted.owner,
        queue=wanted.queue,
        due_before=wanted.due_before,
        customer_ids=ids,
        playbook_key=wanted.playbook_key,
        channel=wanted.channel,
    )


async def one_task(desk: Desk, task_id: UUID) -> TaskAnswer:
    """Give one task; raises UnknownTask."""
    found = await task_board.find_task(desk.pool, task_id)
    if found is None:
        raise UnknownTask
    (answer,) = await task_answers(desk.pool, [found], desk.clock.now())
    return answer


def cursor_at(task: Task) -> str:
    """Write where a page ended: microseconds since 1970, priority, id."""
    return f"{(task.due_at - _EPOCH) // _MICROSECOND}.{task.priority}.{task.task_id}"


def place_in(cursor: str) -> Place:
    """Read where a page ended; raises BadTaskCursor."""
    parts = cursor.split(".")
    try:
        moment, priority, task_id = parts
        return Place(_EPOCH + int(moment) * _MICROSECOND, int(priority), UUID(task_id))
    except (ValueError, OverflowError):
        raise BadTaskCursor from None


async def task_answers(
    connection: asyncpg.Connection | asyncpg.Pool, tasks: Sequence[Task], now: datetime
) -> list[TaskAnswer]:
    """Write tasks as they are answered."""
    who = {task.profile_id for task in tasks if task.profile_id is not None and task.message}
    told = await attributes_of(connection, sorted(who)) if who else {}
    return [
        _answer(task, told.get(task.profile_id, {}) if task.profile_id else {}, now)
        for task in tasks
    ]


def name_in(attributes: Mapping[str, Any]) -> str | None:
    """Find a customer's name in a profile, cut to a length a message can hold."""
    for path in NAME_PATHS:
        found: Any = attributes
        for part in path:
            found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, str) and found.strip():
            return found.strip()[:MOST_NAME]
    return None


def _answer(task: Task, attributes: Mapping[str, Any], now: datetime) -> TaskAnswer:
    is_undone = task.state in UNDONE
    return TaskAnswer(
        task_id=task.task_id,
        state=task.state.value,
        kind=task.kind,
        purpose="marketing" if task.purpose == "marketing" else "service",
        channel=task.channel,
        customer_id=task.customer_id,
        segment_at=None if task.segment_at is None else TaskSegment(**task.segment_at),
        title=ShownText(**task.title),
        message=_message(task, name_in(attributes)),
        why=_why(task),
        details={k: v for k, v in task.details.items() if k not in _SAID_ELSEWHERE},
        priority=task.priority,
        owner=task.owner,
        queue=task.queue,
        playbook_key=task.playbook_key,
        playbook_version=task.playbook_version,
        cost=_money(task.cost, task.currency),
        actual_cost=_money(task.actual_cost, task.currency),
        created_at=task.created_at,
        due_at=task.due_at,
        not_before=_not_before(task),
        expires_at=task.expires_at,
        is_overdue=is_undone and task.due_at < now,
        claimed_at=task.claimed_at,
        closed_at=task.closed_at,
        closed_by=task.closed_by,
        outcome=None if task.outcome is None else task.outcome.value,
        note=task.note,
        interaction_id=task.interaction_id,
    )


def _message(task: Task, name: str | None) -> ShownText | None:
    if task.message is None:
        return None
    words = {} if name is None else {"name": {"en": name, "zh": name}}
    return ShownText(**filled(task.message, words, keep=frozenset()))


def _money(minor: int | None, currency: str | None) -> Money | None:
    if minor is None or currency is None:
        return None
    return Money(amount=format_minor(minor, currency), currency=currency)


def _why(task: Task) -> ShownText | None:
    words = None if task.playbook_version is None else why_of(task.details)
    return None if words is None else ShownText(**words)


def _not_before(task: Task) -> datetime | None:
    # only of tasks that a playbook made: what people write into details is theirs
    text = None if task.playbook_version is None else task.details.get("not_before")
    return datetime.fromisoformat(text) if isinstance(text, str) else None
