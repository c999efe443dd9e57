"""Decide customers of status programmes now: read, decide, store by compare-and-set."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.domain.status.decision import StatusDecision
from services.scoring.domain.status.release import StatusRelease
from services.scoring.errors import ReleaseBroken
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.queries.tiers.status_decisions import Deciding, store_status, store_within
from services.scoring.queries.tiers.status_facts import StatusSnapshot, read_status
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog

#: So many are decided between two reads; more leave the event loop.
_FEW: Final = 10


class StatusDecider:
    """Brings stored decisions of status programmes up to date."""

    __slots__ = ("_catalog", "_day", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay) -> None:
        """Take the database, the catalog and the business day."""
        self._pool = pool
        self._catalog = catalog
        self._day = day

    async def answers(
        self, profile_ids: Sequence[UUID], programme: str, moment: Moment
    ) -> dict[UUID, bytes]:
        """Decide customers as of now and store it; give the stored form of every answer."""
        snapshot = await read_status(self._pool, profile_ids, programme, moment.today)
        if snapshot.release_id is None:
            printer = await self._catalog.printer(programme)
            return {
                customer.profile_id: printer.undecided(customer.customer_id)
                for customer in snapshot.customers
            }
        release = await self.release(snapshot.release_id)
        decisions = await self._decide(snapshot, release, moment)
        if decisions:
            await store_status(self._pool, decisions, deciding(snapshot, release, moment))
        return {decision.profile_id: decision.answer for decision in decisions}

    async def decide_within(
        self,
        connection: asyncpg.Connection,
        profile_ids: Sequence[UUID],
        programme: str,
        moment: Moment,
    ) -> int:
        """Decide customers and store it inside the caller's transaction; give how many."""
        snapshot = await read_status(connection, sorted(profile_ids), programme, moment.today)
        if snapshot.release_id is None or not snapshot.customers:
            return 0
        release = await self.release(snapshot.release_id)
        decisions = await self._decide(snapshot, release, moment)
        await store_within(connection, decisions, deciding(snapshot, release, moment))
        return len(decisions)

    async def release(self, release_id: int) -> StatusRelease:
        """Give a release of a status programme."""
        found = await self._catalog.release(release_id)
        if not isinstance(found, StatusRelease):
            raise ReleaseBroken
        return found

    async def _decide(
        self, snapshot: StatusSnapshot, release: StatusRelease, moment: Moment
    ) -> list[StatusDecision]:
        instant = Instant(moment.now, moment.today, self._day.midnight_of)
        if len(snapshot.customers) <= _FEW:
            return decide_status(snapshot.customers, release, instant)
        # A thousand take most of a second: reads go on meanwhile.
        return await asyncio.to_thread(decide_status, snapshot.customers, release, instant)


def deciding(snapshot: StatusSnapshot, release: StatusRelease, moment: Moment) -> Deciding:
    """Say what the decisions of a snapshot share when they are stored."""
    stored = {
        customer.profile_id: customer.stored
        for customer in snapshot.customers
        if customer.stored is not None
    }
    return Deciding(release, moment.now, stored)
