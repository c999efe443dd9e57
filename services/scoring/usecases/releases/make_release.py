"""Put a model into force: level and cuts of today, everybody decided, one pointer flipped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import asyncpg
import numpy as np

from services.scoring.domain.days import day_number
from services.scoring.domain.tiers.classes import ClassProgramme
from services.scoring.domain.tiers.cuts import cuts_of, thresholds
from services.scoring.domain.tiers.first_decisions import Appraised
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.programme import ValueProgramme
from services.scoring.domain.tiers.release import Release
from services.scoring.errors import CannotTrain
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_base import Span
from services.scoring.queries.bases.whole_days import day_columns_of
from services.scoring.queries.releases.release_writes import (
    NewRelease,
    add_release,
    forget,
    forget_old,
    make_live,
    release_line,
)
from services.scoring.queries.releases.releases import add_level, levels_until
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_class_release import ClassReleases
from services.scoring.usecases.releases.release_shards import (
    ToAppraise,
    ToStore,
    appraise_shard,
    store_shard,
)
from services.scoring.usecases.releases.shards import Bulk

Report = Callable[[float, str], Awaitable[None]]
Seen = TypeVar("Seen")
Look = Callable[[int], Awaitable[Seen]]
_APPRAISED, _STORED = 0.4, 0.9  # parts of a release


@dataclass(frozen=True, slots=True)
class BaseScores:
    """Raw scores of everybody with an order, and their mean."""

    raw: np.typing.NDArray[np.float64]

    @property
    def level(self) -> float:
        """Give the mean raw score."""
        return float(np.mean(self.raw))


class ReleaseMaker:
    """Computes releases in the background; reads go on with the live one meanwhile."""

    __slots__ = ("_bulk", "_catalog", "_day", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, bulk: Bulk) -> None:
        """Take a pool with patient statements, the catalog, the day, and who does whole bases."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._bulk = bulk

    async def release(self, programme: ValueProgramme, model: ValueModel, report: Report) -> int:
        """Compute a release of a model at today's date and make it live; give its id."""
        async with release_line(self._pool):
            release_id = await self._compute(programme, model, report)
            await make_live(self._pool, programme.key, release_id)
            await forget_old(self._pool, programme.key, release_id)
        return release_id

    async def rehearse(
        self, programme: ValueProgramme, model: ValueModel, report: Report, look: Look[Seen]
    ) -> Seen:
        """Compute a release, look at it and forget it: nobody's tier changes.

        One that is cut short is forgotten by the next release.
        """
        async with release_line(self._pool):
            release_id = await self._compute(programme, model, report)
            try:
                return await look(release_id)
            finally:
                await forget(self._pool, programme.key, [release_id])

    async def _compute(self, programme: ValueProgramme, model: ValueModel, report: Report) -> int:
        try:
            if isinstance(programme, ClassProgramme):
                classes = ClassReleases(self._pool, self._catalog, self._day, self._bulk)
                return await classes.compute(programme, model, report)
            return await self._computed(programme, model, report)
        finally:
            await self._bulk.rest()

    async def _computed(self, programme: ValueProgramme, model: ValueModel, report: Report) -> int:
        moment = self._day.moment()
        appraised = await self._appraised(programme, model, moment, report)
        scores = [some.raw_of_buyers for shard in appraised for some in shard]
        base = BaseScores(np.concatenate([*scores, np.empty(0)]))
        if not len(base.raw):
            raise CannotTrain("There is no customer with an order up to today.")
        levels = await self._levels(model, moment, base)
        release = await self._add(programme, model, moment, base.raw / levels.at(moment.today)[1])
        frame = frame_of(release, moment, self._day)

        async def deciding(share: float) -> None:
            await report(_APPRAISED + (_STORED - _APPRAISED) * share, "deciding")

        site = self._bulk.site
        tasks = [ToStore(site, shard, release, levels, frame) for shard in appraised]
        await self._bulk.run(store_shard, tasks, deciding)
        return release.release_id

    async def _appraised(
        self, programme: ValueProgramme, model: ValueModel, moment: Moment, report: Report
    ) -> list[list[Appraised]]:
        async def reading(share: float) -> None:
            await report(_APPRAISED * share, "reading the base")

        columns = day_columns_of(model.columns)
        span = Span(moment.today, moment.today, programme.key, None, columns)
        start = day_number(model.manifest.trained_from)
        tasks = [
            ToAppraise(self._bulk.site, ids, self._bulk.chunk, span, model, start)
            for ids in await self._bulk.ranges(self._pool)
        ]
        return await self._bulk.run(appraise_shard, tasks, reading)

    async def _levels(self, model: ValueModel, moment: Moment, base: BaseScores) -> Levels:
        version = model.manifest.version
        await add_level(self._pool, version, moment.today, base.level, customers=len(base.raw))
        return Levels.of(await levels_until(self._pool, version, moment.today))

    async def _add(
        self,
        programme: ValueProgramme,
        model: ValueModel,
        moment: Moment,
        scores: np.typing.NDArray[np.float64],
    ) -> Release:
        cuts = await asyncio.to_thread(cuts_of, scores.tolist(), programme)
        new = NewRelease(
            programme=programme.key,
            programme_version=programme.version,
            model_version=model.manifest.version,
            reference_date=moment.today,
            thresholds=thresholds(cuts, programme, len(scores)),
        )
        return await self._catalog.value_release(await add_release(self._pool, new))
