"""Pins and grants: who holds which, and the count of what people decide about a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.controls import Sort, StoredControl
from services.scoring.domain.records import Profile

_BUMP: Final = """
INSERT INTO customer_controls (profile_id, control_version) VALUES ($1, 1)
ON CONFLICT (profile_id) DO UPDATE SET control_version = customer_controls.control_version + 1
RETURNING control_version
"""
# A merge waits for us, or we for it: then the row counts for somebody else, and we look again.
_HOLD: Final = """
SELECT w.profile_id, w.customer_id FROM identifiers i
JOIN customers c ON c.profile_id = i.profile_id
JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
WHERE i.kind = 'customer_id' AND i.lookup_key = $1 AND w.merged_into IS NULL
FOR SHARE OF w
"""
_TIER_KEYS: Final = """
SELECT tier ->> 'key' FROM (
    SELECT document FROM programme_versions
    WHERE programme_key = $1 AND status = 'published' ORDER BY version DESC LIMIT 1
) newest, jsonb_array_elements(document -> 'tiers') AS tier
"""
_NAMES: Final = tuple(field.name for field in fields(StoredControl))
_ADD_DUE: Final = """
INSERT INTO due_reviews (profile_id, programme_key, due_at)
SELECT $1, $2, due_at FROM unnest($3::timestamptz[]) AS due (due_at) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Table:
    """Where one sort of control lies: pins and grants differ in two names."""

    name: str
    key: str
    word: str

    @property
    def columns(self) -> str:
        named = {"control_id": self.key, "word": self.word}
        return ", ".join(named.get(name, name) for name in _NAMES)


_TABLES: Final[dict[Sort, _Table]] = {
    "pin": _Table("pins", "pin_id", "mode"),
    "grant": _Table("grants", "grant_id", "kind"),
}
# A merge unites: what was decided about whoever was merged in counts for the customer.
_GROUP: Final = """profile_id IN (
    SELECT $1::uuid UNION ALL SELECT profile_id FROM customers WHERE merged_into = $1::uuid)"""
_OPEN: Final = "ended_at IS NULL AND (ends_at IS NULL OR ends_at > $3)"


async def bump_control(connection: asyncpg.Connection, profile_id: UUID) -> int:
    """Count one more decision; until the transaction ends nobody else decides for the customer.

    A stored tier that does not know of it is not fresh.
    """
    version: int = await connection.fetchval(_BUMP, profile_id)
    return version


async def hold_customer(connection: asyncpg.Connection, customer_id: str) -> Profile | None:
    """Find whom a customer id stands for and keep it so until commit; None for nobody."""
    row = await connection.fetchrow(_HOLD, customer_id.encode())
    return None if row is None else Profile(row["profile_id"], row["customer_id"])


async def tier_keys_of(connection: asyncpg.Connection, programme_key: str) -> list[str]:
    """List the tiers of a programme's newest published version; none for an unknown programme."""
    return [row[0] for row in await connection.fetch(_TIER_KEYS, programme_key)]


async def count_open(
    connection: asyncpg.Connection, sort: Sort, profile_id: UUID, programme: str, now: datetime
) -> int:
    """Count a customer's open pins or grants in a programme."""
    table = _TABLES[sort]
    found: int = await connection.fetchval(
        f"SELECT count(*) FROM {table.name} WHERE {_GROUP} AND programme_key = $2 AND {_OPEN}",  # noqa: S608 - ours
        profile_id,
        programme,
        now,
    )
    return found


async def add_control(
    connection: asyncpg.Connection, sort: Sort, profile_id: UUID, control: StoredControl
) -> None:
    """Keep a new pin or grant."""
    table = _TABLES[sort]
    places = ", ".join(f"${place}" for place in range(2, len(_NAMES) + 2))
    values = [getattr(control, name) for name in _NAMES]
    await connection.execute(
        f"INSERT INTO {table.name} (profile_id, {table.columns}) VALUES ($1, {places})",  # noqa: S608 - ours
        profile_id,
        *values,
    )


async def list_controls(  # noqa: PLR0913 - a page of a list
    pool: asyncpg.Pool,
    sort: Sort,
    profile_id: UUID,
    *,
    programme: str | None,
    after: UUID | None,
    limit: int,
) -> list[StoredControl]:
    """List a customer's pins or grants, the oldest first, also those that have ended."""
    table = _TABLES[sort]
    rows = await pool.fetch(
        f"""
        SELECT {table.columns} FROM {table.name}
        WHERE {_GROUP} AND ($2::text IS NULL OR programme_key = $2)
            AND ($3::uuid IS NULL OR {table.key} > $3)
        ORDER BY {table.key} LIMIT $4
        """,  # noqa: S608 - ours
        profile_id,
        programme,
        after,
        limit,
    )
    return [_stored(row) for row in rows]


async def find_control(
    connection: asyncpg.Connection, sort: Sort, profile_id: UUID, control_id: UUID
) -> StoredControl | None:
    """Find one pin or grant of a customer."""
    table = _TABLES[sort]
    row = await connection.fetchrow(
        f"SELECT {table.columns} FROM {table.name} WHERE {_GROUP} AND {table.key} = $2",  # noqa: S608 - ours
        profile_id,
        control_id,
    )
    return None if row is None else _stored(row)


async def open_controls(
    connection: asyncpg.Connection, sort: Sort, profile_id: UUID, programme: str, now: datetime
) -> list[StoredControl]:
    """List a customer's open pins or grants in a programme."""
    table = _TABLES[sort]
    rows = await connection.fetch(
        f"""
        SELECT {table.columns} FROM {table.name}
        WHERE {_GROUP} AND programme_key = $2 AND {_OPEN} ORDER BY {table.key}
        """,  # noqa: S608 - ours
        profile_id,
        programme,
        now,
    )
    return [_stored(row) for row in rows]


async def end_controls(  # noqa: PLR0913 - whose, which, when
    connection: asyncpg.Connection,
    sort: Sort,
    profile_id: UUID,
    control_ids: Sequence[UUID],
    *,
    at: datetime,
    control_version: int,
) -> None:
    """Take pins or grants back from an instant on; the rows stay."""
    table = _TABLES[sort]
    await connection.execute(
        f"""
        UPDATE {table.name} SET ended_at = $3, ended_control_version = $4
        WHERE {_GROUP} AND {table.key} = ANY($2::uuid[]) AND ended_at IS NULL
        """,  # noqa: S608 - ours
        profile_id,
        list(control_ids),
        at,
        control_version,
    )


async def add_due(
    connection: asyncpg.Connection,
    profile_id: UUID,
    programme_key: str,
    instants: Sequence[datetime],
) -> None:
    """Note instants at which a customer must be decided anew, though nobody may read then."""
    await connection.execute(_ADD_DUE, profile_id, programme_key, list(instants))


def _stored(row: asyncpg.Record) -> StoredControl:
    values: dict[str, Any] = dict(zip(_NAMES, tuple(row), strict=True))
    return StoredControl(**values)
