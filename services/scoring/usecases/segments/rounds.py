"""Check everybody when the clock, the definitions or the releases have changed, in SQL for all."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.tree import NEVER, Condition
from services.scoring.queries.conditions.ask import Instant, Question, asking
from services.scoring.queries.conditions.cuts import (
    cuts_missing,
    default_release,
    find_cut,
    freeze_cut,
)
from services.scoring.queries.people.memberships import (
    Mark,
    drop_gone,
    latest_tier_change,
    tier_changes_after,
)
from services.scoring.queries.segments import settle
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.segments.definitions import Bound, Definitions
from services.scoring.usecases.segments.keep_sheets import (
    NO_TIER,
    keep_sheets,
    keep_standings,
)
from services.scoring.usecases.segments.membership import Memberships

_PATIENCE_S: Final = 600.0
# Nobody waits for a round: what is too costly for a request is asked here all the same.
_PATIENCE: Final = math.inf
_MOST_CHANGES: Final = 1000
#: Announcements are written before they are seen: one may come so much later than its time.
_OVERLAP: Final = timedelta(seconds=30)


class Rounds:
    """Goes through the whole base once for each date, definition and release."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        definitions: Definitions,
        day: BusinessDay,
        memberships: Memberships,
        sweep: Callable[[], Awaitable[int]],
    ) -> None:
        """Take a pool with patient statements, the segments, and what decides everybody's tier."""
        self._pool = pool
        self._definitions = definitions
        self._day = day
        self._memberships = memberships
        self._sweep = sweep
        self._one_at_a_time = asyncio.Lock()
        self._done: tuple[Mark, date] | None = None
        self._after: datetime | None = None
        self._heard: set[tuple[UUID, datetime]] = set()

    async def go_round(self) -> bool:
        """Go through everybody when there is a reason to."""
        bound = await self._definitions.bound()
        moment = self._day.moment()
        reason = (bound.mark, moment.today)
        if self._done == reason and bound.is_settled:
            return False
        instant = Instant(moment.now, moment.today)
        await self._go_through(bound, instant)
        self._done = reason
        if not _asks_tiers(bound):  # no segment does; previews and lists may
            await self._keep_tiers(instant)
        return False

    async def follow_tiers(self) -> bool:
        """Check those whose tier was told to have changed since: by a review, a pin, a release."""
        if self._after is None:
            self._after = await latest_tier_change(self._pool)
        changes = await tier_changes_after(self._pool, self._after, _MOST_CHANGES)
        news = {profile_id for profile_id, at in changes if (profile_id, at) not in self._heard}
        if news and (await self._definitions.bound()).needs.standing:
            await self._memberships.refresh(sorted(news))
        has_more = len(changes) == _MOST_CHANGES
        if changes:
            oldest = changes[-1][1] - _OVERLAP
            self._heard = {heard for heard in self._heard if heard[1] > oldest} | set(changes)
            self._after = changes[-1][1] if has_more else oldest
        return has_more

    async def tidy(self) -> bool:
        """Look at whoever changed while nobody asked, so that a count finds few to look at.

        Tiers too, whether or not a segment asks for them: a preview may.
        """
        moment = self._day.moment()
        instant = Instant(moment.now, moment.today)
        await self._fill_sheets(instant)
        await self._keep_tiers(instant)
        return False

    async def _go_through(self, bound: Bound, instant: Instant) -> None:
        await self._fill_sheets(instant)
        if _asks_tiers(bound):
            await self._keep_tiers(instant)
        if await self._freeze(bound, instant.today):
            bound = await self._definitions.bound()
        for key, condition in bound.conditions.items():
            async with asking(self._pool, _PATIENCE_S) as connection:
                differing = await Question(condition, instant, most_cost=_PATIENCE).who_differs(
                    connection, key
                )
            await self._memberships.check_fresh(differing)
        await drop_gone(self._pool)
        await settle(self._pool, bound.versions)

    async def _fill_sheets(self, instant: Instant) -> None:
        async with self._one_at_a_time:
            await keep_sheets(self._pool, await self._stale(NEVER, instant), instant.today)

    async def _keep_tiers(self, instant: Instant) -> None:
        # decided first: what is kept before the night's sweep ends would be kept a second time
        await self._sweep()
        async with self._one_at_a_time:
            stale = await self._stale(NO_TIER, instant)
            await keep_standings(self._pool, stale, instant.today, self._day.zone)

    async def _stale(self, condition: Condition, instant: Instant) -> list[UUID]:
        async with asking(self._pool, _PATIENCE_S) as connection:
            return (await Question(condition, instant, most_cost=_PATIENCE).count(connection)).stale

    async def _freeze(self, bound: Bound, today: date) -> bool:
        missing = cuts_missing(bound.ranks, bound.bindings.cuts)
        release_id = await default_release(self._pool) if missing else 0
        for rank in missing:
            cut = await find_cut(self._pool, rank, today)
            if cut is not None:
                await freeze_cut(self._pool, rank, release_id, cut)
        return bool(missing)


def _asks_tiers(bound: Bound) -> bool:
    """Tell whether a segment cannot be decided without everybody's tiers or scores."""
    return bound.needs.standing or bool(bound.ranks)
