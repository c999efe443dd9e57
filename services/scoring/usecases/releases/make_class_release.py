"""Compute a release whose classes are conditions: gauge the base, cut it, decide everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg
import numpy as np

from services.scoring.domain.days import day_number
from services.scoring.domain.tiers.class_cuts import Gauged, class_cuts
from services.scoring.domain.tiers.classes import ClassProgramme, stored_cuts
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.errors import CannotTrain
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_base import Span
from services.scoring.queries.releases.release_writes import NewRelease, add_release
from services.scoring.queries.releases.releases import add_level, levels_until
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.class_shards import (
    ToClass,
    ToGauge,
    class_shard,
    gauge_shard,
)
from services.scoring.usecases.releases.shards import Bulk
from services.scoring.usecases.releases.value_releases import asks_of_model

Report = Callable[[float, str], Awaitable[None]]
_GAUGED: Final = 0.4  # part of a release
_STORED: Final = 0.9


@dataclass(frozen=True, slots=True)
class ClassReleases:
    """Computes releases of classes; whoever makes them live holds the line."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    bulk: Bulk

    async def compute(self, programme: ClassProgramme, model: ValueModel, report: Report) -> int:
        """Compute a release of a model at today's date; give its id. Raises CannotTrain."""
        moment = self.day.moment()
        asks = asks_of_model(model, programme)
        span = Span(
            moment.today,
            moment.today,
            programme.key,
            None,
            asks.columns,
            with_categories=asks.categories,
        )
        gauged = await self._gauged(programme, model, span, report)
        levels = await self._levels(model, moment, gauged)
        level = levels.at(moment.today)[1]
        cuts = await asyncio.to_thread(class_cuts, programme, gauged, level)
        population = sum(len(some.raw) for some in gauged)
        new = NewRelease(
            programme=programme.key,
            programme_version=programme.version,
            model_version=model.manifest.version,
            reference_date=moment.today,
            thresholds=stored_cuts(programme, cuts, population),
        )
        release = await self.catalog.value_release(await add_release(self.pool, new))
        await self._decide(release, levels, span, report, moment)
        return release.release_id

    async def _gauged(
        self, programme: ClassProgramme, model: ValueModel, span: Span, report: Report
    ) -> list[Gauged]:
        async def reading(share: float) -> None:
            await report(_GAUGED * share, "reading the base")

        start, ranks = day_number(model.manifest.trained_from), programme.ranks_asked
        tasks = [
            ToGauge(self.bulk.site, ids, self.bulk.chunk, span, model, start, ranks)
            for ids in await self.bulk.ranges(self.pool)
        ]
        shards = await self.bulk.run(gauge_shard, tasks, reading)
        gauged = [some for shard in shards for some in shard]
        if not sum(len(some.raw) for some in gauged):
            raise CannotTrain("There is no customer with an order up to today.")
        return gauged

    async def _levels(self, model: ValueModel, moment: Moment, gauged: list[Gauged]) -> Levels:
        raw = np.concatenate([some.raw for some in gauged])
        version, level = model.manifest.version, float(np.mean(raw))
        await add_level(self.pool, version, moment.today, level, customers=len(raw))
        return Levels.of(await levels_until(self.pool, version, moment.today))

    async def _decide(
        self, release: Release, levels: Levels, span: Span, report: Report, moment: Moment
    ) -> None:
        async def deciding(share: float) -> None:
            await report(_GAUGED + (_STORED - _GAUGED) * share, "deciding")

        frame = frame_of(release, moment, self.day)
        tasks = [
            ToClass(self.bulk.site, ids, self.bulk.chunk, span, release, levels, frame)
            for ids in await self.bulk.ranges(self.pool)
        ]
        await self.bulk.run(class_shard, tasks, deciding)
