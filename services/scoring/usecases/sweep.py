"""The night's sweep: the new date's level once, then everybody decided for it in chunks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container, Sequence
from datetime import date, timedelta
from typing import Final

import asyncpg
import numpy as np

from services.scoring.domain.days import day_number
from services.scoring.domain.decide import Grid
from services.scoring.domain.decision import Decision
from services.scoring.domain.release import Release
from services.scoring.queries.bulk_decisions import store_swept
from services.scoring.queries.hot_tier import Moment
from services.scoring.queries.releases import add_level, levels_until, live_release_ids
from services.scoring.queries.whole_base import Chunk, Span, read_base
from services.scoring.usecases.bulk import decide_all
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.catalog import Catalog
from services.scoring.usecases.make_release import raw_of_buyers

#: Levels of at most so many missed nights are made up for; for older ones the last one holds.
MOST_MISSED: Final = 92


class Sweeper:
    """Keeps reads look-ups: it decides before anybody asks, and never blocks who does."""

    __slots__ = ("_catalog", "_day", "_done", "_one_at_a_time", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay) -> None:
        """Take a pool with patient statements, the catalog and the business day."""
        self._one_at_a_time = asyncio.Lock()
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._done: set[tuple[int, date]] = set()

    async def sweep(self) -> int:
        """Sweep every live release that this process has not swept for today; give the count."""
        async with self._one_at_a_time:
            return await self._sweep()

    async def sweep_again(self) -> int:
        """Sweep every live release, also those swept today: one went live again meanwhile."""
        async with self._one_at_a_time:
            self._done.clear()
            return await self._sweep()

    async def _sweep(self) -> int:
        moment, decided = self._day.moment(), 0
        for release_id in await live_release_ids(self._pool):
            if (release_id, moment.today) not in self._done:
                release = await self._catalog.release(release_id)
                await self._add_levels(release, moment.today)
                decided += await self._decide(release, moment)
                self._done.add((release_id, moment.today))
        return decided

    async def _add_levels(self, release: Release, today: date) -> None:
        known = await levels_until(self._pool, release.model_version, today)
        missing = missing_dates(release.reference_date, today, known)
        if not missing:
            return
        span = self._span(release, today)
        sums = np.zeros((len(missing), 2))
        async for chunk in read_base(self._pool, span):
            sums += await asyncio.to_thread(_sums, chunk, missing, release)
        for day, (total, count) in zip(missing, sums.tolist(), strict=True):
            if count:
                level = total / count
                await add_level(self._pool, release.model_version, day, level, customers=int(count))

    async def _decide(self, release: Release, moment: Moment) -> int:
        known = await levels_until(self._pool, release.model_version, moment.today)
        levels = await self._catalog.levels(release.model_version, moment.today, seen=len(known))
        grid = Grid(release, levels, moment.today, self._day.midnight_of)
        frame = frame_of(release, moment, self._day)

        async def store(chunk: Chunk, decisions: list[Decision]) -> None:
            sums = [customer.stored_sum for customer in chunk.customers]
            await store_swept(self._pool, decisions, frame, sums)

        base = read_base(self._pool, self._span(release, moment.today))
        return await decide_all(_stale(base), grid, store)

    def _span(self, release: Release, today: date) -> Span:
        return Span(today, release.reference_date, release.programme.key, release.release_id)


async def _stale(base: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    """Leave out chunks in which everybody is decided already."""
    async for chunk in base:
        if not all(chunk.is_current):
            yield chunk


def missing_dates(reference: date, today: date, known: Container[date]) -> list[date]:
    """List the dates after the reference without a level, the latest ones, in order."""
    nights = (today - reference).days
    dates = [today - timedelta(days=back) for back in range(min(nights, MOST_MISSED))]
    return sorted(day for day in dates if day not in known)


def _sums(chunk: Chunk, dates: Sequence[date], release: Release) -> np.typing.NDArray[np.float64]:
    """Sum and count the raw scores of a chunk's buyers at each date: (n_dates, 2)."""
    found = [
        raw_of_buyers(chunk.days, day_number(day), release.history_start, release.model)
        for day in dates
    ]
    return np.array([(raw.sum(), len(raw)) for raw in found])
