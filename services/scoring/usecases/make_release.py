"""Put a model into force: level and cuts of today, everybody decided, one pointer flipped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import numpy as np

from services.scoring.domain.cuts import cuts_of, thresholds
from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.decide import Grid
from services.scoring.domain.decision import Decision
from services.scoring.domain.features import features
from services.scoring.domain.levels import Levels
from services.scoring.domain.programme import ValueProgramme
from services.scoring.domain.release import Release, ServedModel
from services.scoring.errors import CannotTrain
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bulk_decisions import store_new_release
from services.scoring.queries.hot_tier import Moment
from services.scoring.queries.release_writes import (
    NewRelease,
    add_release,
    forget_old,
    make_live,
)
from services.scoring.queries.releases import add_level, levels_until
from services.scoring.queries.whole_base import Chunk, Span, read_base
from services.scoring.usecases.bulk import decide_all, each, without_collection
from services.scoring.usecases.business_day import BusinessDay, frame_of
from services.scoring.usecases.catalog import Catalog

Report = Callable[[float, str], Awaitable[None]]
_NO_RELEASE = 0  # ids begin at 1: the base is read without anything stored


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

    __slots__ = ("_catalog", "_day", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay) -> None:
        """Take a pool with patient statements, the catalog and the business day."""
        self._pool = pool
        self._catalog = catalog
        self._day = day

    async def release(self, programme: ValueProgramme, model: ValueModel, report: Report) -> int:
        """Compute a release of a model at today's date and make it live; give its id."""
        moment = self._day.moment()
        span = Span(moment.today, moment.today, programme.key, _NO_RELEASE)
        chunks: list[Chunk] = []
        raw: list[np.typing.NDArray[np.float64]] = []
        with without_collection():
            async for chunk in read_base(self._pool, span):
                chunks.append(chunk)
                raw.append(await asyncio.to_thread(_raw_of_chunk, chunk, model, moment))
        base = BaseScores(np.concatenate(raw) if raw else np.empty(0))
        await report(0.4, "reading the base")
        if not len(base.raw):
            raise CannotTrain("There is no customer with an order up to today.")
        levels = await self._levels(model, moment, base)
        release = await self._add(programme, model, moment, base.raw / levels.at(moment.today)[1])
        grid = Grid(release, levels, moment.today, self._day.midnight_of)
        frame, done = frame_of(release, moment, self._day), 0

        async def store(chunk: Chunk, decisions: list[Decision]) -> None:
            nonlocal done
            await store_new_release(self._pool, decisions, frame)
            done += 1
            await report(0.4 + 0.5 * done / len(chunks), "deciding")

        await decide_all(each(chunks), grid, store)
        await make_live(self._pool, programme.key, release.release_id)
        await forget_old(self._pool, programme.key, release.release_id)
        return release.release_id

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
        return await self._catalog.release(await add_release(self._pool, new))


def _raw_of_chunk(chunk: Chunk, model: ValueModel, moment: Moment) -> np.typing.NDArray[np.float64]:
    start = day_number(model.manifest.trained_from)
    return raw_of_buyers(chunk.days, day_number(moment.today), start, model)


def raw_of_buyers(
    days: CustomerDays, today: int, history_start: int, model: ServedModel
) -> np.typing.NDArray[np.float64]:
    """Score the customers with an order on or before a day number, with all its facts."""
    ordered = np.where(days.date <= today, days.orders, 0)
    sums = np.concatenate(([0], np.cumsum(ordered)))[days.offsets]
    buyers = np.flatnonzero(np.diff(sums) > 0)
    return model.raw_score(features(days, today + 1, history_start, customers=buyers))
