"""Keep the sheets that conditions are decided from: sums by SQL, stages of life by our own rule."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.scoring.domain.conditions.needs import Needs
from services.scoring.domain.conditions.tree import Tier
from services.scoring.domain.seen.life_stages import life_course
from services.scoring.queries.conditions.sheets import (
    Life,
    fill_sheets,
    order_dates_of,
    set_lives,
)
from services.scoring.queries.conditions.standings import fill_standings
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.rescore import rescore

#: Customers a statement: a few megabytes of days, a second at most.
MOST_AT_ONCE: Final = 2000
#: Holds for nobody, but asks for tiers: to learn whose sheets and standings are not of now.
NO_TIER: Final = Tier("", ("",))


class SheetKeeper:
    """Looks at customers anew: their tiers first where those are asked for, then their sheets."""

    __slots__ = ("_catalog", "_decider", "_pool", "day")

    def __init__(
        self, pool: asyncpg.Pool, day: BusinessDay, decider: Decider, catalog: Catalog
    ) -> None:
        """Take the database, the business day, and who decides tiers."""
        self._pool = pool
        self.day = day
        self._decider = decider
        self._catalog = catalog

    async def look_at(self, profile_ids: Sequence[UUID], today: date, needs: Needs) -> None:
        """Bring everything that conditions with these needs are decided from up to now."""
        if needs.standing:
            await rescore(sorted(profile_ids), self._decider, self._catalog)
            await keep_standings(self._pool, profile_ids, today, self.day.zone)
        await keep_sheets(self._pool, profile_ids, today)


async def keep_sheets(pool: asyncpg.Pool, profile_ids: Sequence[UUID], today: date) -> None:
    """Bring the sheets of customers up to now, as of a business date."""
    # One order for everyone who writes many: no deadlocks.
    ordered = sorted(profile_ids)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        some = ordered[start : start + MOST_AT_ONCE]
        async with pool.acquire() as connection, connection.transaction():
            changed = await fill_sheets(connection, some, today)
            dates = await order_dates_of(connection, changed, today)
            # a thread: the first time it takes a fifth of a millisecond for each of them
            lives = await asyncio.to_thread(_lives, changed, dates, today)
            await set_lives(connection, lives, today)


def _lives(
    profile_ids: Sequence[UUID], dates: Mapping[UUID, Sequence[date]], today: date
) -> list[Life]:
    return [life_of(profile_id, dates.get(profile_id, []), today) for profile_id in profile_ids]


async def keep_standings(
    pool: asyncpg.Pool, profile_ids: Sequence[UUID], today: date, zone: ZoneInfo
) -> None:
    """Bring the tiers in short up to what is decided now."""
    ordered = sorted(profile_ids)
    for start in range(0, len(ordered), MOST_AT_ONCE):
        async with pool.acquire() as connection:
            some = ordered[start : start + MOST_AT_ONCE]
            await fill_standings(connection, some, today, zone.key)


def life_of(profile_id: UUID, order_dates: Sequence[date], today: date) -> Life:
    """Tell the stage of life of a customer, since when it is, and when it changes by itself."""
    course = life_course(order_dates, today)
    since = course.stages[-1].since if course.stages else None
    return Life(profile_id, course.present, since, course.changes_on)
