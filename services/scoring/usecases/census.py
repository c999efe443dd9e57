"""Notes once a business date what the shop sends, so that a missing source can be named."""

from __future__ import annotations

import asyncpg

from services.scoring.queries.census import note_sources, noted_on
from services.scoring.usecases.business_day import BusinessDay


async def take_census(pool: asyncpg.Pool, day: BusinessDay) -> bool:
    """Take today's census unless it was taken; say whether."""
    today = day.moment().today
    if await noted_on(pool) == today:
        return False
    await note_sources(pool, today)
    return True
