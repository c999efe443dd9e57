"""What people ask of wallets, and wallets as they were derived last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.points.ledger import Command
from services.scoring.domain.points.referrals import Referral
from services.scoring.domain.points.telling import WrittenEntry

# A merge unites: what was asked for whoever was merged in counts for the customer.
_MEMBERS: Final = """
WITH members AS (
    SELECT p.profile_id AS owner, p.profile_id FROM unnest($1::uuid[]) AS p (profile_id)
    UNION ALL
    SELECT merged_into, profile_id FROM customers WHERE merged_into = ANY($1::uuid[])
)
"""
_COMMANDS: Final = f"""
{_MEMBERS}
SELECT m.owner, c.command_id, c.kind, c.points, c.at, c.reference, c.reason, c.cancels
FROM members m JOIN points_commands c ON c.profile_id = m.profile_id AND c.programme_key = $2
"""  # noqa: S608 - ours
# Whom somebody brought is looked up anew each time: merges make one of two, unmerges two of one.
# The log of who never brought anybody is not read.
_REFERRALS: Final = f"""
{_MEMBERS}
SELECT m.owner, encode(e.event_key, 'hex') AS key, e.effective_at AS at, w.profile_id AS referred,
    o.bought_at, o.spent
FROM members m JOIN events e ON e.profile_id = m.profile_id AND e.kind = 'referral_made'
LEFT JOIN identifiers i ON i.kind = 'customer_id'
    AND i.lookup_key = convert_to(e.body -> 'properties' ->> 'referred_customer_id', 'UTF8')
LEFT JOIN customers c ON c.profile_id = i.profile_id
LEFT JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
LEFT JOIN LATERAL (
    SELECT array_agg(effective_at) AS bought_at, array_agg(net - returned_net) AS spent
    FROM orders WHERE profile_id = w.profile_id AND NOT is_void
) o ON true
WHERE EXISTS (SELECT FROM customer_day d WHERE d.profile_id = m.owner AND d.referrals > 0)
"""  # noqa: S608 - ours
_ENTRIES: Final = f"""
{_MEMBERS}
SELECT m.owner, e.profile_id, e.entry_id, e.kind, e.points, e.at, e.expires_at, e.source,
    e.is_withdrawn
FROM members m JOIN points_entries e ON e.profile_id = m.profile_id AND e.programme_key = $2
"""  # noqa: S608 - ours
_WALLETS: Final = """
SELECT profile_id FROM points_wallets
WHERE profile_id = ANY($1::uuid[]) AND programme_key = $2 AND release_id <> 0
"""
_WRITE: Final = """
INSERT INTO points_entries (profile_id, programme_key, entry_id, kind, points, at, expires_at,
    source, is_withdrawn)
SELECT profile_id, $1, entry_id, kind, points, at, expires_at, source, is_withdrawn
FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::timestamptz[],
    $7::timestamptz[], $8::text[], $9::boolean[]) AS given (profile_id, entry_id, kind, points,
    at, expires_at, source, is_withdrawn)
ON CONFLICT (profile_id, programme_key, entry_id) DO UPDATE SET kind = excluded.kind,
    points = excluded.points, at = excluded.at, expires_at = excluded.expires_at,
    source = excluded.source, is_withdrawn = excluded.is_withdrawn
"""
_KEEP: Final = """
INSERT INTO points_wallets (profile_id, programme_key, release_id, decided_version,
    decided_control_version, balance, next_change_at)
SELECT profile_id, $1, $2, decided_version, control_version, balance, next_change_at
FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[], $7::timestamptz[])
    AS given (profile_id, decided_version, control_version, balance, next_change_at)
ON CONFLICT (profile_id, programme_key) DO UPDATE SET release_id = excluded.release_id,
    decided_version = excluded.decided_version,
    decided_control_version = excluded.decided_control_version, balance = excluded.balance,
    next_change_at = excluded.next_change_at
