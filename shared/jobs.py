"""Background jobs as rows: asked for in a transaction, looked up by id."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg

from shared.contracts.jobs import JobStatus
from shared.ids import uuid7

COLUMNS: Final = (
    "job_id, kind, status, arguments::text AS arguments, progress, message,"
    " result::text AS result, attempts, created_at, started_at, finished_at"
)

_ENQUEUE = """
INSERT INTO jobs (job_id, kind, status, arguments, created_at)
VALUES ($1, $2, 'queued', $3::text::jsonb, now())
"""
_FIND = f"SELECT {COLUMNS} FROM jobs WHERE job_id = $1"  # noqa: S608 - our own column list
_NEWEST_OPEN = f"""
SELECT {COLUMNS} FROM jobs WHERE kind = $1 AND finished_at IS NULL
ORDER BY created_at DESC, job_id DESC LIMIT 1
"""  # noqa: S608 - our own column list
_NEWEST = f"""
SELECT {COLUMNS} FROM jobs
WHERE kind = ANY($1::text[]) AND ($2::text IS NULL OR status = $2) AND job_id < $3
ORDER BY job_id DESC LIMIT $4
"""  # noqa: S608 - our own column list
_AFTER_ALL: Final = UUID(int=2**128 - 1)

#: A pool, or a connection inside the caller's transaction.
Connection: TypeAlias = asyncpg.Connection | asyncpg.Pool


@dataclass(frozen=True, slots=True)
class Job:
    """A row of `jobs`; `started_at` is also the token of the claim that may change it."""

    job_id: UUID
    kind: str
    status: JobStatus
    arguments: dict[str, Any]
    progress: float
    message: str
    result: dict[str, Any] | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


async def enqueue(connection: Connection, kind: str, arguments: Mapping[str, object]) -> UUID:
    """Ask for a job; with a connection, inside the caller's transaction."""
    job_id = uuid7()
    await connection.execute(_ENQUEUE, job_id, kind, json.dumps(arguments))
    return job_id


async def find(connection: Connection, job_id: UUID) -> Job | None:
    """Look a job up."""
    row = await connection.fetchrow(_FIND, job_id)
    return None if row is None else job_of(row)


async def newest_open(connection: Connection, kind: str) -> Job | None:
    """Find the latest unfinished job of a kind, so that the same work is not asked for twice."""
    row = await connection.fetchrow(_NEWEST_OPEN, kind)
    return None if row is None else job_of(row)


async def newest(
    connection: Connection,
    kinds: Collection[str],
    *,
    status: JobStatus | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Job]:
    """List jobs of some kinds, newest first, from before the given one on."""
    rows = await connection.fetch(_NEWEST, list(kinds), status, before or _AFTER_ALL, limit)
    return [job_of(row) for row in rows]


def job_of(row: asyncpg.Record) -> Job:
    """Read a job from a row of COLUMNS."""
    values = dict(row)
    values["arguments"] = json.loads(values["arguments"])
    values["result"] = None if values["result"] is None else json.loads(values["result"])
    return Job(**values)
