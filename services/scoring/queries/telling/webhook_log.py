"""The delivery log of an endpoint, and what is sent once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.webhooks.records import Delivery
from services.scoring.queries.telling.webhook_deliveries import WANTED

_LOG: Final = """
SELECT d.delivery_id, d.announcement_id, d.number, a.kind, d.status, d.attempts, d.due_at,
    d.created_at, d.finished_at, d.tries
FROM webhook_deliveries d JOIN announcements a USING (announcement_id)
WHERE d.endpoint_id = $1 AND ($2::text IS NULL OR d.status = $2)
    AND ($3::bigint IS NULL OR d.number < $3)
ORDER BY d.number DESC LIMIT $4
"""
_ONE: Final = """
SELECT d.delivery_id, d.announcement_id, d.number, a.kind, d.status, d.attempts, d.due_at,
    d.created_at, d.finished_at, d.tries
FROM webhook_deliveries d JOIN announcements a USING (announcement_id)
WHERE d.endpoint_id = $1 AND d.delivery_id = $2
"""
_REPLAY: Final = """
UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = $3, finished_at = NULL
WHERE endpoint_id = $1 AND delivery_id = $2 AND status <> 'pending'
"""
# What was announced before an endpoint listened is sent to it as well.
_REPLAY_SINCE: Final = f"""
WITH chosen AS MATERIALIZED (
    SELECT a.announcement_id, a.profile_id, a.number, a.created_at
    FROM (SELECT *, body ->> 'programme' AS programme FROM announcements) a
    JOIN webhook_endpoints e ON e.endpoint_id = $1 AND {WANTED}
    WHERE a.created_at >= $2 AND a.number IS NOT NULL
    ORDER BY a.created_at, a.number LIMIT $4
),
again AS (
    INSERT INTO webhook_deliveries AS d (delivery_id, endpoint_id, announcement_id, profile_id,
        number, due_at, created_at)
    SELECT gen_random_uuid(), $1, announcement_id, profile_id, number, $3, clock_timestamp()
    FROM chosen
    ON CONFLICT (announcement_id, endpoint_id) DO UPDATE
    SET status = 'pending', attempts = 0, due_at = excluded.due_at, finished_at = NULL
    WHERE d.status <> 'pending'
    RETURNING 1
)
SELECT (SELECT count(*) FROM again) AS replayed, (SELECT count(*) FROM chosen) AS chosen,
    (SELECT max(created_at) FROM chosen) AS last
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class Again:
    """How much is sent once more; `goes_on` says from when to ask again where there is more."""

    replayed: int
    goes_on: datetime | None


async def delivery_log(
    pool: asyncpg.Pool, endpoint_id: UUID, *, status: str | None, before: int | None, limit: int
) -> list[Delivery]:
    """List deliveries, the newest announcement first."""
    rows = await pool.fetch(_LOG, endpoint_id, status, before, limit)
    return [Delivery(**dict(row)) for row in rows]


async def replay(
    connection: asyncpg.Connection, endpoint_id: UUID, delivery_id: UUID, now: datetime
) -> Delivery | None:
    """Have a delivery sent once more; one that is under way goes on. None for an unknown one."""
    await connection.execute(_REPLAY, endpoint_id, delivery_id, now)
    row = await connection.fetchrow(_ONE, endpoint_id, delivery_id)
    return None if row is None else Delivery(**dict(row))


async def replay_since(
    connection: asyncpg.Connection, endpoint_id: UUID, since: datetime, now: datetime, *, limit: int
) -> Again:
    """Have everything sent once more that was announced since an instant, the oldest first."""
    row = await connection.fetchrow(_REPLAY_SINCE, endpoint_id, since, now, limit)
    return Again(row["replayed"], row["last"] if row["chosen"] == limit else None)
