"""How fresh everything is: the ends of logs and queues, by their indexes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import asyncpg

from services.scoring.domain.overview.found import InForce, OpenJob, Waiting

#: Waiting work is counted up to this.
MOST_COUNTED: Final = 10_000
# Numbers of events that were never committed leave gaps; so many in a row do not.
_LAST_EVENT: Final = """
SELECT max(received_at) FROM events
WHERE sequence > (SELECT last_value FROM event_sequence) - 10000
"""
_LAST_DECISION: Final = """
SELECT max(decided_at) FROM tier_history WHERE business_instant > $1
"""
_LAST_SWEEP: Final = """
SELECT computed_at, business_date FROM base_levels WHERE model_version = $1
ORDER BY business_date DESC LIMIT 1
"""
_WAITING: Final = """
SELECT count(*) AS waiting, min(created_at) AS oldest FROM (
    SELECT created_at FROM outbox
    WHERE topic = 'customers_changed' AND done_at IS NULL
    ORDER BY topic, due_at LIMIT $1) AS due
"""
_JOBS: Final = """
SELECT job_id::text, kind, status, progress, message FROM jobs
WHERE kind = ANY($1::text[]) AND finished_at IS NULL ORDER BY created_at LIMIT 20
"""
_RELEASES: Final = """
SELECT l.programme_key, l.release_id, r.programme_version, r.model_version, r.reference_date,
    l.flipped_at
FROM live_releases l JOIN releases r USING (release_id) ORDER BY l.programme_key LIMIT 1000
"""


async def last_event(pool: asyncpg.Pool) -> datetime | None:
    """Tell when the last event was taken in."""
    found: datetime | None = await pool.fetchval(_LAST_EVENT)
    return found


async def last_decision(pool: asyncpg.Pool, after: datetime) -> datetime | None:
    """Tell when a tier was told last, if after an instant of the business clock."""
    found: datetime | None = await pool.fetchval(_LAST_DECISION, after)
    return found


async def last_sweep(pool: asyncpg.Pool, model_version: str | None) -> datetime | None:
    """Tell when the base level of a model was taken last."""
    row = await pool.fetchrow(_LAST_SWEEP, model_version)
    return None if row is None else row["computed_at"]


async def waiting(pool: asyncpg.Pool) -> Waiting:
    """Count the changes that wait to be re-scored."""
    return Waiting(*await pool.fetchrow(_WAITING, MOST_COUNTED))


async def open_jobs(pool: asyncpg.Pool, kinds: list[str]) -> list[OpenJob]:
    """List unfinished jobs of some kinds."""
    return [OpenJob(*row) for row in await pool.fetch(_JOBS, kinds)]


async def in_force(pool: asyncpg.Pool) -> list[InForce]:
    """List what is in force."""
    return [InForce(*row) for row in await pool.fetch(_RELEASES)]
