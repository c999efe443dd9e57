"""Releases, their parts, and the pointer that says which one is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from services.scoring.domain.records import ProgrammeRow

_RELEASE = """
SELECT r.release_id, r.programme_key, r.programme_version, r.model_version, r.reference_date,
    r.status, r.schedule, p.document, c.thresholds, m.artefact, m.manifest
FROM releases r
JOIN programme_versions p
    ON p.programme_key = r.programme_key AND p.version = r.programme_version
LEFT JOIN cuts c ON c.cuts_id = r.cuts_id
LEFT JOIN models m ON m.model_version = r.model_version
WHERE r.release_id = $1
"""
_VERSIONS = """
SELECT v.version, s.since::timestamptz AS since, v.document
FROM releases r
CROSS JOIN jsonb_to_recordset(r.schedule) AS s (version bigint, since text)
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = s.version
WHERE r.release_id = $1 ORDER BY s.since::timestamptz NULLS FIRST, v.version
"""
_LIVE = "SELECT release_id FROM live_releases WHERE programme_key = $1"
_ALL_LIVE_VALUES = """
SELECT l.release_id FROM live_releases l JOIN releases r ON r.release_id = l.release_id
WHERE r.schedule IS NULL ORDER BY l.programme_key LIMIT 1000
"""
_PROGRAMMES = """
SELECT p.programme_key, p.audience, p.is_default, v.version, v.document, l.release_id,
    p.created_at
FROM programmes p
JOIN LATERAL (
    SELECT version, document FROM programme_versions
    WHERE programme_key = p.programme_key AND status = 'published'
    ORDER BY version DESC LIMIT 1
) v ON true
LEFT JOIN live_releases l ON l.programme_key = p.programme_key
ORDER BY p.programme_key LIMIT 1000
"""
_LEVELS = """
SELECT business_date, level FROM base_levels
WHERE model_version = $1 AND business_date <= $2 ORDER BY business_date
"""
_ADD_LEVEL = """
INSERT INTO base_levels (model_version, business_date, level, customers, computed_at)
VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT (model_version, business_date) DO NOTHING
"""
_SEED = """
WITH programme AS (
    INSERT INTO programmes (programme_key, audience, is_default, created_at)
    VALUES ($1, $2, true, now()) ON CONFLICT (programme_key) DO NOTHING
)
INSERT INTO programme_versions
    (programme_key, version, status, document, note, created_at, published_at)
VALUES ($1, 1, 'published', $3, '{}', now(), now()) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release of a value programme with the stored documents of its parts."""

    release_id: int
    programme_key: str
    programme_version: int
    document: dict[str, Any]
    reference_date: date
    model_version: str
    artefact: bytes
    sha256: str | None
    thresholds: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A release of a status programme: (version, since, document) by rising instant."""

    release_id: int
    programme_key: str
    reference_date: date
    versions: list[tuple[int, datetime | None, dict[str, Any]]]


async def find_release(pool: asyncpg.Pool, release_id: int) -> ReleaseRow | ScheduleRow | None:
    """Read a release and everything it freezes."""
    row = await pool.fetchrow(_RELEASE, release_id)
    if row is not None and row["schedule"] is not None:
        found = await pool.fetch(_VERSIONS, release_id)
        versions = [(each["version"], each["since"], each["document"]) for each in found]
        return ScheduleRow(release_id, row["programme_key"], row["reference_date"], versions)
    if row is None or row["artefact"] is None or row["thresholds"] is None:
        return None
    return ReleaseRow(
        release_id=row["release_id"],
        programme_key=row["programme_key"],
        programme_version=row["programme_version"],
        document=row["document"],
        reference_date=row["reference_date"],
        model_version=row["model_version"],
        artefact=row["artefact"],
        sha256=row["manifest"].get("sha256"),
        thresholds=row["thresholds"],
    )


async def live_release_id(pool: asyncpg.Pool, programme: str) -> int | None:
    """Tell which release of a programme is live."""
    found: int | None = await pool.fetchval(_LIVE, programme)
    return found


async def live_value_release_ids(pool: asyncpg.Pool) -> list[int]:
    """List the live release of every value programme that has one."""
    return [row["release_id"] for row in await pool.fetch(_ALL_LIVE_VALUES)]


async def programmes(pool: asyncpg.Pool) -> list[ProgrammeRow]:
    """List the published programmes."""
    return [
        ProgrammeRow(
            programme_key=row["programme_key"],
            audience=row["audience"],
            is_default=row["is_default"],
            version=row["version"],
            document=row["document"],
            release_id=row["release_id"],
        )
        for row in await pool.fetch(_PROGRAMMES)
    ]


async def levels_until(pool: asyncpg.Pool, model_version: str, today: date) -> dict[date, float]:
    """Read a model's base levels up to a date."""
    rows = await pool.fetch(_LEVELS, model_version, today)
    return {row["business_date"]: row["level"] for row in rows}


async def add_level(
    pool: asyncpg.Pool, model_version: str, day: date, level: float, *, customers: int
) -> None:
    """Store a date's level; the first one computed stays."""
    await pool.execute(_ADD_LEVEL, model_version, day, level, customers)


async def seed_programme(
    pool: asyncpg.Pool, key: str, audience: str, document: dict[str, Any]
) -> None:
    """Publish a first version of the default programme where there is none."""
    await pool.execute(_SEED, key, audience, document)
