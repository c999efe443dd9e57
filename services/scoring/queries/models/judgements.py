"""What people decided about disputed tiers, as feedback keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

_PROGRAMME: Final = """
SELECT l.programme_key, v.document FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
JOIN programmes p ON p.programme_key = l.programme_key
WHERE r.model_version IS NOT NULL
ORDER BY p.is_default DESC, l.programme_key LIMIT 1
"""
# The last word on each customer, while it holds; who was merged since is judged as the winner.
_JUDGED: Final = """
SELECT profile_id, tier_held, tier_judged FROM (
    SELECT DISTINCT ON (w.profile_id) w.profile_id, l.tier_held, l.tier_judged, l.ends_at
    FROM tier_labels l
    JOIN identifiers i ON i.kind = 'customer_id'
        AND i.lookup_key = convert_to(l.customer_id, 'UTF8')
    JOIN customers c ON c.profile_id = i.profile_id
    JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
    WHERE l.programme_key = $1 AND l.decided_at < $2 AND w.erased_at IS NULL
    ORDER BY w.profile_id, l.decided_at DESC, l.label_id DESC
) AS last_word
WHERE ends_at IS NULL OR ends_at > $2
ORDER BY profile_id LIMIT $3
"""


async def programme_in_force(pool: asyncpg.Pool) -> tuple[str, Mapping[str, Any]] | None:
    """Give the value programme whose model is live, the default one first, with its document."""
    row = await pool.fetchrow(_PROGRAMME)
    return None if row is None else (row["programme_key"], row["document"])


async def judged_before(
    pool: asyncpg.Pool, programme: str, before: datetime, *, most: int
) -> list[tuple[UUID, str | None, str]]:
    """List decisions that hold at an instant: profile, tier held, tier judged."""
    rows = await pool.fetch(_JUDGED, programme, before, most)
    return [(row["profile_id"], row["tier_held"], row["tier_judged"]) for row in rows]
