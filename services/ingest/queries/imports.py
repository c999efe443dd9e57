"""Imports as rows: what was asked for, how far it is, and what only the database could tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection, Pool, Record

from shared.contracts.imports import ImportState

_READ: Final = (
    "import_id, source_id, file_name, status, mapping, rows_done, accepted, duplicates, conflicts,"
    " rejected, rows_total, started_at, finished_at, is_dry_run, checkpoint, message, job_id,"
    " requested_by"
)
_OWN: Final = ", ".join(f"i.{name}" for name in _READ.split(", "))
# A job that failed for good before the import could note it: the import is over too.
_STATUS: Final = (
    "CASE WHEN j.status = 'failed' AND i.finished_at IS NULL THEN 'failed' ELSE i.status END"
)
_FOLLOWED: Final = f"""
SELECT {_OWN}, j.status, j.progress, j.message, j.finished_at
FROM imports i LEFT JOIN jobs j ON j.job_id = i.job_id
"""  # noqa: S608 - our own column list
COUNTERS: Final = ("rows_done", "accepted", "duplicates", "conflicts", "rejected")


@dataclass(frozen=True, slots=True)
class StoredImport:
    """A row of `imports`. `mapping`: as asked for. `checkpoint`: what a next run goes on from."""

    import_id: UUID
    source_id: str
    file_name: str
    status: ImportState
    mapping: dict[str, Any]
    rows_done: int
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    rows_total: int | None
    started_at: datetime
    finished_at: datetime | None
    is_dry_run: bool
    checkpoint: dict[str, Any]
    message: str
    job_id: UUID | None = None
    requested_by: str | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """The job that does an import, as far as it is; nothing for one begun by hand."""

    status: str | None = None
    progress: float | None = None
    message: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which imports are listed: of one source or all, in one state or any."""

    source_id: str | None
    status: ImportState | None


async def add(
    connection: Connection | Pool, found: StoredImport, *, file_sha256: bytes | None
) -> None:
    """Note an import before it begins."""
    await connection.execute(
        """
        INSERT INTO imports (import_id, source_id, file_name, status, mapping, started_at,
            is_dry_run, file_sha256, checkpoint, requested_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        found.import_id,
        found.source_id,
        found.file_name,
        found.status,
        found.mapping,
        found.started_at,
        found.is_dry_run,
        file_sha256,
        found.checkpoint,
        found.requested_by,
    )


async def of_job(connection: Connection, import_id: UUID, job_id: UUID) -> None:
    """Say which job does an import."""
    await connection.execute(
        "UPDATE imports SET job_id = $2 WHERE import_id = $1", import_id, job_id
    )


async def find(pool: Pool, import_id: UUID) -> StoredImport | None:
    """Return an import."""
    row = await pool.fetchrow(f"SELECT {_READ} FROM imports WHERE import_id = $1", import_id)  # noqa: S608
    return None if row is None else StoredImport(*row)


async def followed(pool: Pool, import_id: UUID) -> tuple[StoredImport, Doing] | None:
    """Return an import and the job that does it."""
    row = await pool.fetchrow(f"{_FOLLOWED} WHERE i.import_id = $1", import_id)
    return None if row is None else _parts(row)


async def newest(
    pool: Pool, chosen: Chosen, *, before: UUID | None, limit: int
) -> list[tuple[StoredImport, Doing]]:
    """List imports with their jobs, the newest first."""
    rows = await pool.fetch(
        f"""
        {_FOLLOWED}
        WHERE i.import_id < $1 AND ($2::text IS NULL OR i.source_id = $2)
            AND ($3::text IS NULL OR {_STATUS} = $3)
        ORDER BY i.import_id DESC LIMIT $4
        """,
        before or UUID(int=2**128 - 1),
        chosen.source_id,
        chosen.status,
        limit,
    )
    return [_parts(row) for row in rows]


def _parts(row: Record) -> tuple[StoredImport, Doing]:
    values = tuple(row)
    return StoredImport(*values[:-4]), Doing(*values[-4:])


async def find_unfinished(
    pool: Pool, file_sha256: bytes, source_id: str, mapping: Mapping[str, Any]
) -> StoredImport | None:
    """Return the import of this very file that a run began by hand and did not end."""
    row = await pool.fetchrow(
        f"""
        SELECT {_READ} FROM imports
        WHERE file_sha256 = $1 AND source_id = $2 AND mapping = $3 AND status = 'running'
            AND job_id IS NULL AND NOT is_dry_run
        ORDER BY started_at DESC LIMIT 1
        """,  # noqa: S608 - our own column list
        file_sha256,
        source_id,
        mapping,
    )
    return None if row is None else StoredImport(*row)


async def reached(
    pool: Pool,
    import_id: UUID,
    counts: Mapping[str, int],
    *,
    rows_total: int | None,
    checkpoint: Mapping[str, Any],
) -> None:
    """Note how far an import is."""
    await pool.execute(
        """
        UPDATE imports SET status = 'running', rows_done = $2, accepted = $3, duplicates = $4,
            conflicts = $5, rejected = $6, rows_total = $7, checkpoint = $8
        WHERE import_id = $1
        """,
        import_id,
        *(counts[name] for name in COUNTERS),
        rows_total,
        checkpoint,
    )


async def finish(pool: Pool, import_id: UUID, status: str, *, message: str, now: datetime) -> None:
    """Close an import as done or failed."""
    await pool.execute(
        """
        UPDATE imports SET status = $2, message = $3, finished_at = $4 WHERE import_id = $1
        """,
        import_id,
        status,
        message,
        now,
    )


async def add_faults(pool: Pool, import_id: UUID, faults: Iterable[tuple[int, str, str]]) -> None:
    """Keep rows (row, code, message) that only the database could refuse, for a next run's list."""
    rows = {row: (code, message) for row, code, message in faults}
    if not rows:
        return
    await pool.execute(
        """
        INSERT INTO import_errors (import_id, row, codes, message)
        SELECT $1, t.row, ARRAY[t.code], t.message
        FROM unnest($2::bigint[], $3::text[], $4::text[]) AS t(row, code, message)
        ON CONFLICT DO NOTHING
        """,
        import_id,
        list(rows),
        [code for code, _ in rows.values()],
        [message for _, message in rows.values()],
    )


async def faults_of(pool: Pool, import_id: UUID) -> list[tuple[int, str, str]]:
    """Return the kept rows of an import, as (row, code, message)."""
    rows = await pool.fetch(
        "SELECT row, codes[1], message FROM import_errors WHERE import_id = $1 ORDER BY row",
        import_id,
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def forget_faults(pool: Pool, import_id: UUID) -> None:
    """Drop the kept rows of an import that is at its end."""
    await pool.execute("DELETE FROM import_errors WHERE import_id = $1", import_id)
