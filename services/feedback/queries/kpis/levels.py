"""KPIs counted in customers: every date's number from one pass over the days, none per date.

A purchase makes its customer a buyer of the last W days for W days, or until the next purchase,
which takes over. So each row opens one span and closes it, spans are cut where a tier begins and
ends, and running sums of what opens and closes give all dates at once. Who bought in either of two
windows that follow each other bought in the window of both; that gives those in both, and those
who left, without looking at anybody twice.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from services.feedback.queries.kpis.costs import COSTS
from services.feedback.queries.kpis.flows import Span

_REACH: Final = 730
_CREATE: Final = """
DROP TABLE IF EXISTS kpi_pieces, kpi_spans, kpi_measures;
CREATE TEMP TABLE kpi_pieces (slice text, day date, since date, until date, gap int, again int,
    customers bigint, net bigint, margin bigint, sales bigint, orders bigint, newcomers bigint)
    ON COMMIT DROP;
CREATE TEMP TABLE kpi_spans (slice text, measure text, lo date, hi date, weight bigint)
    ON COMMIT DROP;
CREATE TEMP TABLE kpi_measures (day date, slice text, measure text, value bigint) ON COMMIT DROP
"""
# `gap`: days until the next sale; `again`: days for which two sales lie in the last 365. Grouped
# apart: pairs of the two are nearly as many as the rows.
_PIECES: Final = f"""
INSERT INTO kpi_pieces
WITH ordered AS (
    SELECT profile_id, business_date AS day, orders, net_booked AS net, sales_net AS sales, cost,
        lead(business_date) OVER w AS next, lag(business_date) OVER w AS prev
    FROM customer_day WHERE orders > 0 AND business_date <= $2::date
    WINDOW w AS (PARTITION BY profile_id ORDER BY business_date)
), looked_at AS (
    SELECT profile_id, day, least(next - day, {_REACH}) AS gap, least(next - day,
        CASE WHEN orders > 1 THEN 365 ELSE greatest(prev + 365 - day, 0) END) AS again,
        net, net - cost AS margin, sales, orders, (prev IS NULL)::int AS newcomer
    FROM ordered WHERE day > $1::date - {_REACH}
    UNION ALL
    SELECT profile_id, business_date, 0, 0, net_booked, net_booked - cost, sales_net, 0, 0
    FROM customer_day
    WHERE orders <= 0 AND (net_booked <> 0 OR cost <> 0)
        AND business_date > $1::date - {_REACH} AND business_date <= $2::date
)
SELECT h.slice, d.day, greatest(h.since, d.day), least(h.until, d.day + {_REACH}), d.gap, d.again,
    count(*), sum(d.net), sum(d.margin), sum(d.sales), sum(d.orders), sum(d.newcomer)
FROM looked_at d
JOIN kpi_held h ON h.profile_id = d.profile_id AND h.since < d.day + {_REACH}
    AND h.until > greatest(d.day, $1::date) AND h.since <= $2::date
GROUP BY GROUPING SETS (
    (h.slice, d.day, greatest(h.since, d.day), least(h.until, d.day + {_REACH}), d.gap),
    (h.slice, d.day, greatest(h.since, d.day), least(h.until, d.day + {_REACH}), d.again))
"""  # noqa: S608 - a number of ours
_PIECES_ALIKE: Final = """
    SELECT slice, since, until, measure, lo, hi, weight FROM kpi_pieces
    CROSS JOIN LATERAL (VALUES
        ('buyers_90', day, day + least(gap, 90), customers),
        ('buyers_180', day, day + least(gap, 180), customers),
        ('buyers_365', day, day + least(gap, 365), customers),
        ('buyers_730', day, day + gap, customers),
        ('before_90', day + 90, day + 90 + least(gap, 90), customers),
        ('before_365', day + 365, day + 365 + least(gap, 365), customers),
        ('net_90', day, day + 90, net),
        ('net_90_before', day + 365, day + 455, net),
        ('net_365', day, day + 365, net),
        ('margin_90', day, day + 90, margin)
    ) AS m (measure, lo, hi, weight) WHERE gap IS NOT NULL
    UNION ALL
    SELECT slice, since, until, 'repeat_365', day, day + again, customers FROM kpi_pieces
    WHERE again IS NOT NULL
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
INSERT INTO kpi_spans
SELECT slice, measure, greatest(lo, since, $1::date), least(hi, until), sum(weight)
FROM ({pieces}) AS p (slice, since, until, measure, lo, hi, weight)
WHERE greatest(lo, since, $1::date) < least(hi, until) AND greatest(lo, since) <= $2::date
GROUP BY 1, 2, 3, 4
"""
_MEASURES: Final = """
INSERT INTO kpi_measures
WITH steps AS (
    SELECT slice, measure, day, sum(weight) AS step FROM (
        SELECT slice, measure, lo AS day, weight FROM kpi_spans
        UNION ALL SELECT slice, measure, hi, -weight FROM kpi_spans WHERE hi <= $2::date
    ) AS ends GROUP BY 1, 2, 3
), grid AS (
    SELECT slice, measure, $1::date + n AS day
    FROM (SELECT DISTINCT slice, measure FROM kpi_spans) k
    CROSS JOIN generate_series(0, $2::date - $1::date) n
)
SELECT day, slice, measure,
    sum(coalesce(step, 0)) OVER (PARTITION BY slice, measure ORDER BY day)
FROM grid LEFT JOIN steps USING (slice, measure, day)
"""


async def note_measures(connection: asyncpg.Connection, span: Span, decimals: int) -> None:
    """Make the table `kpi_measures` of a span's dates for the rest of the transaction.

    Needs kpi_held; `decimals` are those of the shop's currency.
    """
    await connection.execute(_CREATE)
    await connection.execute(_PIECES, span.first, span.last)
    for pieces in (_PIECES_ALIKE, _REFERRERS, _HELD, _MOVED):
        await connection.execute(_SPANS.format(pieces=pieces), span.first, span.last)
    costs = (span.first, span.last, span.zone, decimals)
    await connection.execute(_SPANS.format(pieces=_COSTS), *costs)
    await connection.execute(_MEASURES, span.first, span.last)
