"""Count the whole base beforehand: as it stands every few minutes, and once a date what lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Final

import asyncpg

from services.scoring.domain.days import day_number
from services.scoring.domain.overview.concentration import concentration_of
from services.scoring.domain.overview.found import Night, StoredConcentration, Worth
from services.scoring.domain.overview.steadiness import looked_at
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.overview import concentration, counts, flows
from services.scoring.queries.overview.live import LiveProgramme, live_programmes, try_to_begin
from services.scoring.queries.releases.releases import levels_until
from services.scoring.queries.tiers import stability
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.clock import first_instant_of

#: Counting takes at most one part in so many of a worker's time: a small base is counted every few
#: seconds, one of a million every few minutes.
REST: Final = 30
#: Spans that flows are counted over, in days.
SPANS: Final = (7, 30, 90, 180, 365)
#: Dates before a programme of published rules came into force that are counted by its timeline.
PAST_DAYS: Final = 730
YEAR_DAYS: Final = 365
_NOTHING: Final = Worth(None, None)


@dataclass(slots=True)
class Tally:
    """Counts; what it has done of a date is lost with the process and then done once more."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    seconds: Callable[[], float] = monotonic
    rest_until: float = 0.0
    #: by programme: a release that comes back is counted once more
    _done: dict[str, tuple[int, date]] = field(default_factory=dict)

    async def look(self) -> bool:
        """Count if enough time has passed since the last time; say whether."""
        if self.seconds() < self.rest_until:
            return False
        return await self.count()

    async def count(self) -> bool:
        """Count now, and what is missing of the date; False while somebody else does."""
        moment, began = self.day.moment(), self.seconds()
        try:
            async with self._alone() as connection:
                if connection is None:
                    return False
                programmes = await live_programmes(connection)
                worth = await self._worth(programmes, moment)
                at = moment.today, moment.now
                await counts.count_now(connection, programmes, at, worth)
        finally:
            ended = self.seconds()
            self.rest_until = ended + REST * (ended - began)
        for programme in programmes:
            if self._is_missing(programme, moment.today):
                await self._count_once(programme, moment, worth)
        return True

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[asyncpg.Connection | None]:
        """Give a transaction to the one who counts; None to others."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection if await try_to_begin(connection) else None

    async def _count_once(self, programme: LiveProgramme, moment: Moment, worth: Worth) -> None:
        async with self._alone() as connection:
            if connection is not None:
                await self._count_date(connection, programme, moment, worth)
                self._done[programme.key] = (programme.release_id, moment.today)

    def _is_missing(self, programme: LiveProgramme, today: date) -> bool:
        return self._done.get(programme.key) != (programme.release_id, today)

    async def _worth(self, programmes: list[LiveProgramme], moment: Moment) -> Worth:
        """Say what a score of the default value programme, else of the first, is worth today."""
        values = [each for each in programmes if not each.is_status]
        if not values:
            return _NOTHING
        release = await self.catalog.value_release(values[0].release_id)
        known = await levels_until(self.pool, release.model_version, moment.today)
        levels = await self.catalog.levels(release.model_version, moment.today, seen=len(known))
        model = release.model
        if not isinstance(model, ValueModel) or not known:
            return _NOTHING
        tomorrow = day_number(moment.today) + 1
        season = model.season.ratio(tomorrow, model.manifest.horizon_days)
        return Worth(values[0].key, levels.at(moment.today)[1] * model.level * season)

    async def _count_date(
        self,
        connection: asyncpg.Connection,
        programme: LiveProgramme,
        moment: Moment,
        worth: Worth,
    ) -> None:
        """Count what lasts for a date: flows, steadiness, the curve of value, dates before."""
        ended = moment.today - timedelta(days=1)
        if programme.is_status and not await counts.has_past(
            connection, programme.key, moment.today
        ):
            release, first = (programme.key, programme.release_id), ended - timedelta(PAST_DAYS)
            zone = self.day.zone.key
            await counts.count_past(connection, release, (first, ended), moment.now, zone)
        await flows.count_flows(connection, programme, self._night(ended), moment.now)
        await self._steady(connection, programme, moment)
        if programme.is_default:
            await self._concentrate(connection, programme.key, moment, worth)

    async def _steady(
        self, connection: asyncpg.Connection, programme: LiveProgramme, moment: Moment
    ) -> None:
        # whole dates: the sweep of the night may still be deciding
        span = looked_at(self._end_of(moment.today - timedelta(days=1)))
        ranks = {tier: rank for rank, tier in programme.by_rank.items()}
        found = span, await stability.steadiness(connection, programme.key, ranks, span)
        release = programme.key, programme.release_id
        await stability.keep_steadiness(connection, release, moment.today, found)

    async def _concentrate(
        self, connection: asyncpg.Connection, programme: str, moment: Moment, worth: Worth
    ) -> None:
        dates = moment.today - timedelta(days=YEAR_DAYS), moment.today - timedelta(days=1)
        held = await concentration.held_by_parts(connection, programme, worth, dates)
        document = {name: concentration_of(whole) for name, whole in held.items()}
        found = StoredConcentration(moment.today, programme, document, moment.now)
        await concentration.put_concentration(connection, found)

    def _night(self, ended: date) -> Night:
        spans = [(days, self._end_of(ended - timedelta(days=days))) for days in SPANS]
        return Night(ended, self._end_of(ended), spans)

    def _end_of(self, day: date) -> datetime:
        return first_instant_of(day + timedelta(days=1), self.day.zone)
