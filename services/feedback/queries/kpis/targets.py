"""Targets of KPIs; every change of one is in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from services.feedback.domain.kpis.targets import Target
from shared.audit import Note, note

_COLUMNS: Final = (
    "kpi_key, slice AS slice_key, period, value, owner, note, version, changed_by, updated_at"
)
_PAGE: Final = f"""
SELECT {_COLUMNS} FROM kpi_targets
WHERE ($1::text IS NULL OR kpi_key = $1) AND (kpi_key, slice, period) > ($2, $3, $4)
ORDER BY kpi_key, slice, period LIMIT $5
"""  # noqa: S608 - our own column list
_OF: Final = f"""
SELECT {_COLUMNS} FROM kpi_targets
WHERE kpi_key = ANY($1::text[]) AND (slice = $2 OR starts_with(slice, $2 || ':'))
"""  # noqa: S608 - as above
_ONE: Final = f"""
SELECT {_COLUMNS} FROM kpi_targets WHERE kpi_key = $1 AND slice = $2 AND period = $3 FOR UPDATE
"""  # noqa: S608 - as above
_PUT: Final = """
INSERT INTO kpi_targets AS t (kpi_key, slice, period, value, owner, note, version, changed_by,
    updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (kpi_key, slice, period) DO UPDATE
SET value = excluded.value, owner = excluded.owner, note = excluded.note,
    version = excluded.version, changed_by = excluded.changed_by, updated_at = excluded.updated_at
WHERE t.version = excluded.version - 1
RETURNING version
"""
Key = tuple[str, str, str]


async def page_of_targets(
    pool: asyncpg.Pool, kpi_key: str | None, *, after: Key, limit: int
) -> list[Target]:
    """List targets after a key, of one KPI or of all."""
    rows = await pool.fetch(_PAGE, kpi_key, *after, limit)
    return [Target(**dict(row)) for row in rows]


async def targets_of(
    connection: asyncpg.Connection | asyncpg.Pool, keys: Sequence[str], slice_key: str
) -> list[Target]:
    """List every target of some KPIs in a slice, or in all slices of a kind."""
    return [Target(**dict(row)) for row in await connection.fetch(_OF, keys, slice_key)]


async def target_for_update(connection: asyncpg.Connection, key: Key) -> Target | None:
    """Read one target and hold it."""
    row = await connection.fetchrow(_ONE, *key)
    return None if row is None else Target(**dict(row))


async def put_target(connection: asyncpg.Connection, target: Target, before: Target | None) -> bool:
    """Write the next version of a target, and who changed what; False when somebody was faster."""
    version = await connection.fetchval(
        _PUT,
        target.kpi_key,
        target.slice_key,
        target.period,
        target.value,
        target.owner,
        target.note,
        target.version,
        target.changed_by,
        target.updated_at,
    )
    if version is None:
        return False
    await _note(connection, target, before)
    return True


async def _note(connection: asyncpg.Connection, target: Target, before: Target | None) -> None:
    subject = f"{target.kpi_key} {target.slice_key} {target.period}"
    details = {"before": None if before is None else _words(before), "after": _words(target)}
    made = Note(target.changed_by, "kpi_target_changed", subject, details)
    await note(connection, made, at=target.updated_at)


def _words(target: Target) -> dict[str, object]:
    return {
        "value": target.value,
        "owner": target.owner,
        "note": target.note,
        "version": target.version,
    }
