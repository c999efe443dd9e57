"""Deliveries: written for whoever listens, leased in the order of each customer, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.webhooks.records import Due
from services.scoring.domain.webhooks.retries import Attempt, Outcome

#: One spreader at a time: numbers must rise in the order in which announcements are seen.
_LOCK: Final = "SELECT pg_try_advisory_xact_lock(7351005)"

#: Whether endpoint `e` wants announcement `a` (columns kind, programme).
WANTED: Final = """
e.status = 'active' AND a.kind = ANY(e.kinds) AND (
    a.programme IS NULL OR a.programme = ANY(e.programmes)
    OR (cardinality(e.programmes) = 0 AND EXISTS (
        SELECT FROM programmes p
        WHERE p.programme_key = a.programme AND p.audience = 'customer_facing')))
"""
_SPREAD: Final = f"""
WITH waiting AS MATERIALIZED (
    SELECT announcement_id FROM announcements WHERE number IS NULL ORDER BY sequence LIMIT $1
),
numbered AS MATERIALIZED (
    SELECT announcement_id, nextval('announcement_number') AS number FROM waiting
),
spread AS (
    UPDATE announcements a SET number = n.number
    FROM numbered n WHERE a.announcement_id = n.announcement_id
    RETURNING a.announcement_id, a.profile_id, a.number, a.kind, a.body ->> 'programme' AS programme
),
written AS (
    INSERT INTO webhook_deliveries (delivery_id, endpoint_id, announcement_id, profile_id, number,
        due_at, created_at)
    SELECT gen_random_uuid(), e.endpoint_id, a.announcement_id, a.profile_id, a.number, $2,
        clock_timestamp()
    FROM spread a JOIN webhook_endpoints e ON {WANTED}
    ON CONFLICT (announcement_id, endpoint_id) DO NOTHING
)
SELECT count(*) FROM spread
"""  # noqa: S608 - ours
_WAITING: Final = """
SELECT e.endpoint_id FROM webhook_endpoints e
WHERE e.status = 'active' AND EXISTS (
    SELECT FROM webhook_deliveries d
    WHERE d.endpoint_id = e.endpoint_id AND d.status = 'pending' AND d.due_at <= $1)
ORDER BY e.endpoint_id LIMIT 1000
"""
# Of one customer's deliveries only the first that is open may go: a later one waits until it is
# delivered or given up. Materialized: an inlined LIMIT ... SKIP LOCKED may lock more.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT d.delivery_id FROM webhook_deliveries d
    WHERE d.endpoint_id = $1 AND d.status = 'pending' AND d.due_at <= $2
        AND EXISTS (SELECT FROM webhook_endpoints e
            WHERE e.endpoint_id = $1 AND e.status = 'active')
        AND NOT EXISTS (SELECT FROM webhook_deliveries b
            WHERE b.endpoint_id = $1 AND b.profile_id = d.profile_id AND b.status = 'pending'
                AND b.number < d.number)
    ORDER BY d.due_at, d.number LIMIT $4 FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhook_deliveries d SET due_at = $3, attempts = d.attempts + 1
FROM due, announcements a LEFT JOIN customers c ON c.profile_id = a.profile_id
WHERE d.delivery_id = due.delivery_id AND a.announcement_id = d.announcement_id
RETURNING d.delivery_id, d.announcement_id, d.attempts, d.number, a.kind, a.at, a.body,
    c.customer_id
"""
# One that somebody else has taken over since counts there.
_RECORD: Final = """
UPDATE webhook_deliveries d SET status = done.status, due_at = done.due_at,
    finished_at = CASE WHEN done.status = 'pending' THEN NULL ELSE $2::timestamptz END,
    tries = d.tries || done.try
FROM jsonb_to_recordset($1) AS done (
    delivery_id uuid, attempts bigint, status text, due_at timestamptz, try jsonb)
WHERE d.delivery_id = done.delivery_id AND d.attempts = done.attempts AND d.status = 'pending'
"""
_PURGE: Final = """
WITH old AS MATERIALIZED (
    SELECT announcement_id FROM announcements
    WHERE created_at < $1 AND number IS NOT NULL ORDER BY created_at LIMIT $2
),
unsent AS (DELETE FROM webhook_deliveries d USING old WHERE d.announcement_id = old.announcement_id)
DELETE FROM announcements a USING old WHERE a.announcement_id = old.announcement_id
"""


async def spread(pool: asyncpg.Pool, now: datetime, *, limit: int) -> int:
    """Give announcements their numbers, and a delivery to everyone who wants one; count them.

    None are spread while another process does it.
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_LOCK):
            return 0
        found: int = await connection.fetchval(_SPREAD, limit, now)
    return found


async def waiting_endpoints(pool: asyncpg.Pool, now: datetime) -> list[UUID]:
    """Name the active endpoints for which something is due."""
    return [row[0] for row in await pool.fetch(_WAITING, now)]


async def claim(
    pool: asyncpg.Pool, endpoint_id: UUID, now: datetime, *, until: datetime, limit: int
) -> list[Due]:
    """Lease due deliveries of an endpoint, at most one a customer, until an instant."""
    rows = await pool.fetch(_CLAIM, endpoint_id, now, until, limit)
    return [Due(**dict(row)) for row in rows]


async def record(
    connection: asyncpg.Connection, results: Sequence[tuple[Due, Attempt, Outcome]], now: datetime
) -> None:
    """Write down what came of attempts."""
    rows = [
        {
            "delivery_id": str(due.delivery_id),
            "attempts": due.attempts,
            "status": outcome.status,
            "due_at": outcome.due_at.isoformat(),
            "try": _told(attempt),
        }
        for due, attempt, outcome in results
    ]
    await connection.execute(_RECORD, rows, now)


async def purge(pool: asyncpg.Pool, before: datetime, *, limit: int) -> bool:
    """Delete what was announced before an instant, with its log; tell whether more may wait."""
    tag = await pool.execute(_PURGE, before, limit)
    return bool(tag == f"DELETE {limit}")


def _told(attempt: Attempt) -> dict[str, Any]:
    return asdict(attempt) | {"at": attempt.at.isoformat()}
