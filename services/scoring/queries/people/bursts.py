"""Find customers with very many orders on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.velocity import Burst, VelocityRule

# Returned orders count too: who farms returns them.
_BURSTS: Final = """
SELECT e.profile_id, (e.at AT TIME ZONE $2)::date AS day, count(*) AS orders
FROM entries e JOIN (
    SELECT DISTINCT coalesce(merged_into, profile_id) AS profile_id FROM customers
    WHERE profile_id = ANY($1::uuid[])
) c ON c.profile_id = e.profile_id
WHERE e.reverses IS NULL AND e.at > $4
GROUP BY e.profile_id, day HAVING count(*) >= $3
ORDER BY e.profile_id, day
"""


async def bursts_among(
    pool: asyncpg.Pool, profile_ids: Sequence[UUID], rule: VelocityRule, *, since: datetime
) -> list[Burst]:
    """List the days since an instant on which customers ordered as often as a rule names."""
    rows = await pool.fetch(_BURSTS, profile_ids, rule.time_zone, rule.orders_per_day, since)
    return [Burst(row["profile_id"], row["day"], row["orders"]) for row in rows]
