"""What was told, and what was known then, to decide it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.past_facts import FactsThen

# A hash of the row's own id draws the same rows for one seed, wherever they lie.
_SAMPLE: Final = """
SELECT profile_id, programme_key, release_id, customer_version, control_version, business_instant,
    decided_at, tier_to, inputs_hash
FROM tier_history WHERE ($1::text IS NULL OR programme_key = $1)
ORDER BY md5(history_id::text || $2::text) LIMIT $3
"""
# Counts of who was merged in are their own until then, and the customer's from then on; what was
# ended while the customer was merged away themselves is known once they are back.
_CONTROLS: Final = """
WITH members AS (
    SELECT profile_id, merged_at, profile_id = $4 AS is_own
    FROM unnest($1::uuid[], $2::timestamptz[]) AS m (profile_id, merged_at)
), given AS (
    SELECT profile_id, 'pin' AS sort, pin_id::text AS id, mode AS word, tier_key, control_version,
        starts_at, ends_at, created_at, ended_at, ended_control_version
    FROM pins WHERE profile_id = ANY($1::uuid[]) AND programme_key = $3
    UNION ALL
    SELECT profile_id, 'grant', grant_id::text, kind, tier_key, control_version, starts_at, ends_at,
        created_at, ended_at, ended_control_version
    FROM grants WHERE profile_id = ANY($1::uuid[]) AND programme_key = $3
)
SELECT sort, id, word, tier_key, starts_at,
    CASE WHEN coalesce(is_over, ended_control_version <= $5 AND (is_own OR ended_at <= $6)
            OR ended_at < merged_at)
        THEN least(ends_at, ended_at) ELSE ends_at END
FROM given JOIN members USING (profile_id)
LEFT JOIN LATERAL (
    SELECT bool_or(is_over) AS is_over
    FROM unnest($7::timestamptz[], $8::timestamptz[], $9::boolean[]) AS a (since, until, is_over)
    WHERE is_own AND ended_at >= a.since AND (a.until IS NULL OR ended_at <= a.until)
) away ON true
WHERE CASE WHEN is_own THEN control_version <= $5 ELSE coalesce(created_at <= merged_at, true) END
"""
_LEVELS: Final = """
SELECT business_date, level FROM base_levels
WHERE model_version = $1 AND business_date <= $2 AND computed_at <= $3
"""
_PROFILE: Final = """
SELECT customer_id, attributes ->> 'enrolled_at' AS enrolled_at FROM customers WHERE profile_id = $1
"""


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One row of history: which tier was told, and what it rested on."""

    profile_id: UUID
    programme_key: str
    release_id: int
    customer_version: int
    control_version: int
    business_instant: datetime
    decided_at: datetime
    tier_to: str
    inputs_hash: bytes | None


async def sample_history(
    pool: asyncpg.Pool, programme: str | None, *, seed: str, limit: int
) -> list[PastDecision]:
    """Draw rows of history, the same for the same seed."""
    return [PastDecision(**dict(row)) for row in await pool.fetch(_SAMPLE, programme, seed, limit)]


async def controls_then(
    pool: asyncpg.Pool, past: PastDecision, known: FactsThen
) -> list[tuple[Any, ...]]:
    """List pins and grants as a past decision saw them: (sort, id, word, tier, start, end)."""
    rows = await pool.fetch(
        _CONTROLS,
        list(known.members),
        list(known.members.values()),
        past.programme_key,
        past.profile_id,
        past.control_version,
        past.business_instant,
        [each.since for each in known.away],
        [each.until for each in known.away],
        [each.is_over for each in known.away],
    )
    return [tuple(row) for row in rows]


async def levels_then(
    pool: asyncpg.Pool, model_version: str, today: date, known_at: datetime
) -> dict[date, float]:
    """Read a model's base levels up to a date, as far as they were there at an instant."""
    rows = await pool.fetch(_LEVELS, model_version, today, known_at)
    return {row["business_date"]: row["level"] for row in rows}


async def profile_words(pool: asyncpg.Pool, profile_id: UUID) -> tuple[str | None, str | None]:
    """Give a customer's own id and what their profile says of their enrolment, as they are now."""
    row = await pool.fetchrow(_PROFILE, profile_id)
    return (None, None) if row is None else (row["customer_id"], row["enrolled_at"])
