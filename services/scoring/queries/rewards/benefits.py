"""The use of benefits: counted by period, redeemed under the customer's lock, listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.benefits.held import Held
from services.scoring.queries.tiers.hot_tier import Moment

_DOCUMENT: Final = """
SELECT document FROM programme_versions WHERE programme_key = $1 AND version = $2
"""
# A merge unites: what was used by whoever was merged in counts for the customer.
GROUP: Final = """(SELECT $1::uuid UNION ALL
    SELECT profile_id FROM customers WHERE merged_into = $1::uuid)"""
_USED: Final = f"""
SELECT a.place, sum(u.quantity)::bigint AS used
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    WITH ORDINALITY AS a (programme_key, benefit_key, starts_at, ends_at, place)
JOIN benefit_usage u ON u.programme_key = a.programme_key AND u.benefit_key = a.benefit_key
    AND u.cancelled_at IS NULL AND u.used_at >= a.starts_at AND u.used_at < a.ends_at
WHERE u.profile_id IN {GROUP}
GROUP BY a.place
"""  # noqa: S608 - ours
_ENROLLED: Final = """
SELECT least(c.created_at, (SELECT min(at) FROM entries WHERE profile_id = c.profile_id))
FROM customers c WHERE c.profile_id = $1
"""
_LOCK: Final = """
INSERT INTO customer_controls (profile_id) VALUES ($1) ON CONFLICT (profile_id)
DO UPDATE SET control_version = customer_controls.control_version
"""
# As fresh as a read is (queries/tiers/hot_tier.py); null where the stored decision no longer holds.
_HELD: Final = """
SELECT r.release_id IS NULL AS is_undecided, t.tier_key
FROM customers c
LEFT JOIN live_releases r ON r.programme_key = $2
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t
    ON t.profile_id = c.profile_id AND t.programme_key = $2 AND t.release_id = r.release_id
    AND t.decided_version = c.version AND t.decided_control_version = coalesce(k.control_version, 0)
    AND t.business_date IN ($3, 'infinity') AND t.next_change_at > $4
WHERE c.profile_id = $1
"""
_ADD: Final = """
INSERT INTO benefit_usage (profile_id, usage_id, programme_key, benefit_key, tier_key, quantity,
    reference, actor, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_COLUMNS: Final = """usage_id, programme_key, benefit_key, tier_key, quantity, reference, used_at,
    cancelled_at"""
_FIND: Final = f"SELECT {_COLUMNS} FROM benefit_usage WHERE profile_id IN {GROUP} AND usage_id = $2"  # noqa: S608 - ours
_CANCEL: Final = f"""
UPDATE benefit_usage SET cancelled_at = $3
WHERE profile_id IN {GROUP} AND usage_id = $2 AND cancelled_at IS NULL
"""  # noqa: S608 - ours
_LIST: Final = f"""
SELECT {_COLUMNS} FROM benefit_usage
WHERE profile_id IN {GROUP} AND ($2::uuid IS NULL OR usage_id < $2)
ORDER BY usage_id DESC LIMIT $3
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Counted:
    """A benefit whose use is counted in `[starts_at, ends_at)`."""

    programme: str
    benefit_key: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StoredUse:
    """A redemption as it is kept."""

    usage_id: UUID
    programme_key: str
    benefit_key: str
    tier_key: str
    quantity: int
    reference: str | None
    used_at: datetime
    cancelled_at: datetime | None = None


async def find_document(pool: asyncpg.Pool, programme: str, version: int) -> dict[str, Any] | None:
    """Find the document of a version; it never changes once it is published."""
    found: dict[str, Any] | None = await pool.fetchval(_DOCUMENT, programme, version)
    return found


async def used_by(
    connection: asyncpg.Pool | asyncpg.Connection, profile_id: UUID, counted: Sequence[Counted]
) -> list[int]:
    """Count what a customer used of each, in the order asked."""
    rows = await connection.fetch(
        _USED,
        profile_id,
        [each.programme for each in counted],
        [each.benefit_key for each in counted],
        [each.starts_at for each in counted],
        [each.ends_at for each in counted],
    )
    used = [0] * len(counted)
    for row in rows:
        used[row["place"] - 1] = row["used"]
    return used


async def enrolled_at(
    connection: asyncpg.Pool | asyncpg.Connection, profile_id: UUID
) -> datetime | None:
    """Tell since when somebody is a customer: their first order, or when they were first told of.

    The earlier of the two, so that the order in which facts arrive does not count.
    """
    found: datetime | None = await connection.fetchval(_ENROLLED, profile_id)
    return found


async def lock_customer(connection: asyncpg.Connection, profile_id: UUID) -> None:
    """Have everybody else who decides or redeems for a customer wait until commit."""
    await connection.execute(_LOCK, profile_id)


async def still_holds(
    connection: asyncpg.Connection, profile_id: UUID, held: Held, moment: Moment
) -> bool:
    """Tell whether a tier that was read is still the one, every fact and pin of now counted."""
    row = await connection.fetchrow(_HELD, profile_id, held.programme, moment.today, moment.now)
    return row is not None and (row["is_undecided"] or row["tier_key"] == held.tier_key)


async def add_use(
    connection: asyncpg.Connection, profile_id: UUID, use: StoredUse, *, actor: str
) -> None:
    """Write a redemption down."""
    await connection.execute(
        _ADD,
        profile_id,
        use.usage_id,
        use.programme_key,
        use.benefit_key,
        use.tier_key,
        use.quantity,
        use.reference,
        actor,
        use.used_at,
    )


async def find_use(
    connection: asyncpg.Pool | asyncpg.Connection, profile_id: UUID, usage_id: UUID
) -> StoredUse | None:
    """Find a redemption of a customer."""
    row = await connection.fetchrow(_FIND, profile_id, usage_id)
    return None if row is None else StoredUse(**dict(row))


async def cancel_use(
    connection: asyncpg.Connection, profile_id: UUID, usage_id: UUID, *, at: datetime
) -> bool:
    """Mark a redemption as cancelled; tell whether it was not before."""
    done: str = await connection.execute(_CANCEL, profile_id, usage_id, at)
    return done == "UPDATE 1"


async def list_uses(
    pool: asyncpg.Pool, profile_id: UUID, *, before: UUID | None, limit: int
) -> list[StoredUse]:
    """List a customer's redemptions, the newest first, also cancelled ones."""
    rows = await pool.fetch(_LIST, profile_id, before, limit)
    return [StoredUse(**dict(row)) for row in rows]
