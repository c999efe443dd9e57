"""Simulate a draft over one snapshot of the whole base, in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg

from services.scoring.domain.programmes.ladder import STATUS, kind_of
from services.scoring.domain.programmes.version import Version
from services.scoring.domain.status.publication import Publication, publication_of
from services.scoring.domain.status.release import StatusRelease, status_release
from services.scoring.domain.status.simulated import Basis, document_of
from services.scoring.domain.status.simulation import together
from services.scoring.queries.programmes import programmes
from services.scoring.queries.programmes.simulations import (
    Asked,
    backtest_gains,
    one_snapshot,
    sample,
    valued_by,
)
from services.scoring.queries.releases.releases import ScheduleRow, find_release
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.programmes.look_up import require_version
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import Report
from services.scoring.usecases.releases.shards import Bulk
from services.scoring.usecases.simulation.rehearse import Rehearser
from services.scoring.usecases.simulation.shard import Draft, ToSimulate, simulate_shard
from shared.clock import first_instant_of, next_local_midnight

#: Fewer than of days: an entry takes 60 bytes, and every one is replayed.
MOST_CUSTOMERS: Final = 250_000
SCANNED: Final = 1_000
#: How long it is looked what the tiers of then bought since.
VALUE_DAYS: Final = 180
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Order:
    """A version to simulate, over how many past months, and the seed of what is drawn."""

    key: str
    version: int
    months: int
    seed: int


class Simulator:
    """Replays drafts; reads go on, and nobody's tier changes."""

    __slots__ = ("_bulk", "_catalog", "_day", "_pool", "_values")

    def __init__(
        self,
        pool: asyncpg.Pool,
        catalog: Catalog,
        day: BusinessDay,
        bulk: Bulk,
        values: Rehearser,
    ) -> None:
        """Take a pool with patient statements, and who rehearses value programmes."""
        self._values = values
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._bulk = replace(bulk, most_customers=min(bulk.most_customers, MOST_CUSTOMERS))

    async def simulate(self, order: Order, report: Report) -> Mapping[str, Any]:
        """Tell what a version would do, as though it had always been in force, at today's end.

        Value programmes are looked at as they would be today. Raises UnknownVersion,
        NoModelYet, ReleaseBroken.
        """
        version = await require_version(self._pool, order.key, order.version)
        if kind_of(version.document) != STATUS:
            return await self._values.simulate(version, order.seed, report)
        moment = self._day.moment()
        release = status_release(
            0, order.key, [(order.version, None, version.document)], moment.today
        )
        former = await self._in_force(order.key)
        as_of = next_local_midnight(moment.now, self._bulk.site.zone)
        draft = _draft(order, release, former, as_of)
        if former is not None:
            draft = replace(draft, published=await self._published(former, version, as_of))

        async def replaying(share: float) -> None:
            await report(share, "replaying")

        try:
            async with one_snapshot(self._pool) as (connection, snapshot):
                scanned = frozenset(await sample(connection, order.seed, SCANNED))
                gains = await backtest_gains(connection)
                release_id = None if former is None else former.release_id
                worth = await valued_by(connection)
                asked = Asked(order.key, release_id, as_of, scanned, worth)
                tasks = [
                    ToSimulate(self._bulk.site, ids, snapshot, asked, draft)
                    for ids in await self._bulk.ranges(self._pool)
                ]
                parts = await self._bulk.run(simulate_shard, tasks, replaying)
        finally:
            await self._bulk.rest()
        question = draft.question(self._bulk.site)
        basis = Basis(
            snapshot.sequence, version.document, gains, await self._document_in_force(order.key)
        )
        return document_of(together(parts, question), question, basis)

    async def _published(
        self, former: StatusRelease, version: Version, as_of: datetime
    ) -> Publication | None:
        """Put the version into force at the last instant of the date, as publishing does."""
        row = await find_release(self._pool, former.release_id)
        if not isinstance(row, ScheduleRow):
            return None
        at = as_of - _INSTANT
        versions = [each for each in row.versions if each[1] is None or each[1] < at]
        return publication_of(former, versions, (version.version, None, version.document), at)

    async def _document_in_force(self, key: str) -> Mapping[str, Any] | None:
        head = await programmes.find_head(self._pool, key)
        if head is None or head.live_version is None:
            return None
        found = await programmes.find_version(self._pool, key, head.live_version)
        return None if found is None else found.document

    async def _in_force(self, key: str) -> StatusRelease | None:
        head = await programmes.find_head(self._pool, key)
        if head is None or head.release_id is None:
            return None
        found = await self._catalog.release(head.release_id)
        return found if isinstance(found, StatusRelease) else None


def _draft(
    order: Order, release: StatusRelease, former: StatusRelease | None, as_of: datetime
) -> Draft:
    zone = release.programme.zone
    months = tuple(_month_starts(as_of, zone, order.months))
    return Draft(release, former, as_of, months, as_of - timedelta(days=VALUE_DAYS), order.seed)


def _month_starts(as_of: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    """List the first instants of the last months, the oldest first."""
    today = as_of.astimezone(zone).date()
    last = today.year * 12 + today.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1)]
    return [first_instant_of(first, zone) for first in firsts]
