"""Put a version of a status programme into force: everybody decided, one pointer flipped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.domain.status.release import StatusRelease
from services.scoring.errors import ReleaseBroken
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.bases.whole_status import read_status_range
from services.scoring.queries.releases.release_writes import (
    Flip,
    PointerMoved,
    forget_old,
    make_status_live,
    release_line,
    renew_reviews,
)
from services.scoring.queries.releases.status_releases import (
    add_status_release,
    left_behind,
    live_schedule,
    store_base,
)
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_status import StatusDecider
from services.scoring.usecases.releases.bulk import without_collection
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import Report
from services.scoring.usecases.releases.shards import Bulk, Site

#: Fewer than of days: an entry takes 60 bytes, and every one is replayed.
MOST_CUSTOMERS: Final = 250_000
_STORED: Final = 0.95  # part of a release


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A range of customers and the release to decide them for."""

    site: Site
    ids: IdRange
    release: StatusRelease
    moment: Moment


@dataclass(frozen=True, slots=True)
class _New:
    """What a release is made of: a version, the schedule it goes on from, and when it is begun."""

    version: int
    former: Sequence[dict[str, Any]]
    moment: Moment


class StatusReleaseMaker:
    """Computes releases in the background; reads go on with the live one meanwhile."""

    __slots__ = ("_bulk", "_catalog", "_day", "_decider", "_pool")

    def __init__(
        self,
        pool: asyncpg.Pool,
        catalog: Catalog,
        day: BusinessDay,
        bulk: Bulk,
        decider: StatusDecider,
    ) -> None:
        """Take a pool with patient statements, and who decides: whole bases, and a few."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._bulk = replace(bulk, most_customers=min(bulk.most_customers, MOST_CUSTOMERS))
        self._decider = decider

    async def release(self, key: str, version: int, report: Report) -> int:
        """Decide everybody by a published version and make it live; give the release's id."""
        async with release_line(self._pool):
            release_id = None
            while release_id is None:
                release_id = await self._put_in_force(key, version, report)
            await forget_old(self._pool, key, release_id)
        await report(_STORED, "catching up")
        await self._catch_up(key, release_id)
        return release_id

    async def _put_in_force(self, key: str, version: int, report: Report) -> int | None:
        """Decide everybody and flip; None where a rollback came between.

        What it withdrew must not go on in the schedule of a release begun before.
        """
        former_id, former = await live_schedule(self._pool, key)
        moment = self._day.moment()
        try:
            release_id = await self._computed(key, _New(version, former, moment), report)
        finally:
            await self._bulk.rest()
        flip = Flip(release_id, former_id, moment.now, self._day.moment().now)
        try:
            await make_status_live(self._pool, key, flip)
        except PointerMoved:
            return None
        finally:
            self._catalog.drop(release_id)  # the flip has put off when its version takes over
        return release_id

    async def _computed(self, key: str, new: _New, report: Report) -> int:
        version, former, moment = new.version, new.former, new.moment
        schedule = [*former, _effective(version, moment.now if former else None)]
        release_id = await add_status_release(self._pool, key, version, moment.today, schedule)
        release = await self._catalog.release(release_id)
        if not isinstance(release, StatusRelease):
            raise ReleaseBroken

        async def deciding(share: float) -> None:
            await report(_STORED * share, "deciding")

        tasks = [
            ToDecide(self._bulk.site, ids, release, moment)
            for ids in await self._bulk.ranges(self._pool)
        ]
        await self._bulk.run(decide_shard, tasks, deciding)
        return release_id

    async def come_back(self, key: str, release_id: int) -> int:
        """Bring a release up to date that is in force again; give how many were decided."""
        if not isinstance(await self._catalog.release(release_id), StatusRelease):
            return 0
        async with self._pool.acquire() as connection, connection.transaction():
            await renew_reviews(connection, key, release_id)
        return await self._catch_up(key, release_id)

    async def _catch_up(self, key: str, release_id: int) -> int:
        """Decide whose facts changed, or whose validity ended, since the base was decided."""
        after, decided = UUID(int=0), 0
        while left := await self._left(key, release_id, after):
            await self._decider.answers(left, key, self._day.moment())
            after, decided = left[-1], decided + len(left)
        return decided

    async def _left(self, key: str, release_id: int, after: UUID) -> list[UUID]:
        now = self._day.moment().now
        return await left_behind(self._pool, key, release_id, after=after, now=now)


def _effective(version: int, since: datetime | None) -> dict[str, Any]:
    return {"version": version, "since": None if since is None else since.isoformat()}


def decide_shard(task: ToDecide) -> int:
    """Decide and store a range of customers, in any process; give their number."""
    with without_collection():
        return asyncio.run(_decide(task))


async def _decide(task: ToDecide) -> int:
    moment, release = task.moment, task.release
    instant, count = Instant(moment.now, moment.today, task.site.midnights()), 0
    # One connection reads a snapshot, one writes beside it.
    async with (
        task.site.pool(size=2) as pool,
        pool.acquire() as connection,
        aclosing(
            read_status_range(connection, task.ids, release.programme.key, moment.today)
        ) as base,
    ):
        async for chunk in base:
            decisions = decide_status(chunk.customers, release, instant)
            await store_base(pool, decisions, chunk.warned, release, moment.now)
            count += len(decisions)
    return count
