"""What the customers of an experiment did since they met it, and before: power sums by arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

import asyncpg

from services.feedback.domain.experiments.metrics import Metric
from services.feedback.domain.experiments.moments import Moments

#: A million customers take seconds: a person asks this, no shop waits for it.
TIMEOUT_S: Final = 60
#: Sorts and hashes of some hundred thousand customers stay in memory.
ROOM: Final = f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'; SET LOCAL work_mem = '64MB'"
# A merge makes one person of several units: the winner's own exposure counts, else the first.
# Who was met under other shares is left out ($4): earlier ones had more days to buy in, and the
# arms would have different parts of them.
_PEOPLE: Final = """
WITH met AS MATERIALIZED (
    SELECT x.unit, x.arm, x.exposed_at, coalesce(c.merged_into, x.profile_id, i.profile_id)
        AS person, c.profile_id IS NOT NULL OR i.profile_id IS NOT NULL AS is_alias,
        (x.exposed_at AT TIME ZONE $2)::date AS day
    FROM exposures x
    LEFT JOIN identifiers i ON x.profile_id IS NULL AND i.kind = 'customer_id'
        AND i.lookup_key = convert_to(x.customer_id, 'UTF8')
    LEFT JOIN customers c ON c.profile_id = coalesce(x.profile_id, i.profile_id)
        AND c.merged_into IS NOT NULL
    WHERE x.experiment_key = $1 AND x.exposed_at >= $4
), people AS MATERIALIZED (
    SELECT person, arm, day FROM met WHERE NOT is_alias AND day < $3
    UNION ALL
    (SELECT DISTINCT ON (person) person, arm, day FROM met
    WHERE is_alias AND day < $3 AND NOT EXISTS (
        SELECT FROM exposures w WHERE w.experiment_key = $1 AND w.unit = met.person::text)
    ORDER BY person, exposed_at)
)
"""
_SUMS: Final = """
    count(*) AS n, count(*) FILTER (WHERE y <> 0) AS events, sum(y) AS y, sum(x) AS x,
    sum(y * y) AS yy, sum(x * y) AS xy, sum(x * x) AS xx, sum(y * y * y) AS yyy,
    sum(y * y * x) AS yyx, sum(y * x * x) AS yxx, sum(x * x * x) AS xxx
"""
#: $1 experiment, $2 time zone, $3 first day not counted, $4 since when, $5 days before, $6 share
#: below the cap
_DONE: Final = f"""
{_PEOPLE}, done AS MATERIALIZED (
    SELECT p.person,
        sum(d.net_booked) FILTER (WHERE d.business_date >= p.day) AS spend,
        sum(d.net_booked) FILTER (WHERE d.business_date < p.day) AS spend_before,
        sum(d.orders) FILTER (WHERE d.business_date >= p.day) AS orders,
        sum(d.orders) FILTER (WHERE d.business_date < p.day) AS orders_before
    FROM people p JOIN customer_day d ON d.profile_id = p.person
        AND d.business_date >= p.day - $5::int AND d.business_date < $3
        AND d.business_date >= (SELECT min(day) FROM people) - $5::int
    GROUP BY p.person
), each AS MATERIALIZED (
    SELECT p.arm, $3::date - p.day AS days, coalesce(d.spend, 0)::float8 AS spend,
        coalesce(d.spend_before, 0)::float8 AS spend_before,
        coalesce(d.orders, 0)::float8 AS orders,
        coalesce(d.orders_before, 0)::float8 AS orders_before
    FROM people p LEFT JOIN done d USING (person)
), cap AS MATERIALIZED (
    SELECT percentile_disc($6) WITHIN GROUP (ORDER BY spend) AS spend,
        percentile_disc($6) WITHIN GROUP (ORDER BY spend_before) AS spend_before
    FROM each WHERE $6::float8 IS NOT NULL
)
SELECT arm, metric, (SELECT spend FROM cap) AS cap, sum(days)::float8 AS days, {_SUMS}
FROM each CROSS JOIN LATERAL (VALUES
    ('spend', least(spend, (SELECT spend FROM cap)),
        least(spend_before, (SELECT spend_before FROM cap))),
    ('orders', orders, orders_before),
    ('retention', (orders > 0)::int::float8, (orders_before > 0)::int::float8)
) AS v (metric, y, x)
GROUP BY arm, metric
"""  # noqa: S608 - our own parts
_SATISFIED: Final = f"""
{_PEOPLE}, each AS (
    SELECT p.arm, avg(f.rating)::float8 AS y, 0::float8 AS x
    FROM feedback f
    JOIN identifiers i
        ON i.kind = 'customer_id' AND i.lookup_key = convert_to(f.customer_id, 'UTF8')
    JOIN customers c ON c.profile_id = i.profile_id
    JOIN people p ON p.person = coalesce(c.merged_into, c.profile_id)
    WHERE f.kind = 'csat' AND f.rating IS NOT NULL
        AND (f.occurred_at AT TIME ZONE $2)::date >= p.day
        AND (f.occurred_at AT TIME ZONE $2)::date < $3
    GROUP BY p.person, p.arm
)
SELECT arm, {_SUMS} FROM each GROUP BY arm
"""  # noqa: S608 - our own parts
_NAMES: Final = tuple(field.name for field in fields(Moments))


@dataclass(frozen=True, slots=True)
class Window:
    """Which days count: those of the shop's zone before `until`, and so many before each met it.

    Of those who met it from the instant `since` on.
    """

    zone: str
    until: date
    since: datetime
    days_before: int
    cap: float | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Sums by metric and arm, the customer-days of each arm, and the cap in minor units."""

    sums: Mapping[Metric, Mapping[str, Moments]]
    days: Mapping[str, float]
    cap: float | None


async def read_outcomes(
    connection: asyncpg.Connection, key: str, window: Window, *, with_satisfaction: bool
) -> Outcomes:
    """Sum up what an experiment's customers did, inside the caller's transaction."""
    await connection.execute(ROOM)
    given = (key, window.zone, window.until, window.since)
    rows = await connection.fetch(_DONE, *given, window.days_before, window.cap)
    sums: dict[Metric, dict[str, Moments]] = {}
    for row in rows:
        sums.setdefault(Metric(row["metric"]), {})[row["arm"]] = _moments(row)
    if with_satisfaction:
        answered = await connection.fetch(_SATISFIED, *given)
        sums[Metric.SATISFACTION] = {row["arm"]: _moments(row) for row in answered}
    return Outcomes(
        sums=sums,
        days={row["arm"]: row["days"] for row in rows},
        cap=next((row["cap"] for row in rows), None),
    )


def _moments(row: asyncpg.Record) -> Moments:
    return Moments(**{name: row[name] for name in _NAMES})
