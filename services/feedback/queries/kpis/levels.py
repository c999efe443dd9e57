"""KPIs counted in customers: every date's number from one pass over the days, none per date.

A purchase makes its customer a buyer of the last W days for W days, or until the next purchase,
which takes over. So each row steps a running count up once and down once, and the sums of the
steps give all dates. Who bought in either of two windows that follow each other bought in the
window of both; that gives those in both, and those who left, without looking at anybody twice.
Customers who held the same tiers on the same dates are counted together, and cut by tier after
that: a step before a tier began moves to its beginning, one after its end to its end, and so a
step up and its step down take each other away wherever the tier was not held between them.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from services.feedback.queries.kpis.costs import COSTS
from services.feedback.queries.kpis.flows import Span
from services.feedback.queries.kpis.held import LONGEST_S

#: Nobody is looked for further back than two windows of a year.
_REACH: Final = 730
_CREATE: Final = """
DROP TABLE IF EXISTS kpi_alike, kpi_people, kpi_sums, kpi_steps, kpi_measures;
CREATE TEMP TABLE kpi_people (profile_id uuid, alike int) ON COMMIT DROP;
CREATE TEMP TABLE kpi_alike (alike int, slice text, since date, until date) ON COMMIT DROP;
CREATE TEMP TABLE kpi_sums (alike int, day date, next date, again date, far int, customers bigint,
    net bigint, margin bigint, sales bigint, orders bigint, newcomers bigint) ON COMMIT DROP;
CREATE TEMP TABLE kpi_steps (slice text, measure text, day date, weight bigint) ON COMMIT DROP;
CREATE TEMP TABLE kpi_measures (day date, slice text, measure text, value bigint) ON COMMIT DROP
"""
_PEOPLE: Final = """
INSERT INTO kpi_people
SELECT profile_id, dense_rank() OVER (ORDER BY tiers)
FROM (
    SELECT profile_id, string_agg(slice || greatest(since, $1::date)::text
        || least(until, $2::date + 1)::text, ' ' ORDER BY slice, since) AS tiers
    FROM kpi_held WHERE since <= $2::date AND until > $1::date GROUP BY profile_id
) AS held
"""
_ALIKE: Final = """
INSERT INTO kpi_alike
SELECT alike, slice, greatest(since, $1::date), least(until, $2::date + 1)
FROM (SELECT DISTINCT ON (alike) alike, profile_id FROM kpi_people) AS one
JOIN kpi_held USING (profile_id) WHERE since <= $2::date AND until > $1::date
"""
# `far`: how many of 90, 180, 365 and 730 days pass until the next sale; `again`: up to when two
# sales lie in the last 365 days. Three small tables in one pass.
_SUMS: Final = f"""
INSERT INTO kpi_sums
WITH ordered AS (
    SELECT profile_id, business_date AS day, orders, net_booked AS net, sales_net AS sales, cost,
        lead(business_date) OVER w AS next, lag(business_date) OVER w AS prev
    FROM customer_day WHERE orders > 0 AND business_date <= $2::date
    WINDOW w AS (PARTITION BY profile_id ORDER BY business_date)
), looked_at AS (
    SELECT profile_id, day, next, least(next,
            CASE WHEN orders > 1 THEN day + 365 ELSE greatest(prev + 365, day) END) AS again,
        width_bucket(coalesce(next - day, {_REACH}), ARRAY[90, 180, 365, {_REACH}]) AS far,
        1 AS customer, net, net - cost AS margin, sales, orders, (prev IS NULL)::int AS newcomer
    FROM ordered WHERE day > $1::date - {_REACH}
    UNION ALL
    SELECT profile_id, business_date, NULL, business_date, 0, 0, net_booked, net_booked - cost,
        sales_net, 0, 0
    FROM customer_day
    WHERE orders <= 0 AND (net_booked <> 0 OR cost <> 0)
        AND business_date > $1::date - {_REACH} AND business_date <= $2::date
)
SELECT alike, day, next, again, far, sum(customer), sum(net), sum(margin), sum(sales), sum(orders),
    sum(newcomer)
