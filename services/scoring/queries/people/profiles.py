"""Who a customer id stands for, and what was told about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.records import Profile, ToldTier

MOST_LISTED: Final = 1000

_PROFILE = """
SELECT w.profile_id, w.customer_id FROM identifiers i
JOIN customers c ON c.profile_id = i.profile_id
JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
WHERE i.kind = 'customer_id' AND i.lookup_key = $1
"""
_PROFILES = """
SELECT a.place, coalesce(c.merged_into, c.profile_id) AS profile_id
FROM unnest($1::bytea[]) WITH ORDINALITY AS a (lookup_key, place)
JOIN identifiers i ON i.kind = 'customer_id' AND i.lookup_key = a.lookup_key
JOIN customers c ON c.profile_id = i.profile_id
"""
_CURRENCY = "SELECT base_currency FROM shop"
_HISTORY = """
SELECT history_id, programme_key, release_id, customer_version, business_instant, decided_at,
    tier_from, tier_to, reason
FROM tier_history
WHERE profile_id = $1 AND programme_key = $2 AND business_instant <= $3 AND decided_at <= $4
ORDER BY decided_at DESC, history_id DESC LIMIT $5
"""


async def find_profile(pool: asyncpg.Pool, customer_id: str) -> Profile | None:
    """Find whom a customer id stands for."""
    row = await pool.fetchrow(_PROFILE, customer_id.encode())
    return None if row is None else Profile(row["profile_id"], row["customer_id"])


async def find_profile_ids(pool: asyncpg.Pool, customer_ids: Sequence[str]) -> list[UUID | None]:
    """Find whom customer ids stand for, in their order; None for strangers."""
    found: list[UUID | None] = [None] * len(customer_ids)
    for row in await pool.fetch(_PROFILES, [each.encode() for each in customer_ids]):
        found[row["place"] - 1] = row["profile_id"]
    return found


async def base_currency(pool: asyncpg.Pool) -> str | None:
    """Tell the shop's currency; None before its first receipt."""
    found: str | None = await pool.fetchval(_CURRENCY)
    return found


async def tier_history(
    pool: asyncpg.Pool,
    profile_id: UUID,
    programme: str,
    *,
    as_of: datetime,
    known_at: datetime,
) -> list[ToldTier]:
    """List what was told up to two instants (business time, our time), the newest first."""
    rows = await pool.fetch(_HISTORY, profile_id, programme, as_of, known_at, MOST_LISTED)
    return [ToldTier(**dict(row)) for row in rows]
