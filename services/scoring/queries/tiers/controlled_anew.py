"""Have those whom a pin or a grant shows in a tier decided anew by their next read."""

from __future__ import annotations

from typing import Final

import asyncpg

# As migration 0019 does. Status programmes ('infinity': they follow the clock) always told when a
# grant ends. Joined from the controls, which are few, and locked in the order of whoever stores.
_ANEW: Final = """
WITH controls AS (
    SELECT profile_id, programme_key, least(ends_at, ended_at) AS ends_at, true AS is_pin FROM pins
    UNION ALL
    SELECT profile_id, programme_key, least(ends_at, ended_at), false FROM grants
    UNION ALL
    SELECT profile_id, programme_key, least(ends_at, ended_at), false FROM memberships
), told AS (
    SELECT t.profile_id, t.programme_key, t.release_id
    FROM controls o LEFT JOIN customers c ON c.profile_id = o.profile_id
    JOIN tier_current t ON t.profile_id = coalesce(c.merged_into, o.profile_id)
        AND t.programme_key = o.programme_key
    WHERE (o.is_pin OR t.business_date < 'infinity') AND t.next_change_at > t.decided_at
        AND (o.ends_at IS NULL OR o.ends_at > t.decided_at)
    ORDER BY t.profile_id, t.programme_key, t.release_id FOR UPDATE OF t
)
UPDATE tier_current t SET next_change_at = t.decided_at FROM told
WHERE t.profile_id = told.profile_id AND t.programme_key = told.programme_key
    AND t.release_id = told.release_id
"""


async def decide_controlled_anew(pool: asyncpg.Pool) -> None:
    """Let no answer stand that a version before stored for who is pinned or was granted a tier.

    Repeating it costs one decision of each of them.
    """
    await pool.execute(_ANEW)
