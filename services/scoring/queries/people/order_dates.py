"""On which dates a customer ordered."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

_DATES: Final = """
SELECT business_date FROM customer_day
WHERE profile_id = $1 AND business_date <= $2 AND orders > 0 ORDER BY business_date
"""


async def order_dates(pool: asyncpg.Pool, profile_id: UUID, until: date) -> list[date]:
    """List a customer's dates with an order up to a date, rising."""
    return [row[0] for row in await pool.fetch(_DATES, profile_id, until)]
