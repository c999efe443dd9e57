"""Programmes and their versions: look them up, add drafts, publish, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from services.scoring.domain.programmes.version import Head, Version, VersionStatus, WayBack

_HEAD: Final = """
SELECT p.programme_key, p.audience, p.is_default, p.created_at,
    (SELECT max(version) FROM programme_versions v WHERE v.programme_key = p.programme_key)
        AS newest_version,
    r.programme_version AS live_version, l.release_id
FROM programmes p
LEFT JOIN live_releases l ON l.programme_key = p.programme_key
LEFT JOIN releases r ON r.release_id = l.release_id
"""
_FIND_HEAD: Final = f"{_HEAD} WHERE p.programme_key = $1"
_HEADS_AFTER: Final = f"""
{_HEAD} WHERE p.programme_key > $1
    AND ($2 OR EXISTS (SELECT FROM programme_versions v
        WHERE v.programme_key = p.programme_key AND v.status = 'published'))
ORDER BY p.programme_key LIMIT $3
"""
# A publication that failed leaves its version a draft again.
_VERSION: Final = """
SELECT v.programme_key, v.version, v.document, v.note, v.created_at, v.published_at,
    CASE WHEN v.status = 'publishing' AND coalesce(j.status, 'failed') = 'failed' THEN 'draft'
        ELSE v.status END AS status
FROM programme_versions v
LEFT JOIN jobs j ON j.job_id::text = v.note ->> 'job_id'
"""
_FIND_VERSION: Final = f"{_VERSION} WHERE v.programme_key = $1 AND v.version = $2"
_VERSIONS_BEFORE: Final = f"""
{_VERSION} WHERE v.programme_key = $1 AND v.version < $2 ORDER BY v.version DESC LIMIT $3
"""
_PUBLISHING: Final = f"""
SELECT EXISTS (SELECT FROM ({_VERSION}) s WHERE programme_key = $1 AND status = 'publishing')
"""  # noqa: S608 - ours
_ADD: Final = """
INSERT INTO programmes (programme_key, audience, is_default, created_at)
VALUES ($1, $2, false, clock_timestamp()) ON CONFLICT (programme_key) DO NOTHING
RETURNING programme_key
"""
_HOLD: Final = "SELECT audience FROM programmes WHERE programme_key = $1 FOR UPDATE"
_ADD_DRAFT: Final = """
INSERT INTO programme_versions (programme_key, version, status, document, note, created_at)
SELECT $1, coalesce(max(version), 0) + 1, 'draft', $2, $3, clock_timestamp()
FROM programme_versions WHERE programme_key = $1
RETURNING version
"""
_MARK_PUBLISHING: Final = """
UPDATE programme_versions SET status = 'publishing', note = note || $3
WHERE programme_key = $1 AND version = $2
"""
_MARK_PUBLISHED: Final = """
UPDATE programme_versions SET status = 'published', published_at = clock_timestamp()
WHERE programme_key = $1 AND version = $2 AND status = 'publishing'
"""
_WITHDRAW: Final = """
UPDATE programme_versions SET status = 'withdrawn'
WHERE programme_key = $1 AND version > $2 AND status = 'published'
"""
# Ids rise with time. What was rolled back from is never gone back to.
_WAY_BACK: Final = """
SELECT l.programme_key, l.release_id, n.programme_version, r.release_id, r.programme_version,
    r.model_version
FROM live_releases l
JOIN releases n ON n.release_id = l.release_id
JOIN releases r ON r.programme_key = l.programme_key AND r.release_id < l.release_id
    AND r.status = 'retired' AND r.live_at IS NOT NULL
    AND r.programme_version < n.programme_version
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
    AND v.status = 'published'
WHERE l.programme_key = $1
ORDER BY r.release_id DESC LIMIT 1
"""
_LIVE_MODEL: Final = """
SELECT r.model_version FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN programmes p ON p.programme_key = l.programme_key
WHERE r.model_version IS NOT NULL
ORDER BY (l.programme_key = $1) DESC, p.is_default DESC, l.programme_key LIMIT 1
"""


async def find_head(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> Head | None:
    """Find a programme, published or not."""
    row = await connection.fetchrow(_FIND_HEAD, key)
    return None if row is None else _head(row)


async def heads_after(
    pool: asyncpg.Pool, after: str, limit: int, *, with_drafts: bool
) -> list[Head]:
    """List programmes by key, without drafts those that were published."""
    return [_head(row) for row in await pool.fetch(_HEADS_AFTER, after, with_drafts, limit)]


def _head(row: asyncpg.Record) -> Head:
    values = dict(row)
    return Head(values.pop("programme_key"), **values)


async def find_version(
    connection: asyncpg.Pool | asyncpg.Connection, key: str, version: int
) -> Version | None:
    """Find a version of a programme."""
    row = await connection.fetchrow(_FIND_VERSION, key, version)
    return None if row is None else _version(row)


async def versions_before(pool: asyncpg.Pool, key: str, before: int, limit: int) -> list[Version]:
    """List the versions of a programme below a number, the newest first."""
    return [_version(row) for row in await pool.fetch(_VERSIONS_BEFORE, key, before, limit)]


def _version(row: asyncpg.Record) -> Version:
    values = dict(row)
    key, status = values.pop("programme_key"), VersionStatus(values.pop("status"))
    return Version(key=key, status=status, **values)


async def add_programme(connection: asyncpg.Connection, key: str, audience: str) -> bool:
    """Add a programme without versions; tell whether the key was free."""
    return await connection.fetchval(_ADD, key, audience) is not None


async def hold_programme(connection: asyncpg.Connection, key: str) -> str | None:
    """Let nobody else change a programme until the transaction ends; give its audience."""
    audience: str | None = await connection.fetchval(_HOLD, key)
    return audience


async def add_draft(
    connection: asyncpg.Connection, key: str, document: Mapping[str, Any], note: Mapping[str, Any]
) -> int:
    """Add a draft to a programme that is held; give its number."""
    version: int = await connection.fetchval(_ADD_DRAFT, key, dict(document), dict(note))
    return version


async def is_publishing(connection: asyncpg.Connection, key: str) -> bool:
    """Tell whether a version of a programme is being published."""
    return bool(await connection.fetchval(_PUBLISHING, key))


async def mark_publishing(
    connection: asyncpg.Connection, key: str, version: int, note: Mapping[str, Any]
) -> None:
    """Note that a draft is being published, by whom and what for."""
    await connection.execute(_MARK_PUBLISHING, key, version, dict(note))


async def mark_published(connection: asyncpg.Connection, key: str, version: int) -> None:
    """Note that a version is in force; from now on its document never changes."""
    await connection.execute(_MARK_PUBLISHED, key, version)


async def withdraw_after(connection: asyncpg.Connection, key: str, version: int) -> None:
    """Take back every version that was published after one."""
    await connection.execute(_WITHDRAW, key, version)


async def way_back(pool: asyncpg.Pool, key: str) -> WayBack | None:
    """Find the nearest earlier release of another version that is kept."""
    row = await pool.fetchrow(_WAY_BACK, key)
    return None if row is None else WayBack(*row.values())


async def live_model(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> str | None:
    """Name the model that a value programme would be published with."""
    found: str | None = await connection.fetchval(_LIVE_MODEL, key)
    return found
