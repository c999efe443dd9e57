"""KPIs that add up over days: one statement for the nights and for today alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import asyncpg

from services.feedback.domain.kpis.figures import Daily
from services.feedback.queries.kpis.daily import daily_of
from services.feedback.queries.kpis.held import BUYERS, HELD_BY_BUYERS, LONGEST_S

#: $1 zone, $2 and $3 instants that days begin and end at.
_SAID: Final = """
SELECT (occurred_at AT TIME ZONE $1::text)::date AS day, kind AS kpi, slice,
    sum(CASE kind WHEN 'csat' THEN (rating >= 4)::int
        WHEN 'nps' THEN (rating >= 9)::int - (rating <= 6)::int ELSE rating END) AS numerator,
    count(*) AS denominator, NULL::jsonb AS histogram
FROM feedback CROSS JOIN LATERAL (VALUES ('all'), ('channel:' || channel),
    ('tier:' || (tier_held ->> 'programme') || ':' || (tier_held -> 'tier' ->> 'key'))) s (slice)
WHERE occurred_at >= $2 AND occurred_at < $3 AND kind IN ('csat', 'nps', 'ces')
    AND rating IS NOT NULL AND slice IS NOT NULL
GROUP BY 1, 2, 3
"""
_ANSWERED: Final = """
SELECT day, 'first_response_time', slice, sum(minutes * cases), sum(cases),
    jsonb_object_agg(minutes, cases)
FROM (
    SELECT (first_answered_at AT TIME ZONE $1::text)::date AS day, slice,
        response_minutes AS minutes, count(*) AS cases
    FROM cases CROSS JOIN LATERAL (VALUES ('all'), ('channel:' || channel),
        ('tier:' || programme_key || ':' || tier_key)) s (slice)
    WHERE first_answered_at >= $2 AND first_answered_at < $3 AND response_minutes IS NOT NULL
        AND slice IS NOT NULL
    GROUP BY 1, 2, 3
) AS by_minutes GROUP BY day, slice
"""
_INVITED: Final = """
SELECT (invited_at AT TIME ZONE $1::text)::date, 'survey_response_rate', slice,
    count(answered_at), count(*), NULL::jsonb
FROM survey_invitations CROSS JOIN LATERAL (VALUES ('all'),
    ('tier:' || (tier_held ->> 'programme') || ':' || (tier_held -> 'tier' ->> 'key'))) s (slice)
WHERE invited_at >= $2 AND invited_at < $3 AND slice IS NOT NULL
GROUP BY 1, 3
"""
_OFFERED: Final = """
SELECT (at AT TIME ZONE $1::text)::date, 'offer_acceptance', slice,
    count(*) FILTER (WHERE answer = 'accepted'), count(*), NULL::jsonb
FROM offer_responses CROSS JOIN LATERAL (VALUES ('all'),
    ('tier:' || programme_key || ':' || tier_key)) s (slice)
WHERE at >= $2 AND at < $3 AND slice IS NOT NULL
GROUP BY 1, 3
"""
# Of a few dates only: the nights take purchases from the pass over all days (measured.py).
#: $1 zone, $2 and $3 dates.
_TRADED: Final = """
{held}
SELECT d.business_date, k.kpi, d.slice, k.numerator, k.denominator, NULL::jsonb
FROM (
    SELECT business_date, slice, sum(net_booked)::bigint AS net, sum(sales_net)::bigint AS sales,
        sum(orders)::bigint AS orders
    FROM customer_day JOIN kpi_held USING (profile_id)
    WHERE business_date BETWEEN $2 AND $3 AND business_date >= since AND business_date < until
    GROUP BY 1, 2
) d CROSS JOIN LATERAL (VALUES ('net_spend', net, CASE WHEN net <> 0 THEN 0 END),
    ('aov', sales, nullif(orders, 0))) k (kpi, numerator, denominator)
WHERE k.denominator IS NOT NULL
UNION ALL
SELECT d.business_date, 'new_customers', 'all', count(*), 0, NULL::jsonb
FROM customer_day d
WHERE d.business_date BETWEEN $2 AND $3 AND d.orders > 0 AND NOT EXISTS (
    SELECT FROM customer_day e
    WHERE e.profile_id = d.profile_id AND e.orders > 0 AND e.business_date < d.business_date)
GROUP BY 1
"""
_OF_BUYERS: Final = f"SELECT * FROM ({_TRADED.format(held=BUYERS)}) AS of_all"  # noqa: S608 - ours
_OF_TIERS: Final = f"SELECT * FROM ({_TRADED.format(held=HELD_BY_BUYERS)}) AS of_tiers"  # noqa: S608
_BY_INSTANT: Final = (_SAID, _ANSWERED, _INVITED, _OFFERED)
_NOW: Final = """
SELECT day, kpi, slice, numerator, denominator, histogram::text
FROM ({statement}) AS f (day, kpi, slice, numerator, denominator, histogram)
"""
_PUT: Final = (
    "INSERT INTO kpi_daily (business_date, kpi_key, slice, numerator, denominator, histogram) "
)


@dataclass(frozen=True, slots=True)
class Span:
    """Business dates from the first to the last, and the instants they begin and end at."""

    first: date
    last: date
    zone: str
    begins_at: datetime
    ends_at: datetime

    @property
    def instants(self) -> tuple[str, datetime, datetime]:
        """Give what statements about instants are given."""
        return self.zone, self.begins_at, self.ends_at

    @property
    def dates(self) -> tuple[str, date, date]:
        """Give what statements about dates are given."""
        return self.zone, self.first, self.last


async def put_flows(connection: asyncpg.Connection, span: Span) -> None:
    """Write what was said, answered and offered in a span of which there are no rows."""
    for statement in _BY_INSTANT:
        await connection.execute(_PUT + statement, *span.instants, timeout=LONGEST_S)


async def flows_now(connection: asyncpg.Connection, span: Span, *, is_by_tier: bool) -> list[Daily]:
    """List the flows of a short span as they are now; purchases by tier only when asked for."""
    found = []
    for statement in _BY_INSTANT:
        found += await connection.fetch(_NOW.format(statement=statement), *span.instants)
    traded = _OF_TIERS if is_by_tier else _OF_BUYERS
    found += await connection.fetch(_NOW.format(statement=traded), *span.dates)
    return [daily_of(row) for row in found]
