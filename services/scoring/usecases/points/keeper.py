"""Keep written wallets up to date: after changes of facts, as time passes, after a release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.queries.rewards import points as store
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.points.books import PointsBooks
from services.scoring.usecases.points.wallets import Wallets

#: Wallets settled in one transaction, which holds their customers' locks.
BATCH: Final = 50
#: Wallets marked at once after a release.
MARKED: Final = 2000
_FIRST: Final = UUID(int=0)


class WalletKeeper:
    """Any number of processes may: each change is announced by the one that writes it down."""

    __slots__ = ("_books", "_caught_up", "_day", "_place", "_pool", "_wallets")

    def __init__(
        self, pool: asyncpg.Pool, day: BusinessDay, books: PointsBooks, wallets: Wallets
    ) -> None:
        """Take the database, the business day, how releases give points, and who derives."""
        self._pool = pool
        self._day = day
        self._books = books
        self._wallets = wallets
        self._caught_up: dict[str, int] = {}
        self._place: dict[str, UUID] = {}

    async def follow(self, profile_ids: Sequence[UUID]) -> None:
        """Note that the wallets of changed customers must be settled; `keep` does it."""
        programmes = await self._books.programmes()
        if programmes:
            roots = await store.roots_of(self._pool, profile_ids)
            for programme in programmes:
                await store.mark_due(self._pool, roots, programme)

    async def keep(self) -> bool:
        """Settle some wallets that facts or the clock have changed; say whether more may wait."""
        moment = self._day.moment()
        programmes = await self._books.programmes()
        async with self._pool.acquire() as connection, connection.transaction():
            due = await store.hold_due(connection, moment.now, limit=BATCH)
            done: set[tuple[UUID, str]] = set()
            for programme in programmes:
                owners = [d.profile_id for d in due if d.is_own and d.programme_key == programme]
                done |= await self._settle(connection, owners, programme, moment)
            left = [each for each in due if (each.profile_id, each.programme_key) not in done]
            await store.let_rest(connection, left)
        return len(due) == BATCH

    async def catch_up(self) -> bool:
        """Mark wallets that another release derived, some at a time; say whether more may wait."""
        for programme, release_id in (await self._books.programmes()).items():
            if self._caught_up.get(programme) == release_id:
                continue
            after = self._place.get(programme, _FIRST)
            found = await store.unsettled(
                self._pool, programme, release_id, after=after, limit=MARKED
            )
            if not found:
                self._caught_up[programme] = release_id
                self._place.pop(programme, None)
                continue
            await store.mark_due(self._pool, found, programme)
            self._place[programme] = found[-1]
            return True
        return False

    async def _settle(
        self,
        connection: asyncpg.Connection,
        owners: Sequence[UUID],
        programme: str,
        moment: Moment,
    ) -> set[tuple[UUID, str]]:
        if not owners:
            return set()
        settled = await self._wallets.settle(connection, owners, programme, moment)
        return {(owner, programme) for owner in settled}
