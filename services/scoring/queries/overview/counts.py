"""How many customers hold which tier in which stage of life, a row a date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import asyncpg

from services.scoring.domain.overview.found import Count, Worth
from services.scoring.queries.overview.live import LiveProgramme

# All columns are in ix_tier_current_ladder, 147 MB on a million customers; the rows with their
# answers have 3.4 GB (4.0 s of CPU against 6.4 s). $3 is the value programme whose score is the
# expected value, $4 what a score is worth in minor units, $5 to $7 name the tiers by rank. A stage
# is told by its row, which each night decides anew: published rules leave theirs for months.
_COUNT: Final = """
INSERT INTO tier_counts (programme_key, business_date, tier_key, lifecycle, customers, expected,
    counted_at)
WITH held AS MATERIALIZED (
    SELECT t.profile_id, t.programme_key, t.rank, t.lifecycle, t.score
    FROM tier_current t
    JOIN live_releases l USING (programme_key, release_id)
), gone AS (
    SELECT profile_id FROM customers WHERE merged_into IS NOT NULL OR erased_at IS NOT NULL
), sums AS (
    SELECT h.programme_key, h.rank, coalesce(v.lifecycle, h.lifecycle) AS lifecycle,
        count(*) AS customers, sum(v.score) AS score
    FROM held h
    LEFT JOIN held v ON v.profile_id = h.profile_id AND v.programme_key = $3
    WHERE NOT EXISTS (SELECT FROM gone g WHERE g.profile_id = h.profile_id)
    GROUP BY 1, 2, 3
)
SELECT s.programme_key, $1::date, coalesce(n.tier_key, s.rank::text), s.lifecycle, s.customers,
    round(coalesce(s.score, 0) * $4::float8)::bigint, $2
FROM sums s
LEFT JOIN unnest($5::text[], $6::int[], $7::text[]) AS n (programme_key, rank, tier_key)
    USING (programme_key, rank)
"""
_CLEAR: Final = "DELETE FROM tier_counts WHERE business_date = $1"
_HAS_PAST: Final = """
SELECT EXISTS (SELECT FROM tier_counts WHERE programme_key = $1 AND business_date < $2)
"""
# Whoever changed twice on a date counts with the last word of it. Steps up and down by date, summed
# up: one pass over the timeline for all dates.
_PAST: Final = """
INSERT INTO tier_counts (programme_key, business_date, tier_key, lifecycle, customers, expected,
    counted_at)
WITH held AS (
    SELECT t.tier_key, (t.at AT TIME ZONE $6)::date AS day,
        lead((t.at AT TIME ZONE $6)::date, 1, 'infinity')
            OVER (PARTITION BY t.profile_id ORDER BY t.at) AS until
    FROM tier_timeline t
    JOIN customers c ON c.profile_id = t.profile_id
    WHERE t.programme_key = $1 AND t.release_id = $2
        AND c.merged_into IS NULL AND c.erased_at IS NULL
), steps AS (
    SELECT tier_key, greatest(day, $3::date) AS day, 1 AS step FROM held
    WHERE day < until AND until > $3 AND day <= $4
    UNION ALL
    SELECT tier_key, until, -1 FROM held WHERE day < until AND until > $3 AND until <= $4
), sums AS (
    SELECT tier_key, day, sum(step) AS step FROM steps GROUP BY 1, 2
), days AS (
    SELECT day::date FROM generate_series($3::date, $4::date, interval '1 day') AS day
), running AS (
    SELECT tier_key, day, sum(coalesce(step, 0)) OVER (PARTITION BY tier_key ORDER BY day) AS n
    FROM (SELECT DISTINCT tier_key FROM sums) AS tiers CROSS JOIN days
    LEFT JOIN sums USING (tier_key, day)
)
SELECT $1, day, tier_key, '', n, NULL, $5 FROM running WHERE n > 0
ON CONFLICT DO NOTHING
"""
_NEWEST: Final = """
SELECT business_date, tier_key, lifecycle, customers, expected, counted_at FROM tier_counts
WHERE programme_key = $1 AND business_date = (
    SELECT max(business_date) FROM tier_counts WHERE programme_key = $1)
ORDER BY tier_key, lifecycle
"""
# Of a week or month its last date that was counted.
_BETWEEN: Final = """
WITH ends AS (
    SELECT max(business_date) AS business_date FROM (
        SELECT DISTINCT business_date FROM tier_counts
        WHERE programme_key = $1 AND business_date BETWEEN $2 AND $3) AS days
    GROUP BY date_trunc($4, business_date::timestamp)
)
SELECT business_date, tier_key, lifecycle, customers, expected, counted_at FROM tier_counts
JOIN ends USING (business_date) WHERE programme_key = $1
ORDER BY business_date, tier_key, lifecycle
"""


async def count_now(
    connection: asyncpg.Connection,
    programmes: Sequence[LiveProgramme],
    at: tuple[date, datetime],
    worth: Worth,
) -> None:
    """Count programmes in force as they stand at (date, instant), in place of today's counts."""
    today, now = at
    names = [(p.key, rank, tier) for p in programmes for rank, tier in p.by_rank.items()]
    columns = list(zip(*names, strict=True)) or [(), (), ()]
    await connection.execute(_CLEAR, today)
    await connection.execute(
        _COUNT, today, now, worth.programme, worth.of_score, *map(list, columns)
    )


async def has_past(connection: asyncpg.Connection, programme: str, today: date) -> bool:
    """Tell whether a programme was counted on any date before today."""
    return bool(await connection.fetchval(_HAS_PAST, programme, today))


async def count_past(
    connection: asyncpg.Connection,
    release: tuple[str, int],
    dates: tuple[date, date],
    now: datetime,
    zone: str,
) -> None:
    """Count past dates by the timeline of a (programme, release) of published rules."""
    await connection.execute(_PAST, *release, *dates, now, zone)


async def newest_counts(pool: asyncpg.Pool, programme: str) -> list[Count]:
    """Read the newest counts of a programme; nothing before the first."""
    return [Count(*row) for row in await pool.fetch(_NEWEST, programme)]


async def counts_between(
    pool: asyncpg.Pool, programme: str, dates: tuple[date, date], grain: str
) -> Sequence[Count]:
    """Read counts of the last date of every day, week or month in some dates."""
    return [Count(*row) for row in await pool.fetch(_BETWEEN, programme, *dates, grain)]
