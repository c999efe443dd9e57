"""The night's sweep: the new date's level once, then everybody decided for it in shards."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from datetime import date, timedelta
from itertools import chain
from typing import Final

import asyncpg
import numpy as np

from services.scoring.domain.tiers.release import Release
from services.scoring.errors import ReleaseBroken
from services.scoring.queries.bases.whole_base import Span
from services.scoring.queries.releases.releases import (
    add_level,
    levels_until,
    live_value_release_ids,
)
from services.scoring.queries.releases.rollback import steps_back
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.shards import Bulk
from services.scoring.usecases.releases.sweep_shards import ToSum, ToSweep, sum_shard, sweep_shard
from services.scoring.usecases.releases.value_releases import asks_of_release

#: Levels of at most so many missed nights are made up for; for older ones the last one holds.
MOST_MISSED: Final = 92


class Sweeper:
    """Keeps reads look-ups: it decides before anybody asks, and never blocks who does."""

    __slots__ = ("_bulk", "_catalog", "_day", "_done", "_one_at_a_time", "_pool", "_ready")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, bulk: Bulk) -> None:
        """Take a pool with patient statements, the catalog, the day, and who does whole bases."""
        self._one_at_a_time = asyncio.Lock()
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._bulk = bulk
        self._done: set[tuple[int, date]] = set()
        self._ready: set[tuple[int, date]] = set()

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
        for release_id in await live_value_release_ids(self._pool):
            if (release_id, moment.today) not in self._done:
                release = await self._catalog.value_release(release_id)
                try:
                    await self._add_levels(release, moment.today)
                    decided += await self._decide(release, moment)
                finally:
                    await self._bulk.rest()
                self._done.add((release_id, moment.today))
        await self._stand_by(moment.today)
        return decided

    async def _stand_by(self, today: date) -> None:
        """Keep the levels of what may be gone back to: on an old level tiers would differ."""
        for step in await steps_back(self._pool):
            if (step.release_id, today) not in self._ready:
                try:
                    release = await self._catalog.value_release(step.release_id)
                    await self._add_levels(release, today)
                except ReleaseBroken:
                    continue  # a rollback passes it over
                finally:
                    await self._bulk.rest()
                self._ready.add((step.release_id, today))

    async def _add_levels(self, release: Release, today: date) -> None:
        known = await levels_until(self._pool, release.model_version, today)
        missing = missing_dates(release.reference_date, today, known)
        if not missing:
            return
        bulk, span = self._bulk, _span(release, today)
        tasks = [
            ToSum(bulk.site, ids, bulk.chunk, span, release, missing)
            for ids in await bulk.ranges(self._pool)
        ]
        shards = await self._bulk.run(sum_shard, tasks, _unreported)
        # Chunk by chunk, in the order of ids: the same bits however many shards there are.
        sums = np.zeros((len(missing), 2))
        for of_chunk in chain.from_iterable(shards):
            sums += of_chunk
        for day, (total, count) in zip(missing, sums.tolist(), strict=True):
            if count:
                level = total / count
                await add_level(self._pool, release.model_version, day, level, customers=int(count))

    async def _decide(self, release: Release, moment: Moment) -> int:
        known = await levels_until(self._pool, release.model_version, moment.today)
        levels = await self._catalog.levels(release.model_version, moment.today, seen=len(known))
        frame, span = frame_of(release, moment, self._day), _span(release, moment.today)
        tasks = [
            ToSweep(self._bulk.site, ids, self._bulk.chunk, span, release, levels, frame)
            for ids in await self._bulk.ranges(self._pool)
        ]
        return sum(await self._bulk.run(sweep_shard, tasks, _unreported))


async def _unreported(_: float) -> None:
    """Nobody waits for a sweep."""


def _span(release: Release, today: date) -> Span:
    asks, programme = asks_of_release(release), release.programme.key
    return Span(
        today,
        release.reference_date,
        programme,
        release.release_id,
        asks.columns,
        with_categories=asks.categories,
    )


def missing_dates(reference: date, today: date, known: Container[date]) -> list[date]:
    """List the dates after the reference without a level, the latest ones, in order."""
    nights = (today - reference).days
    dates = [today - timedelta(days=back) for back in range(min(nights, MOST_MISSED))]
    return sorted(day for day in dates if day not in known)
