"""Decide whose tier changes by itself: validities that end, warnings, pins that begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.queries.due_reviews import Due, claim_due, close_due
from services.scoring.queries.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog

#: Reviews claimed at once; each is held until all of them are done.
BATCH: Final = 200


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
        known = set(await self._catalog.programme_keys())
        async with self._pool.acquire() as connection, connection.transaction():
            due = await claim_due(connection, moment.now, limit=BATCH)
            if not due:
                return False
            for programme in sorted({each.programme_key for each in due} & known):
                await self._decide(connection, programme, _owners(due, programme), moment)
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


def _owners(due: Sequence[Due], programme: str) -> list[UUID]:
    return sorted({d.profile_id for d in due if d.programme_key == programme and d.is_own})
