"""Segments as people define them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from services.scoring.domain.segments import Segment

MOST_SEGMENTS: Final = 1000
_COLUMNS: Final = """
segment_key, name, condition, purpose, version, is_settled, created_at, updated_at
"""
_ALL: Final = f"SELECT {_COLUMNS} FROM segments WHERE deleted_at IS NULL ORDER BY segment_key"  # noqa: S608 - ours
_PAGE: Final = f"""
SELECT {_COLUMNS} FROM segments WHERE deleted_at IS NULL AND segment_key > $1
ORDER BY segment_key LIMIT $2
"""  # noqa: S608 - our own column names
_ONE: Final = f"SELECT {_COLUMNS} FROM segments WHERE deleted_at IS NULL AND segment_key = $1"  # noqa: S608 - ours
# One writer of definitions at a time: what each sees of the others is what will be there.
_LOCK: Final = "LOCK TABLE segments IN SHARE ROW EXCLUSIVE MODE"
_PUT: Final = f"""
INSERT INTO segments (segment_key, name, condition, purpose, created_at, updated_at)
VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
ON CONFLICT (segment_key) DO UPDATE SET name = excluded.name, condition = excluded.condition,
    purpose = excluded.purpose, version = segments.version + 1, is_settled = false,
    deleted_at = NULL, updated_at = excluded.updated_at,
    created_at = CASE WHEN segments.deleted_at IS NULL THEN segments.created_at
        ELSE excluded.created_at END
RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column names
_DELETE: Final = """
UPDATE segments SET deleted_at = clock_timestamp(), updated_at = clock_timestamp(),
    version = version + 1, is_settled = false
WHERE segment_key = $1 AND deleted_at IS NULL
"""
_FORGET_MEMBERS: Final = "DELETE FROM segment_members WHERE segment_key = $1"
_UNSETTLE: Final = """
UPDATE segments SET is_settled = false, version = version + 1 WHERE segment_key = ANY($1::text[])
"""
_SETTLE: Final = """
UPDATE segments s SET is_settled = true FROM unnest($1::text[], $2::bigint[]) AS g (key, version)
WHERE s.segment_key = g.key AND s.version = g.version AND NOT s.is_settled
"""
_LADDERS: Final = """
SELECT l.programme_key, v.document FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
"""
_DOCUMENTS: Final = """
SELECT programme_key, version, document FROM programme_versions
WHERE status <> 'withdrawn' ORDER BY programme_key, version LIMIT 10000
"""


async def all_segments(connection: asyncpg.Pool | asyncpg.Connection) -> list[Segment]:
    """Read every segment, at most a thousand are ever made."""
    return [Segment(**dict(row)) for row in await connection.fetch(_ALL)]


async def page_of_segments(pool: asyncpg.Pool, after: str, limit: int) -> list[Segment]:
    """List segments in the order of their keys, after one."""
    return [Segment(**dict(row)) for row in await pool.fetch(_PAGE, after, limit)]


async def find_segment(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> Segment | None:
    """Read one segment."""
    row = await connection.fetchrow(_ONE, key)
    return None if row is None else Segment(**dict(row))


async def hold_definitions(connection: asyncpg.Connection) -> None:
    """Let nobody else change definitions until the caller's transaction ends."""
    await connection.execute(_LOCK)


async def put_segment(
    connection: asyncpg.Connection,
    key: str,
    name: Mapping[str, str],
    condition: Mapping[str, Any],
    purpose: str | None,
) -> Segment:
    """Write a segment, new or anew."""
    row = await connection.fetchrow(_PUT, key, dict(name), dict(condition), purpose)
    return Segment(**dict(row))


async def delete_segment(connection: asyncpg.Connection, key: str) -> None:
    """Take a segment away with its members; its key may be used again."""
    await connection.execute(_DELETE, key)
    await connection.execute(_FORGET_MEMBERS, key)


async def unsettle(connection: asyncpg.Connection, keys: Sequence[str]) -> None:
    """Note that who is in these segments is to be checked anew."""
    await connection.execute(_UNSETTLE, list(keys))


async def settle(pool: asyncpg.Pool, versions: Mapping[str, int]) -> None:
    """Note that everybody was checked against these versions of segments."""
    await pool.execute(_SETTLE, list(versions), list(versions.values()))


async def live_documents(pool: asyncpg.Pool) -> dict[str, dict[str, Any]]:
    """Read the document of every programme's live release."""
    return {row["programme_key"]: row["document"] for row in await pool.fetch(_LADDERS)}


async def documents_of_programmes(
    connection: asyncpg.Connection,
) -> list[tuple[str, int, dict[str, Any]]]:
    """Read the versions of programmes that may still come into force."""
    rows = await connection.fetch(_DOCUMENTS)
    return [(row["programme_key"], row["version"], row["document"]) for row in rows]
