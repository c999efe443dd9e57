"""What one customer bought and at which hours, before a date."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.scoring.domain.seen.habits import Goods, OrderTime
from services.scoring.queries.bases.census import FIRST_SALE

MOST_READ: Final = 10_000
# An article the shop sold from its first weeks on may be older than the shop's records.
_LAUNCH_KNOWN_DAYS: Final = 28

_GOODS = f"""
SELECT l.sku, l.category, count(*) AS lines, sum(l.net) AS net,
    count(*) FILTER (WHERE s.first_sold >= c.first_seen + {_LAUNCH_KNOWN_DAYS}) AS dated_lines,
    count(*) FILTER (WHERE s.first_sold >= c.first_seen + {_LAUNCH_KNOWN_DAYS}
        AND o.business_date < s.first_sold + $3::int) AS early_lines
FROM orders o
JOIN order_lines l ON l.profile_id = o.profile_id AND l.order_key = o.order_key
LEFT JOIN source_census c ON c.source = '{FIRST_SALE}'
LEFT JOIN sku_first_sales s ON s.sku = l.sku
WHERE o.profile_id = $1 AND o.business_date < $2 AND NOT o.is_void
GROUP BY l.sku, l.category ORDER BY l.sku, l.category LIMIT {MOST_READ}
"""  # noqa: S608 - our own words and numbers
_TIMES = f"""
SELECT o.effective_at, s.time_zone
FROM orders o LEFT JOIN stores s ON s.store_id = o.store_id
WHERE o.profile_id = $1 AND o.business_date < $2 AND NOT o.is_void
ORDER BY o.effective_at DESC, o.order_key LIMIT {MOST_READ}
"""  # noqa: S608 - our own number


async def goods_before(
    pool: asyncpg.Pool, profile_id: UUID, cutoff: date, *, early_days: int
) -> list[Goods]:
    """List the articles a customer bought before a date; returns are not taken off."""
    rows = await pool.fetch(_GOODS, profile_id, cutoff, early_days)
    return [
        Goods(
            sku=row["sku"],
            category=row["category"],
            lines=row["lines"],
            net=int(row["net"]),
            dated_lines=row["dated_lines"],
            early_lines=row["early_lines"],
        )
        for row in rows
    ]


async def order_times_before(
    pool: asyncpg.Pool, profile_id: UUID, cutoff: date, zone: ZoneInfo
) -> list[OrderTime]:
    """List when a customer ordered before a date, in the store's zone or else the shop's."""
    rows = await pool.fetch(_TIMES, profile_id, cutoff)
    return [
        OrderTime.at(row["effective_at"], ZoneInfo(row["time_zone"]) if row["time_zone"] else zone)
        for row in rows
    ]
