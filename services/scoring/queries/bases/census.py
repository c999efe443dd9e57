"""What a shop has ever sent, and when it first sold each article: noted once a business date."""

from __future__ import annotations

from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.days import COLUMNS

CATEGORY: Final = "order_lines.category"
FIRST_SALE: Final = "sku_first_sales.first_sold"

_NOTED_ON = "SELECT min(noted_on) FROM source_census"
_DAYS = f"""
SELECT {", ".join(f"min(business_date) FILTER (WHERE {name} <> 0) AS {name}" for name in COLUMNS)}
FROM customer_day
"""  # noqa: S608 - our own column names
# One pass over the lines for both questions: it takes as long as reading them.
_GOODS = """
WITH first AS (
    SELECT l.sku, min(o.business_date) AS sold,
        min(o.business_date) FILTER (WHERE l.category IS NOT NULL) AS categorised
    FROM order_lines l JOIN orders o USING (profile_id, order_key)
    WHERE NOT o.is_void GROUP BY l.sku
), noted AS (
    INSERT INTO sku_first_sales AS s (sku, first_sold) SELECT sku, sold FROM first
    ON CONFLICT (sku) DO UPDATE SET first_sold = excluded.first_sold
    WHERE s.first_sold <> excluded.first_sold
)
SELECT min(categorised) AS categorised, min(sold) AS sold FROM first
"""
_NOTE = """
INSERT INTO source_census (source, first_seen, noted_on)
SELECT source, first_seen, $3 FROM unnest($1::text[], $2::date[]) AS n (source, first_seen)
ON CONFLICT (source) DO UPDATE SET first_seen = excluded.first_seen, noted_on = excluded.noted_on
"""
_CENSUS = "SELECT source, first_seen FROM source_census"


async def noted_on(pool: asyncpg.Pool) -> date | None:
    """Tell the business date of the last census; None before the first."""
    found: date | None = await pool.fetchval(_NOTED_ON)
    return found


async def note_sources(pool: asyncpg.Pool, today: date) -> None:
    """Note each source's first date with anything in it, and each article's first sale."""
    async with pool.acquire() as connection, connection.transaction():
        found = dict(await connection.fetchrow(_DAYS))
        goods = await connection.fetchrow(_GOODS)
        found |= {CATEGORY: goods["categorised"], FIRST_SALE: goods["sold"]}
        await connection.execute(_NOTE, list(found), list(found.values()), today)


async def read_census(pool: asyncpg.Pool) -> dict[str, date | None]:
    """Read each source's first date; None where nothing ever came, empty before a census."""
    return {row["source"]: row["first_seen"] for row in await pool.fetch(_CENSUS)}