FROM looked_at JOIN kpi_people USING (profile_id)
GROUP BY GROUPING SETS ((alike, day, far), (alike, next, far), (alike, again))
"""  # noqa: S608 - a number of ours
_STEPS: Final = """
INSERT INTO kpi_steps
SELECT slice, measure, least(greatest(m.day, since), until), sum(weight)
FROM (
    SELECT alike, measure, m.day, weight FROM kpi_sums s
    CROSS JOIN LATERAL (VALUES
        ('buyers_90', s.day, customers),
        ('buyers_90', s.day + 90, CASE WHEN far >= 1 THEN -customers END),
        ('buyers_180', s.day, customers),
        ('buyers_180', s.day + 180, CASE WHEN far >= 2 THEN -customers END),
        ('buyers_365', s.day, customers),
        ('buyers_365', s.day + 365, CASE WHEN far >= 3 THEN -customers END),
        ('buyers_730', s.day, customers),
        ('buyers_730', s.day + 730, CASE WHEN far >= 4 THEN -customers END),
        ('before_90', s.day + 90, customers),
        ('before_90', s.day + 180, CASE WHEN far >= 1 THEN -customers END),
        ('before_365', s.day + 365, customers),
        ('before_365', s.day + 730, CASE WHEN far >= 3 THEN -customers END),
        ('repeat_365', s.day, customers),
        ('net_90', s.day, net), ('net_90', s.day + 90, -net),
        ('net_90_before', s.day + 365, net), ('net_90_before', s.day + 455, -net),
        ('net_365', s.day, net), ('net_365', s.day + 365, -net),
        ('margin_90', s.day, margin), ('margin_90', s.day + 90, -margin)
    ) AS m (measure, day, weight) WHERE s.day IS NOT NULL AND weight <> 0
    UNION ALL
    SELECT alike, measure, m.day, -customers FROM kpi_sums s
    CROSS JOIN LATERAL (VALUES
        ('buyers_90', next, far < 1), ('buyers_180', next, far < 2),
        ('buyers_365', next, far < 3), ('buyers_730', next, far < 4),
        ('before_90', next + 90, far < 1), ('before_365', next + 365, far < 3)
    ) AS m (measure, day, is_taken_over) WHERE next IS NOT NULL AND is_taken_over
    UNION ALL
    SELECT alike, 'repeat_365', again, -customers FROM kpi_sums WHERE again IS NOT NULL
) AS m JOIN kpi_alike USING (alike)
GROUP BY 1, 2, 3
"""
_REFERRERS: Final = """
    SELECT slice, since, until, 'referrers_90', day, least(day + 90, next), 1::bigint
    FROM (
        SELECT profile_id, business_date AS day,
            lead(business_date) OVER (PARTITION BY profile_id ORDER BY business_date) AS next
        FROM customer_day WHERE referrals > 0 AND business_date <= $2::date
    ) r JOIN kpi_held USING (profile_id)
"""
_COSTS: Final = f"""
    SELECT slice, since, until, 'cost_90', day, day + 90, cost
    FROM ({COSTS}) c JOIN kpi_held USING (profile_id)
"""  # noqa: S608 - ours
_HELD: Final = """
    SELECT slice, since, until, 'held', since, until, 1::bigint FROM kpi_held
    WHERE programme IS NOT NULL
"""
_MOVED: Final = """
    SELECT 'move:' || programme || ':' || a.tier || ':' || b.tier, b.since, b.until, 'moved',
        a.since + 30, a.until + 30, 1::bigint
    FROM kpi_held a JOIN kpi_held b USING (profile_id, programme)
    WHERE a.since + 30 < b.until AND b.since < a.until + 30
"""
_SPANS: Final = """
INSERT INTO kpi_steps
SELECT slice, measure, day, sum(weight)
FROM (
    SELECT slice, measure, greatest(lo, since, $1::date) AS lo, least(hi, until) AS hi, amount
    FROM ({spans}) AS s (slice, since, until, measure, lo, hi, amount)
) AS spans CROSS JOIN LATERAL (VALUES (lo, amount), (hi, -amount)) AS e (day, weight)
WHERE lo < hi AND lo <= $2::date AND day <= $2::date
GROUP BY 1, 2, 3
"""
_MEASURES: Final = """
INSERT INTO kpi_measures
WITH steps AS (
    SELECT slice, measure, day, sum(weight) AS step FROM kpi_steps GROUP BY 1, 2, 3
), grid AS (
    SELECT slice, measure, $1::date + n AS day
    FROM (SELECT DISTINCT slice, measure FROM kpi_steps) k
    CROSS JOIN generate_series(0, $2::date - $1::date) n
)
SELECT day, slice, measure,
    sum(coalesce(step, 0)) OVER (PARTITION BY slice, measure ORDER BY day)
FROM grid LEFT JOIN steps USING (slice, measure, day)
"""


async def note_people(connection: asyncpg.Connection, span: Span) -> int:
    """Say who held the same tiers on the same dates of a span; gives how many sorts there are.

    Needs kpi_held.
    """
    dates = (span.first, span.last)
    await connection.execute(_CREATE)
    await connection.execute(_PEOPLE, *dates, timeout=LONGEST_S)
    await connection.execute("ANALYZE kpi_people", timeout=LONGEST_S)
    await connection.execute(_ALIKE, *dates, timeout=LONGEST_S)
    return int(await connection.fetchval("SELECT coalesce(max(alike), 0) FROM kpi_people"))


async def note_measures(connection: asyncpg.Connection, span: Span, decimals: int) -> None:
    """Make the table `kpi_measures` of a span's dates for the rest of the transaction.

    Needs kpi_held and `note_people`; `decimals` are those of the shop's currency.
    """
    dates = (span.first, span.last)
    await connection.execute(_SUMS, *dates, timeout=LONGEST_S)
    await connection.execute("ANALYZE kpi_alike, kpi_sums", timeout=LONGEST_S)
    await connection.execute(_STEPS, timeout=LONGEST_S)
    for spans in (_REFERRERS, _HELD, _MOVED):
        await connection.execute(_SPANS.format(spans=spans), *dates, timeout=LONGEST_S)
    of_costs = _SPANS.format(spans=_COSTS)
    await connection.execute(of_costs, *dates, span.zone, decimals, timeout=LONGEST_S)
    await connection.execute("ANALYZE kpi_steps", timeout=LONGEST_S)
    await connection.execute(_MEASURES, *dates, timeout=LONGEST_S)
    await connection.execute("ANALYZE kpi_measures", timeout=LONGEST_S)
