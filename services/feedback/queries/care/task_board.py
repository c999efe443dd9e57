"""Tasks as people see and work them: lists, claims, completions, expiry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.task import Outcome, Task, TaskState

_COLUMNS: Final = ", ".join(field.name for field in fields(Task))
_ONE: Final = f"SELECT {_COLUMNS} FROM tasks WHERE task_id = $1"  # noqa: S608 - ours
_HOLD: Final = f"{_ONE} FOR UPDATE"
_UNDER: Final = f"SELECT {_COLUMNS} FROM tasks WHERE once_key = $1"  # noqa: S608 - ours
_CLAIM: Final = f"""
UPDATE tasks SET state = 'claimed', owner = $2, claimed_at = coalesce(claimed_at, $3)
WHERE task_id = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - ours
_CLOSE: Final = f"""
UPDATE tasks SET state = $2, closed_at = $3, closed_by = $4, outcome = $5, note = $6,
    actual_cost = $7, currency = coalesce($8, currency), completion = $9, interaction_id = $10,
    owner = coalesce(owner, $11)
WHERE task_id = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - ours
# Whoever completes a task at this moment keeps it.
_EXPIRE: Final = """
UPDATE tasks SET state = 'expired', closed_at = $1 WHERE task_id IN (
    SELECT task_id FROM tasks WHERE state IN ('open', 'claimed') AND expires_at <= $1
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of tasks ended."""

    due_at: datetime
    priority: int
    task_id: UUID


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks; None: whichever."""

    states: Sequence[str]
    owner: str | None = None
    queue: str | None = None
    due_before: datetime | None = None
    customer_ids: Sequence[str] | None = None
    playbook_key: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How a task ends."""

    state: TaskState
    at: datetime
    by: str
    outcome: Outcome | None = None
    note: str | None = None
    cost: int | None = None
    currency: str | None = None
    completion: bytes | None = None
    interaction_id: UUID | None = None
    agent: str | None = None


async def find_task(connection: asyncpg.Pool | asyncpg.Connection, task_id: UUID) -> Task | None:
    """Read one task."""
    return _task(await connection.fetchrow(_ONE, task_id))


async def hold_task(connection: asyncpg.Connection, task_id: UUID) -> Task | None:
    """Read one task; nobody else changes it until the transaction ends."""
    return _task(await connection.fetchrow(_HOLD, task_id))


async def task_under(connection: asyncpg.Connection, once_key: str) -> Task | None:
    """Read the task that a cause made."""
    return _task(await connection.fetchrow(_UNDER, once_key))


async def list_tasks(
    pool: asyncpg.Pool, wanted: TaskFilter, after: Place | None, limit: int
) -> list[Task]:
    """List tasks by when they are due, the urgent before the others, after a place."""
    clauses, values = _conditions(wanted, after)
    # Of each state its own first ones: the index on states gives them in order.
    statement = f"""
        SELECT {_COLUMNS} FROM unnest($1::text[]) AS asked (one_state) CROSS JOIN LATERAL (
            SELECT * FROM tasks t WHERE t.state = asked.one_state{"".join(clauses)}
            ORDER BY t.due_at, t.priority, t.task_id LIMIT $2) AS first
        ORDER BY due_at, priority, task_id LIMIT $2
        """  # noqa: S608 - ours
    rows = await pool.fetch(statement, list(wanted.states), limit, *values)
    return [found for row in rows if (found := _task(row))]


def _conditions(wanted: TaskFilter, after: Place | None) -> tuple[list[str], list[Any]]:
    clauses: list[str] = []
    values: list[Any] = []

    def ask(clause: str, *given: Any) -> None:
        numbers = [f"${len(values) + 3 + place}" for place in range(len(given))]
        clauses.append(" AND " + clause.format(*numbers))
        values.extend(given)

    for name in ("owner", "queue", "playbook_key", "channel"):
        if (value := getattr(wanted, name)) is not None:
            ask(f"t.{name} = {{}}", value)
    if wanted.customer_ids is not None:
        ask("t.customer_id = ANY({}::text[])", list(wanted.customer_ids))
    if wanted.due_before is not None:
        ask("t.due_at < {}", wanted.due_before)
    if after is not None:
        place = (after.due_at, after.priority, after.task_id)
        ask("(t.due_at, t.priority, t.task_id) > ({}, {}, {})", *place)
    return clauses, values


async def claim_task(
    connection: asyncpg.Connection, task_id: UUID, owner: str, now: datetime
) -> Task | None:
    """Give a held task to somebody."""
    return _task(await connection.fetchrow(_CLAIM, task_id, owner, now))


async def close_task(
    connection: asyncpg.Connection, task_id: UUID, closing: Closing
) -> Task | None:
    """End a held task."""
    values = (
        closing.state,
        closing.at,
        closing.by,
        closing.outcome,
        closing.note,
        closing.cost,
        closing.currency,
        closing.completion,
        closing.interaction_id,
        closing.agent,
    )
    return _task(await connection.fetchrow(_CLOSE, task_id, *values))


async def expire_tasks(pool: asyncpg.Pool, now: datetime, limit: int) -> int:
    """Give up tasks nobody has seen to in time; count them."""
    tag: str = await pool.execute(_EXPIRE, now, limit)
    return int(tag.rsplit(" ", 1)[-1])


def _task(row: asyncpg.Record | None) -> Task | None:
    if row is None:
        return None
    values = dict(row)
    outcome = values["outcome"]
    return Task(
        **{
            **values,
            "state": TaskState(values["state"]),
            "outcome": None if outcome is None else Outcome(outcome),
        }
    )
