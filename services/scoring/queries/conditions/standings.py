"""Keep the tiers and score of each customer in short: rows of tier_current hold their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

#: Names the releases that are live, so that a flip makes everything kept in short stale.
RELEASES: Final = """
(SELECT coalesce(sha256(string_agg(programme_key || '/' || release_id, ',' ORDER BY programme_key)
    ::bytea), ''::bytea) FROM live_releases)
"""
# What is decided on the oldest basis counts: a standing is fresh when all its tiers are.
_FILL: Final = f"""
WITH asked AS (
    SELECT c.profile_id, c.version, coalesce(k.control_version, 0) AS control_version
    FROM customers c LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
    WHERE c.profile_id = ANY($1::uuid[]) AND c.merged_into IS NULL AND c.erased_at IS NULL
), held AS (
    SELECT a.profile_id,
        min(coalesce(t.decided_version, -1)) AS version,
        min(coalesce(t.decided_control_version, -1)) AS control_version,
        min(coalesce(t.business_date, '-infinity')) AS business_date,
        min(coalesce(t.next_change_at, '-infinity')) AS fresh_until,
        max(t.score) FILTER (WHERE p.is_default) AS score,
        jsonb_object_agg(l.programme_key,
            jsonb_build_array(t.tier_key, (t.since AT TIME ZONE $3)::date)) AS tiers
    FROM asked a CROSS JOIN live_releases l
    JOIN programmes p ON p.programme_key = l.programme_key
    LEFT JOIN tier_current t ON t.profile_id = a.profile_id
        AND t.programme_key = l.programme_key AND t.release_id = l.release_id
    GROUP BY a.profile_id
)
INSERT INTO customer_standings AS s (profile_id, version, control_version, business_date, releases,
    fresh_until, score, tiers)
SELECT a.profile_id, coalesce(h.version, a.version), coalesce(h.control_version, a.control_version),
    least(coalesce(h.business_date, 'infinity'), $2), {RELEASES},
    coalesce(h.fresh_until, 'infinity'), h.score, coalesce(h.tiers, '{{}}')
FROM asked a LEFT JOIN held h USING (profile_id)
ORDER BY a.profile_id
ON CONFLICT (profile_id) DO UPDATE SET version = excluded.version,
    control_version = excluded.control_version, business_date = excluded.business_date,
    releases = excluded.releases, fresh_until = excluded.fresh_until, score = excluded.score,
    tiers = excluded.tiers
"""  # noqa: S608 - our own words


async def fill_standings(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], today: date, zone: str
) -> None:
    """Write the standings of customers as their tiers are decided now; dates in the zone."""
    await connection.execute(_FILL, profile_ids, today, zone)
