"""Find out afterwards which tier somebody held: from what scoring says it told them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.past_tier import ToldTier

_UNKNOWN: Final = """
SELECT f.feedback_id, f.customer_id, f.received_at, o.payload -> 'customer' AS sealed
FROM feedback f LEFT JOIN outbox o ON o.outbox_id = f.feedback_id
WHERE NOT f.is_tier_known AND f.tier_added_at IS NULL
ORDER BY f.feedback_id LIMIT $1
"""
# The default programme is the one that is asked for when somebody says something.
_TOLD: Final = """
SELECT asked.feedback_id, winner.customer_id, told.tier_to, told.release_id,
    told.programme_key, told.programme_version, told.model_version, told.ladder
FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[])
    AS asked (feedback_id, kind, lookup_key, at)
JOIN identifiers USING (kind, lookup_key)
JOIN customers own ON own.profile_id = identifiers.profile_id
JOIN customers winner ON winner.profile_id = coalesce(own.merged_into, own.profile_id)
LEFT JOIN LATERAL (
    SELECT h.tier_to, h.release_id, r.programme_key, r.programme_version, r.model_version,
        jsonb_build_object('kind', v.document -> 'kind', 'tiers', v.document -> 'tiers') AS ladder
    FROM tier_history h
    JOIN programmes p ON p.programme_key = h.programme_key AND p.is_default
    JOIN releases r ON r.release_id = h.release_id
    JOIN programme_versions v
        ON v.programme_key = r.programme_key AND v.version = r.programme_version
    WHERE h.profile_id = winner.profile_id AND h.business_instant <= asked.at
    ORDER BY h.decided_at DESC, h.history_id DESC LIMIT 1
) told ON true
"""
# Whoever was erased in between is not named again; of two workers the first one's word stays.
_COMPLETE: Final = """
UPDATE feedback SET is_tier_known = told.is_known, tier_held = told.tier::jsonb,
    tier_added_at = $5,
    customer_id = CASE WHEN fingerprint = '' THEN NULL
        ELSE coalesce(feedback.customer_id, told.customer_id) END
FROM unnest($1::uuid[], $2::boolean[], $3::text[], $4::text[])
    AS told (feedback_id, is_known, customer_id, tier)
WHERE feedback.feedback_id = told.feedback_id AND NOT feedback.is_tier_known
    AND feedback.tier_added_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Untold:
    """Feedback whose tier is unknown; `sealed`: what it named its customer by, encrypted."""

    feedback_id: UUID
    customer_id: str | None
    received_at: datetime
    sealed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AskedTier:
    """Who is asked about (kind and key of `identifiers`), and as of when."""

    feedback_id: UUID
    kind: str
    lookup_key: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundTier:
    """What a piece of feedback is completed with; not known: nobody will ever find out."""

    feedback_id: UUID
    is_known: bool
    customer_id: str | None = None
    tier: Mapping[str, Any] | None = None


async def feedback_without_tier(pool: asyncpg.Pool, limit: int) -> list[Untold]:
    """List feedback whose tier could not be asked for, the oldest first."""
    rows = await pool.fetch(_UNKNOWN, limit)
    return [Untold(row[0], row[1], row[2], row[3] or {}) for row in rows]


async def told_tiers(
    pool: asyncpg.Pool, asked: Sequence[AskedTier]
) -> dict[UUID, tuple[str | None, ToldTier | None]]:
    """Find each person's id and what they were last told by then; strangers are left out."""
    rows = await pool.fetch(
        _TOLD,
        [each.feedback_id for each in asked],
        [each.kind for each in asked],
        [each.lookup_key for each in asked],
        [each.at for each in asked],
    )
    return {row["feedback_id"]: (row["customer_id"], _told(row)) for row in rows}


def _told(row: asyncpg.Record) -> ToldTier | None:
    if row["tier_to"] is None:
        return None
    return ToldTier(
        row["programme_key"],
        row["programme_version"],
        row["tier_to"],
        row["ladder"],
        row["model_version"],
        row["release_id"],
    )


async def complete_tiers(pool: asyncpg.Pool, found: Sequence[FoundTier], now: datetime) -> None:
    """Write what was found out."""
    await pool.execute(
        _COMPLETE,
        [each.feedback_id for each in found],
        [each.is_known for each in found],
        [each.customer_id for each in found],
        [None if each.tier is None else json.dumps(each.tier) for each in found],
        now,
    )
