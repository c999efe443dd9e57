"""Decide customers anew: read in one statement, decide without a lock, store by compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Decision
from services.scoring.domain.tiers.release import Release
from services.scoring.queries.tiers.decisions import store_decisions
from services.scoring.queries.tiers.facts import Snapshot, read_snapshot
from services.scoring.queries.tiers.hot_tier import Moment, stale_profiles
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.decide_status import StatusDecider
from services.scoring.usecases.fit.shadow_recorder import Recorder
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.value_releases import asks_of_release


class Decider:
    """Brings stored decisions up to date, for one customer or many."""

    __slots__ = ("_catalog", "_day", "_pool", "_recorder", "status")

    def __init__(
        self,
        pool: asyncpg.Pool,
        catalog: Catalog,
        day: BusinessDay,
        recorder: Recorder | None = None,
    ) -> None:
        """Take the database, the catalog, the business day and who scores a challenger beside."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._recorder = recorder
        self.status = StatusDecider(pool, catalog, day)

    async def answers(
        self, profile_ids: Sequence[UUID], programme: str, moment: Moment
    ) -> dict[UUID, bytes]:
        """Decide customers as of now and store it; give the stored form of every answer."""
        if self._catalog.is_status(programme):
            return await self.status.answers(profile_ids, programme, moment)
        snapshot = await self.snapshot(profile_ids, programme, moment)
        if snapshot.release_id is None:
            printer = await self._catalog.printer(programme)
            return {
                customer.profile_id: printer.undecided(customer.customer_id)
                for customer in snapshot.customers
            }
        release = await self._catalog.value_release(snapshot.release_id)
        grid = await self.grid(release, snapshot, moment)
        decisions = decide(snapshot.customers, snapshot.days, grid)
        await self._store(snapshot, decisions, release, moment)
        if self._recorder is not None:
            self._recorder.offer(snapshot, release, moment.today)
        return {decision.profile_id: decision.answer for decision in decisions}

    async def snapshot(
        self, profile_ids: Sequence[UUID], programme: str, moment: Moment
    ) -> Snapshot:
        """Read customers with all that the release in force asks of them."""
        asks = self._catalog.asks(programme)
        while True:
            snapshot = await read_snapshot(
                self._pool,
                profile_ids,
                programme,
                moment.today,
                columns=asks.columns,
                with_categories=asks.categories,
            )
            if snapshot.release_id is None:
                return snapshot
            # the live release may be of an older version, or of a newer one than we know of
            needed = asks_of_release(await self._catalog.value_release(snapshot.release_id))
            if asks.covers(needed):
                return snapshot
            asks = asks.joined(needed)

    async def refresh(self, profile_ids: Sequence[UUID], programme: str) -> None:
        """Bring stored decisions up to date; what is fresh already is left alone."""
        moment = self._day.moment()
        stale = await stale_profiles(self._pool, profile_ids, programme, moment)
        if stale:
            await self.answers(stale, programme, moment)

    async def grid(self, release: Release, snapshot: Snapshot, moment: Moment) -> Grid:
        """Say what decides customers who were read at a moment."""
        levels = await self._catalog.levels(
            release.model_version, moment.today, seen=snapshot.levels_seen
        )
        return Grid(release, levels, moment.today, self._day.midnight_of, moment.now)

    async def _store(
        self,
        snapshot: Snapshot,
        decisions: Sequence[Decision],
        release: Release,
        moment: Moment,
    ) -> None:
        if not decisions:
            return
        frame = frame_of(release, moment, self._day)
        known = [customer.stored_sum for customer in snapshot.customers]
        await store_decisions(self._pool, decisions, frame, known)
