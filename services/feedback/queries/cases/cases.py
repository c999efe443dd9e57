"""Statements over `cases` and `case_events`: one case."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import Case, CaseEvent
from services.feedback.domain.cases.states import State
from shared.ids import uuid7

COLUMNS: Final = tuple(field.name for field in fields(Case))
LIST: Final = ", ".join(COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))
_SET: Final = ", ".join(f"{name} = ${number}" for number, name in enumerate(COLUMNS[1:], 2))

# One piece of feedback has one case, however often it is sent.
_ADD: Final = f"""
INSERT INTO cases ({LIST}) VALUES ({_VALUES})
ON CONFLICT (feedback_id) DO NOTHING RETURNING case_id
"""  # noqa: S608 - our own column list
_UPDATE: Final = f"UPDATE cases SET {_SET} WHERE case_id = $1"  # noqa: S608 - as above
_FIND: Final = f"SELECT {LIST} FROM cases WHERE case_id = $1"  # noqa: S608 - as above
_FIND_OF: Final = f"SELECT {LIST} FROM cases WHERE feedback_id = $1"  # noqa: S608 - as above
_ADD_EVENT: Final = """
INSERT INTO case_events (case_id, case_event_id, kind, actor, details, at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_EVENTS: Final = """
SELECT case_event_id, kind, actor, details, at FROM case_events
WHERE case_id = $1 ORDER BY case_event_id DESC LIMIT $2
"""


def case_in(row: asyncpg.Record) -> Case:
    """Read a row."""
    return Case(**{**dict(row), "state": State(row["state"])})


async def add_cases(connection: asyncpg.Connection, cases: Sequence[Case]) -> set[UUID]:
    """Store new cases; gives the ids of those stored: what was said may have one already."""
    rows = await connection.fetchmany(_ADD, [_values_of(case) for case in cases])
    return {row["case_id"] for row in rows}


async def update_case(connection: asyncpg.Connection, case: Case) -> None:
    """Write a case anew; the caller holds it."""
    await connection.execute(_UPDATE, *_values_of(case))


async def find_case(connection: asyncpg.Connection | asyncpg.Pool, case_id: UUID) -> Case | None:
    """Find a case."""
    row = await connection.fetchrow(_FIND, case_id)
    return None if row is None else case_in(row)


async def hold_case(connection: asyncpg.Connection, case_id: UUID) -> Case | None:
    """Find a case and keep others from changing it until the transaction ends."""
    row = await connection.fetchrow(f"{_FIND} FOR UPDATE", case_id)
    return None if row is None else case_in(row)


async def case_of_feedback(
    connection: asyncpg.Connection | asyncpg.Pool, feedback_id: UUID
) -> Case | None:
    """Find the case of something said."""
    row = await connection.fetchrow(_FIND_OF, feedback_id)
    return None if row is None else case_in(row)


async def add_events(
    connection: asyncpg.Connection,
    case_id: UUID,
    events: Sequence[CaseEvent],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Write down what happened, in order."""
    await add_events_of(connection, [(case_id, each, at) for each in events], actor=actor)


async def add_events_of(
    connection: asyncpg.Connection,
    happened: Sequence[tuple[UUID, CaseEvent, datetime]],
    *,
    actor: str,
) -> None:
    """Write down what happened to several cases, in order."""
    rows = [
        (case_id, uuid7(), event.kind, actor, dict(event.details), at)
        for case_id, event, at in happened
    ]
    await connection.executemany(_ADD_EVENT, rows)


async def newest_events(
    connection: asyncpg.Connection | asyncpg.Pool, case_id: UUID, *, limit: int
) -> list[dict[str, Any]]:
    """List what happened to a case, the newest first."""
    return [dict(row) for row in await connection.fetch(_EVENTS, case_id, limit)]


def _values_of(case: Case) -> list[Any]:
    return [getattr(case, name) for name in COLUMNS]
