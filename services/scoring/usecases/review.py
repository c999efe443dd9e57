"""Decide whose tier changes by itself: validities that end, warnings, pins that begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.errors import ReleaseBroken
from services.scoring.queries.tiers.due_reviews import Due, claim_due, close_due
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog
from shared.logs import logger

#: Reviews claimed at once; each is held until all of them are done.
BATCH: Final = 200
REVIEWS_LEFT: Final = "reviews_left"


class Reviewer:
    """Works off due reviews; any number of processes may, each review is fired by one of them."""

    __slots__ = ("_catalog", "_day", "_decider", "_pool")

    def __init__(
        self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, decider: Decider
    ) -> None:
        """Take the database, the catalog, the business day and who decides."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._decider = decider

    async def review(self) -> bool:
        """Do some due reviews; say whether more may wait.

        However late: every change is dated at its own instant, never at that of the review.
        """
        moment = self._day.moment()
        has_more = False
        for programme in await self._catalog.programme_keys():
            try:
                has_more |= await self._review(programme, moment)
            except ReleaseBroken:  # the others' reviews go on; these wait for a release that loads
                logger("worker").error(REVIEWS_LEFT, programme=programme)
        return has_more

    async def _review(self, programme: str, moment: Moment) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            due = await claim_due(connection, programme, moment.now, limit=BATCH)
            if due:
                await self._decide(connection, programme, _owners(due), moment)
                await close_due(connection, due)
        return len(due) == BATCH

    async def _decide(
        self,
        connection: asyncpg.Connection,
        programme: str,
        profile_ids: Sequence[UUID],
        moment: Moment,
    ) -> None:
        if self._catalog.is_status(programme):
            status = self._decider.status
            await status.decide_within(connection, profile_ids, programme, moment)
        else:  # a pin that begins or ends; the night's sweep does all else
            await self._decider.refresh(profile_ids, programme)


def _owners(due: Sequence[Due]) -> list[UUID]:
    return sorted({each.profile_id for each in due if each.is_own})
