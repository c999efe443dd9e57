"""KPIs of a date as fractions of what was measured: written from kpi_measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from services.feedback.queries.kpis.held import LONGEST_S, Ladder

_PUT: Final = "INSERT INTO kpi_daily (business_date, kpi_key, slice, numerator, denominator) "
_MEASURES: Final = (
    "buyers_90", "buyers_180", "buyers_365", "buyers_730", "before_90", "before_365", "repeat_365",
    "net_90", "net_90_before", "net_365", "margin_90", "referrers_90", "cost_90",
)  # fmt: skip
_COLUMNS: Final = ", ".join(
    f"coalesce(sum(value) FILTER (WHERE measure = '{name}'), 0) AS {name}" for name in _MEASURES
)
_WIDE: Final = f"SELECT day, slice, {_COLUMNS} FROM kpi_measures GROUP BY day, slice"  # noqa: S608
# Growth over a quarter of which the shop has seen only a part would say too much; a shop that notes
# no costs does not serve for nothing.
_OF_BUYERS: Final = f"""
SELECT day, kpi, slice, numerator, denominator
FROM (SELECT *, max(cost_90) FILTER (WHERE slice = 'all') OVER (PARTITION BY day) AS of_shop_90
    FROM ({_WIDE}) AS wide) AS wide CROSS JOIN LATERAL (VALUES
    ('repeat_rate', repeat_365, buyers_365),
    ('retention', buyers_365 + before_365 - buyers_730, before_365),
    ('churn_rate', buyers_180 - buyers_90, before_90),
    ('referral_rate', referrers_90, buyers_90),
    ('spend_growth', net_90, CASE WHEN day - 454 >= $1::date THEN net_90_before END),
    ('cost_to_serve', cost_90, CASE WHEN of_shop_90 <> 0 THEN buyers_365 END),
    ('return_per_customer', margin_90 - cost_90, buyers_365)
) AS k (kpi, numerator, denominator)
WHERE denominator > 0 AND (slice = 'all' OR slice LIKE 'tier:%')
"""  # noqa: S608 - our own names
_OF_TIERS: Final = """
SELECT day, 'tier_distribution', slice, value,
    sum(value) OVER (PARTITION BY day, split_part(slice, ':', 2))
FROM kpi_measures WHERE measure = 'held' AND value > 0
"""
_OF_MOVES: Final = """
SELECT day, 'tier_migration', slice, value,
    sum(value) OVER (PARTITION BY day, split_part(slice, ':', 2), split_part(slice, ':', 3))
FROM kpi_measures WHERE measure = 'moved' AND value > 0
"""
_OF_PROGRAMMES: Final = """
WITH ladder AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS l (programme, tier, rank)
), moved AS (
    SELECT m.day, a.programme, m.value, b.rank - a.rank AS step
    FROM kpi_measures m
    JOIN ladder a ON a.programme = split_part(m.slice, ':', 2)
        AND a.tier = split_part(m.slice, ':', 3)
    JOIN ladder b ON b.programme = a.programme AND b.tier = split_part(m.slice, ':', 4)
    WHERE m.measure = 'moved'
), kept AS (
    SELECT day, programme, 'tier_upgrades' AS kpi,
        coalesce(sum(value) FILTER (WHERE step > 0), 0) AS numerator, sum(value) AS denominator
    FROM moved GROUP BY day, programme
    UNION ALL
    SELECT day, programme, 'tier_downgrades',
        coalesce(sum(value) FILTER (WHERE step < 0), 0), sum(value)
    FROM moved GROUP BY day, programme
    UNION ALL
    SELECT whole.day, top.programme, 'value_share_of_top_tier', coalesce(part.value, 0),
        whole.value
    FROM (SELECT programme, tier FROM ladder l
        WHERE rank = (SELECT max(rank) FROM ladder WHERE programme = l.programme)) top
    JOIN kpi_measures whole ON whole.slice = 'all' AND whole.measure = 'net_365'
    LEFT JOIN kpi_measures part ON part.day = whole.day AND part.measure = 'net_365'
        AND part.slice = 'tier:' || top.programme || ':' || top.tier
    WHERE EXISTS (SELECT FROM kpi_measures h WHERE h.day = whole.day AND h.measure = 'held'
        AND h.value > 0 AND split_part(h.slice, ':', 2) = top.programme)
)
SELECT day, kpi, slice, numerator, denominator
FROM kept CROSS JOIN LATERAL (VALUES ('programme:' || programme),
    (CASE WHEN programme = $4::text THEN 'all' END)) AS s (slice)
WHERE slice IS NOT NULL AND denominator > 0
"""
_TRADED: Final = """
SELECT day, kpi, slice, numerator, denominator
FROM (
    SELECT day, slice, sum(net) AS net, sum(sales) AS sales, sum(orders) AS orders,
        sum(newcomers) AS newcomers
    FROM kpi_sums JOIN kpi_alike USING (alike) WHERE day >= since AND day < until
    GROUP BY day, slice
) AS traded CROSS JOIN LATERAL (VALUES
    ('net_spend', net, CASE WHEN net <> 0 THEN 0 END),
    ('aov', sales, nullif(orders, 0)),
    ('new_customers', newcomers, CASE WHEN slice = 'all' AND newcomers > 0 THEN 0 END)
) AS k (kpi, numerator, denominator)
WHERE denominator IS NOT NULL
"""
_FIRST: Final = "SELECT min(business_date) FROM customer_day WHERE orders > 0"


async def put_measured(connection: asyncpg.Connection, ladders: Sequence[Ladder]) -> None:
    """Write what was measured, of dates of which there are no rows (`note_measures`)."""
    await connection.execute(_PUT + _TRADED, timeout=LONGEST_S)
    first = await connection.fetchval(_FIRST, timeout=LONGEST_S)
    await connection.execute(_PUT + _OF_BUYERS, first, timeout=LONGEST_S)
    await connection.execute(_PUT + _OF_TIERS, timeout=LONGEST_S)
    await connection.execute(_PUT + _OF_MOVES, timeout=LONGEST_S)
    steps = [(each.programme, tier, n) for each in ladders for n, tier in enumerate(each.tiers)]
    columns = list(zip(*steps, strict=True)) or [(), (), ()]
    default = next((each.programme for each in ladders if each.is_default), None)
    await connection.execute(_PUT + _OF_PROGRAMMES, *map(list, columns), default, timeout=LONGEST_S)
