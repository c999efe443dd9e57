"""Who a customer id stands for: a merge makes several ids one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

# `merged_into` always names the end of a chain. The winner's own ids come first.
_GROUP: Final = """
WITH winner AS (
    SELECT w.profile_id FROM identifiers i
    JOIN customers c ON c.profile_id = i.profile_id
    JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
    WHERE i.kind = 'customer_id' AND i.lookup_key = $1 AND w.erased_at IS NULL
), members AS (
    SELECT profile_id, 0 AS place FROM winner
    UNION ALL
    SELECT m.profile_id, 1 FROM customers m JOIN winner ON m.merged_into = winner.profile_id
)
SELECT winner.profile_id,
    ARRAY(SELECT profile_id FROM members ORDER BY place, profile_id) AS profile_ids,
    ARRAY(SELECT convert_from(i.lookup_key, 'UTF8') FROM members
        JOIN identifiers i ON i.profile_id = members.profile_id AND i.kind = 'customer_id'
        ORDER BY place, i.linked_at, i.lookup_key) AS customer_ids
FROM winner
"""


@dataclass(frozen=True, slots=True)
class Group:
    """One person: the profile that counts, and every profile and shop's id, the winner's first."""

    profile_id: UUID
    profile_ids: tuple[UUID, ...]
    customer_ids: tuple[str, ...]


async def group_of(connection: asyncpg.Connection | asyncpg.Pool, customer_id: str) -> Group | None:
    """Find everything one person is known by; None for a stranger and for the erased."""
    row = await connection.fetchrow(_GROUP, customer_id.encode())
    if row is None:
        return None
    return Group(row["profile_id"], tuple(row["profile_ids"]), tuple(row["customer_ids"]))


_HOLDER: Final = """
SELECT coalesce(w.customer_id, c.customer_id) FROM unnest($1::text[], $2::bytea[])
    WITH ORDINALITY AS t (kind, lookup_key, place)
JOIN identifiers i USING (kind, lookup_key)
JOIN customers c ON c.profile_id = i.profile_id
LEFT JOIN customers w ON w.profile_id = c.merged_into
WHERE coalesce(w.customer_id, c.customer_id) IS NOT NULL
ORDER BY place LIMIT 1
"""


async def holder_of(
    connection: asyncpg.Connection | asyncpg.Pool, keys: Sequence[tuple[str, bytes]]
) -> str | None:
    """Name by the shop's id who holds the first known one of these identifiers (kind, key)."""
    found: str | None = await connection.fetchval(
        _HOLDER, [kind for kind, _ in keys], [key for _, key in keys]
    )
    return found


async def base_currency(connection: asyncpg.Connection | asyncpg.Pool) -> str | None:
    """Tell the shop's currency; None before its first receipt."""
    found: str | None = await connection.fetchval("SELECT base_currency FROM shop")
    return found
