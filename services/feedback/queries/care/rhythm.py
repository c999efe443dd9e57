"""Who comes less often, read from scoring's sheets; decides as domain/care/rhythm.py does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.rhythm import FEWEST_ORDER_DAYS, YEAR_DAYS, Pace

#: Beside `customers c`: one row of whoever counts, with an id that somebody knows them by.
COUNTS: Final = "c.merged_into IS NULL AND c.erased_at IS NULL"
PUBLIC_ID: Final = """
coalesce(c.customer_id, (SELECT min(m.customer_id) FROM customers m
    WHERE m.merged_into = c.profile_id)) AS customer_id
"""
_PACE: Final = """
s.profile_id, s.lifecycle, s.lifecycle_since AS since, s.lifecycle_until AS until,
s.last_orders AS last_order, s.days_0 AS order_days, coalesce(s.days_365, 0) AS order_days_365,
coalesce(s.days_90, 0) AS order_days_90, coalesce(s.spend_365, 0) AS spend
"""
#: Beside `customer_sheets s`.
# $1: for each number of order days in a year the most of the last 90 that still are a drop
DROPPED: Final = f"""
s.last_orders <= $2 AND s.days_0 > 0 AND (
    s.lifecycle = 'at_risk' AND s.days_0 >= {FEWEST_ORDER_DAYS}
    OR s.lifecycle <> 'churned' AND coalesce(s.days_90, 0)
        <= ($1::int[])[least(coalesce(s.days_365, 0), {YEAR_DAYS}) + 1])
"""
_IN_SEGMENT: Final = """
($6::text IS NULL OR EXISTS (SELECT FROM segment_members m
    WHERE m.profile_id = s.profile_id AND m.segment_key = $6))
"""
_BY_SPEND: Final = f"""
WITH found AS (
    SELECT {_PACE} FROM customer_sheets s
    WHERE {DROPPED} AND {_IN_SEGMENT} AND (coalesce(s.spend_365, 0), s.profile_id) < ($3, $4)
    ORDER BY coalesce(s.spend_365, 0) DESC, s.profile_id DESC LIMIT $5
)
SELECT found.*, c.profile_id IS NOT NULL AS counts, {PUBLIC_ID}
FROM found LEFT JOIN customers c ON c.profile_id = found.profile_id AND {COUNTS}
ORDER BY spend DESC, found.profile_id DESC
"""  # noqa: S608 - our own words
_BY_PROFILE: Final = f"""
SELECT {_PACE}, true AS counts, {PUBLIC_ID}
FROM customer_sheets s JOIN customers c USING (profile_id)
WHERE {DROPPED} AND {COUNTS} AND s.profile_id > $3 ORDER BY s.profile_id LIMIT $4
"""  # noqa: S608 - our own words
_SEASON: Final = """
SELECT coalesce(sum(days_90), 0), coalesce(sum(days_365), 0) FROM customer_sheets
"""


@dataclass(frozen=True, slots=True)
class Paced:
    """Somebody whose frequency dropped; spend of 365 days in minor units.

    `counts` is False for who was merged or erased since the sheets were written.
    """

    profile_id: UUID
    counts: bool
    customer_id: str | None
    spend: int
    pace: Pace


@dataclass(frozen=True, slots=True)
class SpendPage:
    """So many below a place (spend, profile), of a segment or of all."""

    below: tuple[int, UUID]
    limit: int
    segment: str | None = None


async def season_of(connection: asyncpg.Pool | asyncpg.Connection) -> tuple[int, int]:
    """Sum everybody's order days of the last 90 and 365 days."""
    row = await connection.fetchrow(_SEASON)
    return int(row[0]), int(row[1])


async def drops_by_spend(
    connection: asyncpg.Pool | asyncpg.Connection,
    limits: Sequence[int],
    today: date,
    page: SpendPage,
) -> list[Paced]:
    """List whose frequency dropped, those who spent most first, from below a place on."""
    given = (today, *page.below, page.limit, page.segment)
    return _paced(await connection.fetch(_BY_SPEND, list(limits), *given))


async def drops_by_profile(
    connection: asyncpg.Pool | asyncpg.Connection,
    limits: Sequence[int],
    today: date,
    after: UUID,
    limit: int,
) -> list[Paced]:
    """List whose frequency dropped in the order of profiles, after one."""
    return _paced(await connection.fetch(_BY_PROFILE, list(limits), today, after, limit))


def _paced(rows: Sequence[asyncpg.Record]) -> list[Paced]:
    names = (
        "lifecycle", "since", "until", "last_order", "order_days", "order_days_365",
        "order_days_90",
    )  # fmt: skip
    return [
        Paced(
            row["profile_id"],
            row["counts"],
            row["customer_id"],
            row["spend"],
            Pace(**{name: row[name] for name in names}),
        )
        for row in rows
    ]
