"""Jobs about models: one line for who asks, and what is asked already."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import asyncpg

from services.scoring.domain.life.job_kinds import PROMOTE, TRAIN

# Whoever looks and then asks does so alone: two workers or two clicks make one job.
_HOLD = "SELECT pg_advisory_xact_lock(7351003)"
_OPEN_PROMOTION = f"""
SELECT job_id FROM jobs WHERE kind = '{PROMOTE}' AND finished_at IS NULL
    AND arguments ->> 'model_version' = $1 AND status = 'queued'
ORDER BY created_at LIMIT 1
"""  # noqa: S608 - our own kind
_SCHEDULED = f"""
SELECT EXISTS (SELECT FROM jobs WHERE kind = '{TRAIN}' AND arguments ->> 'scheduled_for' = $1)
"""  # noqa: S608 - our own kind
_TRAINED_UNTIL = "SELECT max((manifest ->> 'trained_until')::date) FROM models"
_LIVE_FEATURES = """
SELECT m.manifest ->> 'feature_hash' FROM live_releases l JOIN releases r USING (release_id)
JOIN models m ON m.model_version = r.model_version
JOIN programmes p ON p.programme_key = l.programme_key
ORDER BY p.is_default DESC, p.programme_key LIMIT 1
"""
_HAS_NEW = """
SELECT EXISTS (SELECT FROM customer_day WHERE business_date >= $1 AND business_date < $2
    AND (orders > 0 OR returns > 0))
"""


async def hold_line(connection: asyncpg.Connection) -> None:
    """Let nobody else ask for a job about models until the transaction ends."""
    await connection.execute(_HOLD)


async def open_promotion(connection: asyncpg.Connection, version: str) -> UUID | None:
    """Find a promotion of a model that waits to be done."""
    found: UUID | None = await connection.fetchval(_OPEN_PROMOTION, version)
    return found


async def is_scheduled(connection: asyncpg.Connection, day: date) -> bool:
    """Tell whether the schedule has asked for a training on a business date."""
    return bool(await connection.fetchval(_SCHEDULED, day.isoformat()))


async def trained_until(connection: asyncpg.Connection) -> date | None:
    """Tell the business date of the newest model, the day its data end."""
    found: date | None = await connection.fetchval(_TRAINED_UNTIL)
    return found


async def live_feature_hash(connection: asyncpg.Connection) -> str | None:
    """Name the feature definition of the model in force."""
    found: str | None = await connection.fetchval(_LIVE_FEATURES)
    return found


async def has_purchases(connection: asyncpg.Connection, since: date, until: date) -> bool:
    """Tell whether anything was bought or returned in [since, until)."""
    return bool(await connection.fetchval(_HAS_NEW, since, until))
