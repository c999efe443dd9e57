"""Look at a release that was computed for a simulation: who would move, and who would fall."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.programmes.rehearsed import Move, Mover, Seen
from services.scoring.queries.programmes.simulations import backtest_gains

MOST_MOVERS: Final = 50
_MOVES: Final = """
SELECT old.tier_key AS tier_from, t.tier_key AS tier_to, count(*) AS customers,
    coalesce(sum(round(greatest(t.score, 0) * 1000000)), 0)::bigint AS expected
FROM tier_current t
LEFT JOIN tier_current old ON old.profile_id = t.profile_id
    AND old.programme_key = t.programme_key AND old.release_id = $3
WHERE t.programme_key = $1 AND t.release_id = $2
GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2
"""
_MOVERS: Final = """
SELECT t.profile_id, old.tier_key AS tier_from, t.tier_key AS tier_to, coalesce(s.spend, 0) AS spend
FROM tier_current t
JOIN tier_current old ON old.profile_id = t.profile_id
    AND old.programme_key = t.programme_key AND old.release_id = $3
JOIN unnest($4::text[], $5::int[]) AS held (tier_key, rank) ON held.tier_key = old.tier_key
LEFT JOIN LATERAL (
    SELECT sum(net_booked)::bigint AS spend FROM customer_day d
    WHERE d.profile_id = t.profile_id AND d.business_date > $6::date - 365
        AND d.business_date <= $6::date
) s ON true
WHERE t.programme_key = $1 AND t.release_id = $2 AND sign(t.rank - held.rank) = $8
ORDER BY spend DESC, t.profile_id LIMIT $7
"""
_SEQUENCE: Final = "SELECT coalesce(max(sequence), 0) FROM events"


async def look_at(
    pool: asyncpg.Pool,
    programme: str,
    releases: tuple[int, int | None],
    held: Mapping[str, int],
    today: date,
) -> Seen:
    """Compare a computed release with the one in force (None: none).

    `held`: for each tier key in force the rank that stands for it among the new tiers.
    """
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute("SET LOCAL statement_timeout = 0")
        moves = await connection.fetch(_MOVES, programme, *releases)
        ranks = (list(held), list(held.values()))

        async def movers(way: int) -> list[Mover]:
            rows = await connection.fetch(
                _MOVERS, programme, *releases, *ranks, today, MOST_MOVERS, way
            )
            return [Mover(*row.values()) for row in rows]

        return Seen(
            moves=[Move(*row.values()) for row in moves],
            fallers=await movers(-1),
            risers=await movers(1),
            sequence=await connection.fetchval(_SEQUENCE),
            gains=await backtest_gains(connection),
        )
