"""What came in that may change dates that are over."""

from __future__ import annotations

from datetime import date
from typing import Final

import asyncpg

# The blocks of the log's end alone: `sequence` has a BRIN index. A void undoes what lies back.
_LATE: Final = """
SELECT count(*) FROM events
WHERE sequence > $1 AND sequence <= $2 AND (business_date <= $3 OR kind = 'void')
"""


async def late_events(pool: asyncpg.Pool, after: int, to: int, last: date) -> int:
    """Count events numbered in (after, to] that may change a date up to `last`."""
    return int(await pool.fetchval(_LATE, after, to, last))
