"""Who rose, fell and came in during the last minutes: the end of the history, by its index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import asyncpg

from services.scoring.domain.overview.found import Change, Minute

MOST_SHOWN: Final = 20
#: Rows of history that are told of at most, the newest: in the hour after a million customers
#: were decided for the first time the count took seconds.
MOST_READ: Final = 100_000
_RECENT: Final = """
WITH ranks AS (
    SELECT * FROM unnest($4::text[], $5::int[]) AS r (tier, rank)
), ends AS (
    SELECT * FROM tier_history
    WHERE business_instant > $2 AND business_instant <= $3 AND programme_key = $1
    ORDER BY business_instant DESC, history_id DESC LIMIT $6
), recent AS (
    SELECT h.history_id, h.profile_id, h.business_instant AS at, h.tier_from, h.tier_to, h.reason,
        CASE WHEN h.tier_from IS NULL THEN 'entered' WHEN t.rank > f.rank THEN 'up'
            WHEN t.rank < f.rank THEN 'down' END AS way
    FROM ends h
    LEFT JOIN ranks f ON f.tier = h.tier_from
    LEFT JOIN ranks t ON t.tier = h.tier_to
)
"""
_MINUTES: Final = f"""{_RECENT}
SELECT date_trunc('minute', at) AS minute, count(*) FILTER (WHERE way = 'up') AS up,
    count(*) FILTER (WHERE way = 'down') AS down,
    count(*) FILTER (WHERE way = 'entered') AS entered
FROM recent WHERE way IS NOT NULL GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - ours
# Who came in is only counted: the first decisions of a whole base would hide who moved. Whom a
# merge or an erasure took away is not named.
_LAST: Final = f"""{_RECENT}
SELECT c.customer_id, r.tier_from, r.tier_to, r.way, r.reason, r.at
FROM (SELECT * FROM recent WHERE way IN ('up', 'down') ORDER BY at DESC, history_id DESC
    LIMIT {MOST_SHOWN}) AS r
JOIN customers c ON c.profile_id = r.profile_id
WHERE c.merged_into IS NULL AND c.erased_at IS NULL
ORDER BY r.at DESC, r.history_id DESC
"""  # noqa: S608 - ours


async def recent_changes(
    pool: asyncpg.Pool,
    programme: str,
    ranks: Mapping[str, int],
    span: tuple[datetime, datetime],
    *,
    most_read: int = MOST_READ,
) -> tuple[list[Minute], list[Change]]:
    """Count changes after one instant up to another by minute; list the last who moved."""
    arguments = (programme, *span, list(ranks), list(ranks.values()), most_read)
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        minutes = await connection.fetch(_MINUTES, *arguments)
        last = await connection.fetch(_LAST, *arguments)
    return [Minute(*row) for row in minutes], [Change(*row) for row in last]