"""
_LOCK: Final = """
INSERT INTO customer_controls (profile_id)
SELECT profile_id FROM unnest($1::uuid[]) AS p (profile_id) ORDER BY profile_id
ON CONFLICT (profile_id) DO UPDATE SET control_version = customer_controls.control_version
"""
_ADD: Final = """
INSERT INTO points_commands (profile_id, command_id, programme_key, kind, points, at, reference,
    reason, actor, cancels) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_DUE: Final = """
SELECT profile_id FROM points_wallets WHERE next_change_at <= $1
ORDER BY next_change_at, profile_id LIMIT $2
"""
_MAKE_LOCKS: Final = """
INSERT INTO customer_controls (profile_id)
SELECT profile_id FROM unnest($1::uuid[]) AS p (profile_id) ORDER BY profile_id
ON CONFLICT (profile_id) DO NOTHING
"""
_HOLD_FREE: Final = """
SELECT profile_id FROM customer_controls WHERE profile_id = ANY($1::uuid[])
ORDER BY profile_id FOR UPDATE SKIP LOCKED
"""
# What was merged away has no wallet of its own any more: its winner's knows of it. Of who was
# erased nothing is told.
_STILL_DUE: Final = """
SELECT w.profile_id, w.programme_key, c.merged_into IS NULL AND c.erased_at IS NULL AS is_own
FROM points_wallets w JOIN customers c ON c.profile_id = w.profile_id
WHERE w.profile_id = ANY($1::uuid[]) AND w.next_change_at <= $2 ORDER BY w.profile_id
"""
_REST: Final = """
UPDATE points_wallets w SET next_change_at = NULL
FROM unnest($1::uuid[], $2::text[]) AS c (profile_id, programme_key)
WHERE w.profile_id = c.profile_id AND w.programme_key = c.programme_key
"""
# 0: derived by no release yet.
_MARK: Final = """
INSERT INTO points_wallets AS w (profile_id, programme_key, release_id, decided_version,
    decided_control_version, balance, next_change_at)
SELECT profile_id, $2, 0, 0, 0, 0, '-infinity'
FROM unnest($1::uuid[]) AS p (profile_id) ORDER BY profile_id
ON CONFLICT (profile_id, programme_key) DO UPDATE SET next_change_at = '-infinity'
WHERE w.next_change_at IS DISTINCT FROM '-infinity'
"""
_UNSETTLED: Final = """
SELECT c.profile_id FROM customers c
LEFT JOIN points_wallets w ON w.profile_id = c.profile_id AND w.programme_key = $1
WHERE c.merged_into IS NULL AND c.profile_id > $2 AND w.release_id IS DISTINCT FROM $3
    AND (w.release_id IS NOT NULL OR EXISTS (
        SELECT FROM entries e WHERE e.profile_id = c.profile_id))
ORDER BY c.profile_id LIMIT $4
"""
_ROOTS: Final = """
SELECT DISTINCT coalesce(merged_into, profile_id) AS root FROM customers
WHERE profile_id = ANY($1::uuid[]) ORDER BY root
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """A wallet as it is kept: what it was derived from, and what came out."""

    profile_id: UUID
    version: int
    control_version: int
    balance: int
    next_change_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueWallet:
    """A wallet that the clock changes; `is_own` is false for who was merged away or erased."""

    profile_id: UUID
    programme_key: str
    is_own: bool


async def roots_of(
    connection: asyncpg.Pool | asyncpg.Connection, profile_ids: Sequence[UUID]
) -> list[UUID]:
    """Name who some profiles are after merges."""
    return [row["root"] for row in await connection.fetch(_ROOTS, profile_ids)]


async def lock_customers(connection: asyncpg.Connection, profile_ids: Sequence[UUID]) -> None:
    """Have everybody else who decides or redeems for customers wait until commit."""
    await connection.execute(_LOCK, profile_ids)


async def commands_of(
    connection: asyncpg.Pool | asyncpg.Connection, profile_ids: Sequence[UUID], programme: str
) -> dict[UUID, list[Command]]:
    """Read what was asked of wallets, by customer."""
    found: dict[UUID, list[Command]] = {profile_id: [] for profile_id in profile_ids}
    for row in await connection.fetch(_COMMANDS, profile_ids, programme):
        owner, *values = row.values()
        found[owner].append(Command(*values))
    return found


async def referrals_of(
    connection: asyncpg.Pool | asyncpg.Connection, profile_ids: Sequence[UUID]
) -> dict[UUID, list[Referral]]:
    """Read whom customers brought, by customer, and what those bought since."""
    found: dict[UUID, list[Referral]] = {profile_id: [] for profile_id in profile_ids}
    for row in await connection.fetch(_REFERRALS, profile_ids):
        referred = None if row["referred"] is None else row["referred"].hex
        bought = tuple(zip(row["bought_at"] or (), row["spent"] or (), strict=True))
        found[row["owner"]].append(Referral(row["key"], row["at"], referred, bought))
    return found


async def entries_of(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], programme: str
) -> dict[UUID, list[tuple[UUID, WrittenEntry]]]:
    """Read the stored entries by customer, each with whose row it is."""
    found: dict[UUID, list[tuple[UUID, WrittenEntry]]] = {each: [] for each in profile_ids}
    for row in await connection.fetch(_ENTRIES, profile_ids, programme):
        owner, holder, *values = row.values()
        found[owner].append((holder, WrittenEntry(*values)))
    return found


async def settled_among(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], programme: str
) -> set[UUID]:
    """Name those whose wallet was derived before."""
    return {row["profile_id"] for row in await connection.fetch(_WALLETS, profile_ids, programme)}


async def write_entries(
    connection: asyncpg.Connection, programme: str, rows: Sequence[tuple[UUID, WrittenEntry]]
) -> None:
    """Put entries in place of those of the same id."""
    if rows:
        columns = zip(*((holder, *_values(entry)) for holder, entry in rows), strict=True)
        await connection.execute(_WRITE, programme, *map(list, columns))


async def keep_wallets(
    connection: asyncpg.Connection, programme: str, release_id: int, some: Sequence[Settled]
) -> None:
    """Note what wallets were derived from, and when the clock changes them."""
    if some:
        rows = [
            (w.profile_id, w.version, w.control_version, w.balance, w.next_change_at) for w in some
        ]
        columns = map(list, zip(*rows, strict=True))
        await connection.execute(_KEEP, programme, release_id, *columns)


async def add_command(
    connection: asyncpg.Connection,
    profile_id: UUID,
    programme: str,
    command: Command,
    *,
    actor: str,
) -> None:
    """Write down what somebody asked for; a second cancellation of one redemption cannot be."""
    await connection.execute(
        _ADD,
        profile_id,
        command.command_id,
        programme,
        command.kind,
        command.points,
        command.at,
        command.reference,
        command.reason,
        actor,
        command.cancels,
    )


async def hold_due(connection: asyncpg.Connection, now: datetime, *, limit: int) -> list[DueWallet]:
    """Hold customers whose wallets are due, until the transaction ends; others' are left alone.

    The customer's lock comes before the wallet, as for whoever redeems.
    """
    found = [row["profile_id"] for row in await connection.fetch(_DUE, now, limit)]
    if not found:
        return []
    await connection.execute(_MAKE_LOCKS, found)
    held = [row["profile_id"] for row in await connection.fetch(_HOLD_FREE, found)]
    return [DueWallet(*row.values()) for row in await connection.fetch(_STILL_DUE, held, now)]


async def let_rest(connection: asyncpg.Connection, some: Sequence[DueWallet]) -> None:
    """Note that the clock changes wallets no more."""
    if some:
        columns = [[each.profile_id for each in some], [each.programme_key for each in some]]
        await connection.execute(_REST, *columns)


async def mark_due(
    connection: asyncpg.Pool | asyncpg.Connection, profile_ids: Sequence[UUID], programme: str
) -> None:
    """Have wallets derived anew soon."""
    await connection.execute(_MARK, profile_ids, programme)


async def unsettled(
    pool: asyncpg.Pool, programme: str, release_id: int, *, after: UUID, limit: int
) -> list[UUID]:
    """List customers whose wallet was not derived by a release, by rising id."""
    rows = await pool.fetch(_UNSETTLED, programme, after, release_id, limit)
    return [row["profile_id"] for row in rows]


def _values(entry: WrittenEntry) -> tuple[Any, ...]:
    return (
        entry.entry_id,
        entry.kind,
        entry.points,
        entry.at,
        entry.expires_at,
        entry.source,
        entry.is_withdrawn,
    )
