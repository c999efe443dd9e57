"""How many people a playbook's trigger would have concerned lately: its future from its past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import asyncpg

from services.feedback.queries.care.rhythm import COUNTS, DROPPED

_ENTERED: Final = """
SELECT count(DISTINCT profile_id) FROM announcements
WHERE at >= $1 AND CASE WHEN $2::text IS NOT NULL
    THEN kind = 'segment.entered' AND body ->> 'segment' = $2
    ELSE kind = 'tier.changed' AND body ->> 'programme' = $3
        AND body #>> '{to,key}' = ANY($4::text[]) END
"""
_SAID: Final = """
SELECT count(DISTINCT customer_id) FROM feedback
WHERE occurred_at >= $1 AND kind = $2 AND ($3::bigint IS NULL OR rating <= $3)
"""
_DROPPED: Final = f"""
SELECT count(*) FROM customer_sheets s JOIN customers c USING (profile_id)
WHERE {DROPPED} AND {COUNTS}
"""  # noqa: S608 - our own words


async def count_entered(
    connection: asyncpg.Connection,
    since: datetime,
    *,
    segment: str | None,
    tiers: tuple[str | None, Sequence[str]],
) -> int:
    """Count who entered a segment, or tiers (programme, keys), from an instant on."""
    found: int = await connection.fetchval(_ENTERED, since, segment, tiers[0], list(tiers[1]))
    return found


async def count_said(
    connection: asyncpg.Connection, since: datetime, kind: str, max_rating: int | None
) -> int:
    """Count who said something of a kind, rated at most so, from an instant on."""
    found: int = await connection.fetchval(_SAID, since, kind, max_rating)
    return found


async def count_drops(connection: asyncpg.Connection, limits: Sequence[int], today: date) -> int:
    """Count whose frequency dropped."""
    found: int = await connection.fetchval(_DROPPED, list(limits), today)
    return found
