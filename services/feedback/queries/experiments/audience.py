"""What an audience did lately: what an experiment can show is planned from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from math import ceil
from typing import Final

import asyncpg

from services.feedback.domain.experiments.moments import Moments
from services.feedback.queries.experiments.outcomes import ROOM

#: A mean and a spread of so many customers are as good as those of all.
SAMPLE: Final = 50_000
_FIGURES: Final = {
    "spend": ("net_booked", "sum(figure)"),
    "orders": ("orders", "sum(figure)"),
    "retention": ("orders", "max((figure > 0)::int)"),
}
_PEOPLE: Final = """
    SELECT profile_id FROM customers
    WHERE $1::text IS NULL AND merged_into IS NULL AND erased_at IS NULL
    UNION ALL
    SELECT profile_id FROM segment_members WHERE segment_key = $1
"""
_SIZE: Final = f"SELECT count(*) FROM ({_PEOPLE}) AS people"  # noqa: S608 - our own part
#: $1 segment (null: everybody), $2 one in how many, $3 today, $4 days before, $5 longest
_LATELY: Final = """
WITH people AS MATERIALIZED (
    SELECT profile_id FROM ({people}) AS everybody
    WHERE (hashtext(profile_id::text) & 1048575) % $2::int = 0
), acts AS (
    SELECT d.profile_id, d.business_date, d.{column} AS figure
    FROM customer_day d JOIN people USING (profile_id)
    WHERE d.business_date < $3 AND d.business_date >= $3::date - $5::int - $4::int
        AND d.{column} <> 0
), each AS MATERIALIZED (SELECT profile_id, {columns} FROM acts GROUP BY profile_id)
SELECT l.days, (SELECT count(*) FROM people) AS n, count(*) FILTER (WHERE y <> 0) AS events,
    sum(y) AS y, sum(x) AS x, sum(y * y) AS yy, sum(x * y) AS xy, sum(x * x) AS xx,
    sum(y * y * y) AS yyy, sum(y * y * x) AS yyx, sum(y * x * x) AS yxx, sum(x * x * x) AS xxx
FROM each CROSS JOIN LATERAL (VALUES {values}) AS l (days, y, x)
GROUP BY l.days
"""
_COLUMNS: Final = """
    coalesce({total} FILTER (WHERE business_date >= $3::date - {days}), 0)::float8 AS y{days},
    coalesce({total} FILTER (WHERE business_date < $3::date - {days}
        AND business_date >= $3::date - {days} - $4::int), 0)::float8 AS x{days}
"""


_NAMES: Final = tuple(field.name for field in fields(Moments))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days are summed up: the last `lengths` days before `today`, and those before.

    Of an audience of more than `sample` about so many are looked at.
    """

    metric: str
    segment: str | None
    today: date
    lengths: Sequence[int]
    days_before: int
    sample: int = SAMPLE


async def lately(connection: asyncpg.Connection, asked: Asked) -> tuple[int, dict[int, Moments]]:
    """Count an audience, and sum up by length what it did, or what a part of it did.

    Inside the caller's transaction; the metric is spend, orders or retention.
    """
    await connection.execute(ROOM)
    audience: int = await connection.fetchval(_SIZE, asked.segment)
    one_in = max(1, ceil(audience / asked.sample))
    given = (asked.segment, one_in, asked.today, asked.days_before, max(asked.lengths))
    rows = await connection.fetch(_statement(asked), *given)
    found = {row["days"]: Moments(**{name: row[name] for name in _NAMES}) for row in rows}
    # who did nothing at all left no row
    nothing = Moments(ceil(audience / one_in), *[0] * (len(_NAMES) - 1))
    return audience, {days: found.get(days, nothing) for days in asked.lengths}


def _statement(asked: Asked) -> str:
    column, total = _FIGURES[asked.metric]
    return _LATELY.format(
        people=_PEOPLE,
        column=column,
        columns=", ".join(_COLUMNS.format(total=total, days=days) for days in asked.lengths),
        values=", ".join(f"({days}, y{days}, x{days})" for days in asked.lengths),
    )


async def shop_currency(pool: asyncpg.Pool) -> str | None:
    """Read the currency of the shop's money; None before its first receipt."""
    currency: str | None = await pool.fetchval("SELECT base_currency FROM shop")
    return currency
