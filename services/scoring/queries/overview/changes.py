"""Who rose, fell and came in during the last minutes: the end of the history, by its index."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from services.scoring.domain.overview.found import Change, Minute

MOST_SHOWN: Final = 20
#: Rows of history that are told of at most, the newest: in the hour after a million customers
#: were decided for the first time the count took seconds.
MOST_READ: Final = 100_000
#: Of more than that in so short a time nobody asks which came last: a release decides a whole base
#: at one instant, and putting a million rows in order took the overview a second.
_SHORTEST: Final = timedelta(minutes=1)
_HOW_MANY: Final = """
SELECT count(*) FROM (
    SELECT FROM tier_history
    WHERE programme_key = $1 AND business_instant > $2 AND business_instant <= $3 LIMIT $4 + 1
) AS told
"""
# All of the newest, and so many of the crowd before them as there is room for, in no order.
_RECENT: Final = """
WITH ranks AS (
    SELECT * FROM unnest($5::text[], $6::int[]) AS r (tier, rank)
), ends AS (
    SELECT * FROM tier_history
    WHERE business_instant > $3 AND business_instant <= $4 AND programme_key = $1
    UNION ALL (
        SELECT * FROM tier_history
        WHERE business_instant > $2 AND business_instant <= $3 AND programme_key = $1 LIMIT $7)
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
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        since, enough, room = await _narrowed(connection, programme, span, most_read)
        instants = since, enough, span[1]
        arguments = (programme, *instants, list(ranks), list(ranks.values()), room)
        minutes = await connection.fetch(_MINUTES, *arguments)
        last = await connection.fetch(_LAST, *arguments)
    return [Minute(*row) for row in minutes], [Change(*row) for row in last]


async def _narrowed(
    connection: asyncpg.Connection, programme: str, span: tuple[datetime, datetime], most: int
) -> tuple[datetime, datetime, int]:
    """Find two instants near each other: after the first more are told than are read.

    After the second no more are; tells also for how many of those between there is room. Both are
    the beginning of the span where all fit.
    """
    since, until = span
    if await _how_many(connection, programme, span, most) <= most:
        return since, since, 0
    enough, found = until, 0
    while enough - since > _SHORTEST:
        middle = since + (enough - since) / 2
        told = await _how_many(connection, programme, (middle, until), most)
        if told > most:
            since = middle
        else:
            enough, found = middle, told
    return since, enough, most - found


async def _how_many(
    connection: asyncpg.Connection, programme: str, span: tuple[datetime, datetime], most: int
) -> int:
    """Count the changes of a span, up to one more than are read."""
    return int(await connection.fetchval(_HOW_MANY, programme, *span, most))
