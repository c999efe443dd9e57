"""How unevenly value lies among customers: sums by hundredth of the base, counted once a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.overview.concentration import Held, Whole
from services.scoring.domain.overview.found import StoredConcentration, Worth

# $1 default programme, $2 value programme, $3 and $4 the dates of net spend. Who took back more
# than they bought holds nothing: a share of a whole knows no debts.
_PARTS: Final = """
WITH spent AS (
    SELECT profile_id, sum(net_booked) AS net FROM customer_day
    WHERE business_date BETWEEN $3 AND $4 GROUP BY profile_id
), held AS (
    SELECT t.profile_id, t.tier_key, greatest(v.score, 0)::float8 AS expected,
        greatest(s.net, 0)::float8 AS net
    FROM tier_current t
    JOIN live_releases l USING (programme_key, release_id)
    JOIN customers c ON c.profile_id = t.profile_id
    LEFT JOIN (tier_current v JOIN live_releases m USING (programme_key, release_id))
        ON v.profile_id = t.profile_id AND v.programme_key = $2
    LEFT JOIN spent s ON s.profile_id = t.profile_id
    WHERE t.programme_key = $1 AND c.merged_into IS NULL AND c.erased_at IS NULL
), ranked AS MATERIALIZED (
    SELECT tier_key, expected, net, count(*) OVER () AS everybody,
        row_number() OVER (ORDER BY expected DESC, profile_id) AS by_expected,
        row_number() OVER (ORDER BY net DESC, profile_id) AS by_net
    FROM held
)
SELECT 'expected' AS of, ceil(by_expected * 100.0 / everybody)::text AS part, count(*) AS customers,
    sum(expected) AS held, sum(expected * by_expected) AS weighted FROM ranked GROUP BY 2
UNION ALL
SELECT 'net', ceil(by_net * 100.0 / everybody)::text, count(*), sum(net), sum(net * by_net)
FROM ranked GROUP BY 2
UNION ALL
SELECT 'expected_by_tier', tier_key, count(*), sum(expected), 0 FROM ranked GROUP BY 2
UNION ALL
SELECT 'net_by_tier', tier_key, count(*), sum(net), 0 FROM ranked GROUP BY 2
"""
_PUT: Final = """
INSERT INTO value_concentration (business_date, programme_key, document, counted_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (business_date) DO UPDATE SET programme_key = excluded.programme_key,
    document = excluded.document, counted_at = excluded.counted_at
"""
_NEWEST: Final = """
SELECT business_date, programme_key, document, counted_at FROM value_concentration
WHERE business_date <= $1 ORDER BY business_date DESC LIMIT 1
"""


async def held_by_parts(
    connection: asyncpg.Connection, programme: str, worth: Worth, dates: tuple[date, date]
) -> Mapping[str, Whole]:
    """Sum expected value (as scores) and net spend by hundredths of the base and by tier."""
    rows = await connection.fetch(_PARTS, programme, worth.programme, *dates)
    held: dict[str, list[Held]] = {}
    for row in rows:
        one = Held(row["part"], row["customers"], row["held"] or 0.0, row["weighted"] or 0.0)
        held.setdefault(row["of"], []).append(one)
    return {
        name: Whole(tuple(held.get(name, ())), tuple(held.get(f"{name}_by_tier", ())))
        for name in ("expected", "net")
    }


async def put_concentration(connection: asyncpg.Connection, found: StoredConcentration) -> None:
    """Store what was found on a date."""
    document = dict(found.document)
    await connection.execute(_PUT, found.day, found.programme, document, found.counted_at)


async def newest_concentration(
    connection: asyncpg.Pool | asyncpg.Connection, until: date
) -> StoredConcentration | None:
    """Read the last one up to a date."""
    row = await connection.fetchrow(_NEWEST, until)
    return None if row is None else StoredConcentration(*row)
