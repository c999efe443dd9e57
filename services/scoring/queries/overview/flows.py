"""Who went from which tier to which: counted by night for some spans, so that asking is a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import asyncpg

from services.scoring.domain.overview.found import Flow, Night
from services.scoring.queries.overview.live import LiveProgramme

# What was told is the truth of a value programme; published rules know their whole past, also
# from before they were in force.
_TOLD: Final = """
SELECT h.profile_id, h.business_instant AS at, h.decided_at AS decided,
    array_position($2::text[], h.tier_to) AS place
FROM tier_history h WHERE h.programme_key = $1 AND $3::bigint IS NOT NULL
"""
_TIMELINE: Final = """
SELECT t.profile_id, t.at, t.at AS decided, array_position($2::text[], t.tier_key) AS place
FROM tier_timeline t WHERE t.programme_key = $1 AND t.release_id = $3
"""
# The last word before an instant is the greatest (instant, decided, tier): one hash of customers
# for all spans, and no sort. $4 the date, $5 when it ended, $6 when each span began.
_COUNT: Final = """
INSERT INTO tier_flows (programme_key, business_date, days, tier_from, tier_to, customers,
    counted_at)
WITH told AS MATERIALIZED (
    SELECT s.profile_id, s.at, ARRAY[(extract(epoch FROM s.at) * 1000000)::bigint,
        (extract(epoch FROM s.decided) * 1000000)::bigint, s.place] AS word
    FROM ({source}) AS s
    JOIN customers c ON c.profile_id = s.profile_id
    WHERE c.merged_into IS NULL AND c.erased_at IS NULL AND s.at < $5::timestamptz
), held AS (
    SELECT {befores}, max(word) AS now FROM told GROUP BY profile_id
)
SELECT $1, $4::date, days, coalesce(($2::text[])[before[3]], ''), ($2::text[])[now[3]],
    count(*), $7
FROM held CROSS JOIN LATERAL (VALUES {spans}) AS s (days, before)
GROUP BY 3, 4, 5
"""
_CLEAR: Final = "DELETE FROM tier_flows WHERE programme_key = $1 AND business_date = $2"
# The nearest span that was counted: of the dates up to the one asked for the last, of its spans
# the one whose length is nearest.
_NEAREST: Final = """
SELECT business_date, days, tier_from, tier_to, customers, counted_at
FROM tier_flows
WHERE programme_key = $1 AND (business_date, days) = (
    SELECT business_date, days FROM tier_flows
    WHERE programme_key = $1 AND business_date = coalesce(
        (SELECT max(business_date) FROM tier_flows WHERE programme_key = $1
            AND business_date <= $2),
        (SELECT min(business_date) FROM tier_flows WHERE programme_key = $1))
    ORDER BY abs(days - $3::bigint), days LIMIT 1)
ORDER BY tier_from, tier_to
"""


async def count_flows(
    connection: asyncpg.Connection, programme: LiveProgramme, night: Night, now: datetime
) -> None:
    """Count a programme's flows up to the end of a date, in place of those that were."""
    await connection.execute(_CLEAR, programme.key, night.day)
    starts = [start for _, start in night.spans]
    await connection.execute(
        _statement([days for days, _ in night.spans], is_status=programme.is_status),
        programme.key,
        list(programme.tiers),
        programme.release_id,
        night.day,
        night.ended_at,
        starts,
        now,
    )


async def nearest_flows(pool: asyncpg.Pool, programme: str, to: date, days: int) -> list[Flow]:
    """Read the flows of the span nearest to the one asked for; nothing before the first night."""
    return [Flow(*row) for row in await pool.fetch(_NEAREST, programme, to, days)]


def _statement(days: Sequence[int], *, is_status: bool) -> str:
    befores = ", ".join(
        f"max(word) FILTER (WHERE at < ($6::timestamptz[])[{place}]) AS before_{place}"
        for place in range(1, len(days) + 1)
    )
    spans = ", ".join(f"({n}, before_{place})" for place, n in enumerate(days, start=1))
    return _COUNT.format(source=_TIMELINE if is_status else _TOLD, befores=befores, spans=spans)
