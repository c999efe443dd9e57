"""Who is in which segment: checked versions, members, and what changed, one transition once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.queries.conditions.facts import Basis
from services.scoring.queries.conditions.standings import RELEASES

#: Names the definitions there are: any change raises it, a frozen cut too.
DEFINITIONS: Final = """
(SELECT coalesce((SELECT sum(version) FROM segments), 0)::bigint
    + (SELECT count(*) FROM segment_cuts))
"""
_MARK: Final = f"SELECT {DEFINITIONS} AS definitions, {RELEASES} AS releases"
_CHECKED: Final = f"""
SELECT c.profile_id, k.segment_keys, coalesce(k.version = c.version
    AND k.control_version = coalesce(o.control_version, 0) AND k.business_date = $2
    AND k.definitions = {DEFINITIONS} AND k.releases = {RELEASES} AND k.fresh_until > $3, false)
    AS is_fresh
FROM customers c
LEFT JOIN customer_controls o ON o.profile_id = c.profile_id
LEFT JOIN segment_checks k ON k.profile_id = c.profile_id
WHERE c.profile_id = ANY($1::uuid[]) AND c.merged_into IS NULL AND c.erased_at IS NULL
"""  # noqa: S608 - our own words
# A check that saw less never replaces one that saw more. A clock may be set back, but not by the
# day that lies between two workers at midnight.
_CHECK: Final = """
INSERT INTO segment_checks AS k (profile_id, version, control_version, business_date, definitions,
    releases, fresh_until, segment_keys)
SELECT profile_id, version, control_version, business_date, $1, releases, fresh_until,
    string_to_array(keys, ' ')
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::date[], $6::bytea[], $7::timestamptz[],
    $8::text[]) AS g (profile_id, version, control_version, business_date, releases, fresh_until,
    keys)
ORDER BY profile_id
ON CONFLICT (profile_id) DO UPDATE SET version = excluded.version,
    control_version = excluded.control_version, business_date = excluded.business_date,
    definitions = excluded.definitions, releases = excluded.releases,
    fresh_until = excluded.fresh_until, segment_keys = excluded.segment_keys
WHERE k.version <= excluded.version AND k.control_version <= excluded.control_version
    AND k.definitions <= excluded.definitions
    AND k.business_date <> excluded.business_date + 1
RETURNING profile_id
"""
_LEAVE: Final = """
DELETE FROM segment_members m USING segment_checks k
WHERE k.profile_id = ANY($1::uuid[]) AND m.profile_id = k.profile_id
    AND m.segment_key <> ALL (k.segment_keys)
RETURNING m.profile_id, m.segment_key, m.entered_at
"""
_ENTER: Final = """
INSERT INTO segment_members (profile_id, segment_key, entered_at, decided_version)
SELECT k.profile_id, e.segment_key, $2, k.version
FROM segment_checks k CROSS JOIN LATERAL unnest(k.segment_keys) AS e (segment_key)
WHERE k.profile_id = ANY($1::uuid[])
ON CONFLICT DO NOTHING RETURNING profile_id, segment_key, entered_at
"""
# Who was merged into another, or erased, is nobody of their own any more.
_DROP_GONE: Final = """
DELETE FROM segment_members m USING customers c
WHERE c.profile_id = m.profile_id AND (c.merged_into IS NOT NULL OR c.erased_at IS NOT NULL)
    AND ($1::uuid[] IS NULL OR c.profile_id = ANY($1) OR c.merged_into = ANY($1))
"""
_ENTERED_AT: Final = """
SELECT profile_id, entered_at FROM segment_members
WHERE segment_key = $1 AND profile_id = ANY($2::uuid[])
"""
_TIER_CHANGES: Final = """
SELECT profile_id, created_at FROM announcements
WHERE kind = 'tier.changed' AND created_at > $1 ORDER BY created_at LIMIT $2
"""

_LATEST: Final = """
SELECT coalesce((SELECT max(created_at) FROM announcements), clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Which definitions and which live releases there are."""

    definitions: int
    releases: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """The stored segments of a customer, and whether nothing has changed since."""

    profile_id: UUID
    keys: list[str] | None
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The segments a customer is in, and what that rests on."""

    profile_id: UUID
    basis: Basis
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Transition:
    """A customer has entered a segment or left it."""

    profile_id: UUID
    segment_key: str
    has_entered: bool
    entered_at: datetime


async def read_mark(connection: asyncpg.Pool | asyncpg.Connection) -> Mark:
    """Read which definitions and releases are in force."""
    row = await connection.fetchrow(_MARK)
    return Mark(row["definitions"], row["releases"])


async def read_checks(
    pool: asyncpg.Pool, profile_ids: Sequence[UUID], today: date, now: datetime
) -> list[Checked]:
    """Read the stored segments of customers; who was merged away is left out."""
    rows = await pool.fetch(_CHECKED, profile_ids, today, now)
    return [Checked(row["profile_id"], row["segment_keys"], row["is_fresh"]) for row in rows]


async def store_verdicts(
    connection: asyncpg.Connection, verdicts: Sequence[Verdict], definitions: int, at: datetime
) -> list[Transition]:
    """Store memberships inside the caller's transaction; gives each transition to one caller."""
    rows = [
        (
            v.profile_id,
            v.basis.version,
            v.basis.control_version,
            v.basis.business_date,
            v.basis.releases,
            v.basis.fresh_until,
            " ".join(v.keys),
        )
        for v in verdicts
    ]
    if not rows:
        return []
    columns = map(list, zip(*rows, strict=True))
    stored = await connection.fetch(_CHECK, definitions, *columns)
    profile_ids = [row["profile_id"] for row in stored]
    left = await connection.fetch(_LEAVE, profile_ids)
    entered = await connection.fetch(_ENTER, profile_ids, at)
    return [
        *(Transition(row[0], row[1], has_entered=False, entered_at=row[2]) for row in left),
        *(Transition(row[0], row[1], has_entered=True, entered_at=row[2]) for row in entered),
    ]


async def drop_gone(pool: asyncpg.Pool, profile_ids: Sequence[UUID] | None = None) -> None:
    """Take memberships from who is gone: of these, of those merged into them, or of all."""
    await pool.execute(_DROP_GONE, profile_ids)


async def entered_at(
    pool: asyncpg.Pool, segment_key: str, profile_ids: Sequence[UUID]
) -> dict[UUID, datetime]:
    """Tell since when some members are in a segment."""
    rows = await pool.fetch(_ENTERED_AT, segment_key, profile_ids)
    return {row["profile_id"]: row["entered_at"] for row in rows}


async def tier_changes_after(
    pool: asyncpg.Pool, after: datetime, limit: int
) -> list[tuple[UUID, datetime]]:
    """List whose tiers were told to have changed after an instant of ours, the oldest first."""
    rows = await pool.fetch(_TIER_CHANGES, after, limit)
    return [(row["profile_id"], row["created_at"]) for row in rows]


async def latest_tier_change(pool: asyncpg.Pool) -> datetime:
    """Tell when something was announced last, by our clock; now where nothing ever was."""
    found: datetime = await pool.fetchval(_LATEST)
    return found
