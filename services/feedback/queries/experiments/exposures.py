"""Who met an experiment, and in which arm: written once, read by customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

# One statement: whom the id stands for, whether they are in the audience, and what was logged. Who
# was met before anybody knew them keeps that arm; playbooks and benefits meet profiles only.
_SUBJECT: Final = """
SELECT p.profile_id, x.unit AS logged, e.state, e.document, e.about_kind, e.salt,
    e.document ->> 'segment' IS NULL OR m.profile_id IS NOT NULL AS is_member
FROM experiments e
LEFT JOIN (
    SELECT w.profile_id FROM identifiers i
    JOIN customers c ON c.profile_id = i.profile_id
    JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
    WHERE i.kind = 'customer_id' AND i.lookup_key = $2
) p ON true
LEFT JOIN segment_members m
    ON m.profile_id = p.profile_id AND m.segment_key = e.document ->> 'segment'
LEFT JOIN LATERAL (
    SELECT unit FROM exposures
    WHERE experiment_key = e.experiment_key AND unit IN (coalesce(p.profile_id::text, $3),
        CASE e.about_kind WHEN 'other' THEN $3 END)
    ORDER BY unit = $3 LIMIT 1
) x ON true
WHERE e.experiment_key = $1
"""
_ADD: Final = """
INSERT INTO exposures (unit, experiment_key, profile_id, customer_id, arm, exposed_at)
SELECT unit, $1, profile_id, customer_id, arm, exposed_at
FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[])
    AS g (unit, profile_id, customer_id, arm, exposed_at)
ORDER BY unit ON CONFLICT DO NOTHING
"""
_IN_AUDIENCE: Final = """
SELECT u.unit FROM unnest($1::text[], $2::uuid[]) AS u (unit, profile_id)
LEFT JOIN exposures x ON x.unit = u.unit AND x.experiment_key = $3
LEFT JOIN segment_members m ON m.profile_id = u.profile_id AND m.segment_key = $4
WHERE x.unit IS NOT NULL OR m.profile_id IS NOT NULL
"""
_PAGE: Final = """
SELECT x.unit, coalesce(c.customer_id, x.customer_id) AS customer_id, x.arm, x.exposed_at
FROM exposures x LEFT JOIN customers c ON c.profile_id = x.profile_id
WHERE x.experiment_key = $1 AND x.unit > $2 AND ($4::text IS NULL OR x.arm = $4)
ORDER BY x.unit LIMIT $3
"""
_COUNTS: Final = """
SELECT arm, count(*) AS customers, count(*) FILTER (WHERE exposed_at >= $2) AS lately
FROM exposures WHERE experiment_key = $1 GROUP BY arm
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer before an experiment: `profile_id` None is somebody unknown.

    `logged`: the unit that they met it as; None, they never did.
    """

    profile_id: UUID | None
    logged: str | None
    state: str
    document: Mapping[str, Any]
    about_kind: str
    salt: str | None
    is_member: bool


@dataclass(frozen=True, slots=True)
class Exposure:
    """Somebody met an experiment."""

    unit: str
    arm: str
    exposed_at: datetime
    profile_id: UUID | None = None
    customer_id: str | None = None


async def find_subject(pool: asyncpg.Pool, key: str, customer_id: str) -> Subject | None:
    """Read a customer's place in an experiment; None where there is no such experiment."""
    row = await pool.fetchrow(_SUBJECT, key, customer_id.encode(), customer_id)
    return None if row is None else Subject(**dict(row))


async def add_exposures(
    connection: asyncpg.Pool | asyncpg.Connection, key: str, exposures: Sequence[Exposure]
) -> int:
    """Log who met an experiment, each unit once and in its first arm; returns how many are new."""
    done: str = await connection.execute(
        _ADD,
        key,
        [each.unit for each in exposures],
        [each.profile_id for each in exposures],
        [each.customer_id for each in exposures],
        [each.arm for each in exposures],
        [each.exposed_at for each in exposures],
    )
    return int(done.rsplit(" ", 1)[-1])


async def in_audience(
    connection: asyncpg.Pool | asyncpg.Connection,
    key: str,
    segment: str,
    units: Mapping[str, UUID | None],
) -> set[str]:
    """Choose the units (with the profile of each) that are in a segment, or were met before."""
    rows = await connection.fetch(_IN_AUDIENCE, list(units), list(units.values()), key, segment)
    return {row["unit"] for row in rows}


async def page_of_exposures(
    pool: asyncpg.Pool, key: str, *, after: str, limit: int, arm: str | None
) -> list[dict[str, Any]]:
    """List who met an experiment, in the order of units, after one."""
    return [dict(row) for row in await pool.fetch(_PAGE, key, after, limit, arm)]


async def count_exposures(
    connection: asyncpg.Pool | asyncpg.Connection, key: str, since: datetime
) -> dict[str, tuple[int, int]]:
    """Count each arm's units: all, and those met since an instant."""
    rows = await connection.fetch(_COUNTS, key, since)
    return {row["arm"]: (row["customers"], row["lately"]) for row in rows}
