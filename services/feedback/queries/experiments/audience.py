"""What an audience did lately: what an experiment can show is planned from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import asyncpg

from services.feedback.domain.experiments.moments import Moments
from services.feedback.queries.experiments.outcomes import TIMEOUT_S

_FIGURES: Final = {
    "spend": ("d.net_booked", "sum(w.figure)"),
    "orders": ("d.orders", "sum(w.figure)"),
    "retention": ("d.orders", "max((w.figure > 0)::int)"),
}
#: $1 today, $2 lengths, $3 days before, $4 segment (null: everybody)
_LATELY: Final = """
WITH people AS (
    SELECT profile_id FROM customers
    WHERE $4::text IS NULL AND merged_into IS NULL AND erased_at IS NULL
    UNION ALL
    SELECT profile_id FROM segment_members WHERE segment_key = $4
), acts AS MATERIALIZED (
    SELECT d.profile_id, d.business_date, {figure} AS figure
    FROM customer_day d JOIN people USING (profile_id)
    WHERE d.business_date < $1 AND {figure} <> 0
        AND d.business_date >= $1::date - (SELECT max(n) FROM unnest($2::int[]) AS n) - $3::int
), each AS (
    SELECT l.days, w.profile_id,
        coalesce({total} FILTER (WHERE w.business_date >= $1::date - l.days), 0)::float8 AS y,
        coalesce({total} FILTER (WHERE w.business_date < $1::date - l.days), 0)::float8 AS x
    FROM unnest($2::int[]) AS l (days)
    JOIN acts w ON w.business_date >= $1::date - l.days - $3::int
    GROUP BY l.days, w.profile_id
)
SELECT l.days, (SELECT count(*) FROM people) AS n, count(*) FILTER (WHERE y <> 0) AS events,
    coalesce(sum(y), 0) AS y, coalesce(sum(x), 0) AS x, coalesce(sum(y * y), 0) AS yy,
    coalesce(sum(x * y), 0) AS xy, coalesce(sum(x * x), 0) AS xx,
    coalesce(sum(y * y * y), 0) AS yyy, coalesce(sum(y * y * x), 0) AS yyx,
    coalesce(sum(y * x * x), 0) AS yxx, coalesce(sum(x * x * x), 0) AS xxx
FROM unnest($2::int[]) AS l (days) LEFT JOIN each USING (days)
GROUP BY l.days ORDER BY l.days
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days are summed up: the last `lengths` days before `today`, and those before."""

    metric: str
    segment: str | None
    today: date
    lengths: Sequence[int]
    days_before: int


async def lately(connection: asyncpg.Connection, asked: Asked) -> dict[int, Moments]:
    """Sum up what an audience did, by length, inside the caller's transaction.

    The metric is spend, orders or retention.
    """
    await connection.execute(f"SET LOCAL statement_timeout = {TIMEOUT_S * 1000}")
    figure, total = _FIGURES[asked.metric]
    statement = _LATELY.format(figure=figure, total=total)
    rows = await connection.fetch(
        statement, asked.today, list(asked.lengths), asked.days_before, asked.segment
    )
    names = [field.name for field in fields(Moments)]
    return {row["days"]: Moments(**{name: row[name] for name in names}) for row in rows}


async def shop_currency(pool: asyncpg.Pool) -> str | None:
    """Read the currency of the shop's money; None before its first receipt."""
    currency: str | None = await pool.fetchval("SELECT base_currency FROM shop")
    return currency
