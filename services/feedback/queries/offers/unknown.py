"""Which offers were answered that nobody defined."""

from __future__ import annotations

from typing import Any, Final

import asyncpg

# From key to key by the index, one step each, as few as the page needs: counting all answers would
# read the whole table. OFFSET 0 keeps the order of the steps.
_PAGE: Final = """
WITH RECURSIVE keys AS (
    (SELECT offer_key FROM offer_responses WHERE offer_key > $1 ORDER BY offer_key LIMIT 1)
    UNION ALL
    SELECT (SELECT r.offer_key FROM offer_responses r WHERE r.offer_key > k.offer_key
        ORDER BY r.offer_key LIMIT 1)
    FROM keys k WHERE k.offer_key IS NOT NULL
), unknown AS (
    SELECT offer_key FROM (
        SELECT k.offer_key, EXISTS (SELECT FROM offers o WHERE o.offer_key = k.offer_key)
            AS is_known
        FROM keys k WHERE k.offer_key IS NOT NULL OFFSET 0
    ) k WHERE NOT is_known LIMIT $2
)
SELECT u.offer_key AS offer, a.* FROM unknown u CROSS JOIN LATERAL (
    SELECT count(*) AS responses, count(*) FILTER (WHERE answer = 'accepted') AS accepted,
        count(*) FILTER (WHERE answer = 'declined') AS declined,
        count(*) FILTER (WHERE answer = 'ignored') AS ignored,
        min(at) AS first_at, max(at) AS last_at
    FROM offer_responses r WHERE r.offer_key = u.offer_key
) a ORDER BY u.offer_key
"""


async def unknown_offers_after(
    connection: asyncpg.Pool | asyncpg.Connection, after: str, limit: int
) -> list[dict[str, Any]]:
    """List keys that were answered and no offer has, with their answers, after a key."""
    return [dict(row) for row in await connection.fetch(_PAGE, after, limit)]
