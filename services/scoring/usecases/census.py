"""Notes once a business date what the shop sends, so that a missing source can be named."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from services.scoring.queries.bases.census import note_sources, noted_on
from services.scoring.usecases.business_day import BusinessDay


@dataclass(frozen=True, slots=True)
class Census:
    """Counts what has ever come in."""

    pool: asyncpg.Pool
    day: BusinessDay

    async def nightly(self) -> bool:
        """Take today's census unless it was taken; say whether."""
        today = self.day.moment().today
        if await noted_on(self.pool) == today:
            return False
        await note_sources(self.pool, today)
        return True
