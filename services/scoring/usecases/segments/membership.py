"""Who is in which segment now: checked again whenever anything it rests on has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.announcement import Announcement, Kind
from services.scoring.domain.conditions.evaluate import members_of
from services.scoring.queries.conditions.facts import Known, read_known
from services.scoring.queries.people.memberships import (
    Transition,
    Verdict,
    drop_gone,
    read_checks,
    store_verdicts,
)
from services.scoring.queries.telling.announcements import announce
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.segments.definitions import Bound, Definitions
from services.scoring.usecases.segments.keep_sheets import SheetKeeper

MOST_AT_ONCE: Final = 500


class Memberships:
    """Decides memberships in Python for those who changed, and tells who entered or left."""

    def __init__(self, pool: asyncpg.Pool, definitions: Definitions, keeper: SheetKeeper) -> None:
        """Take the database, the segments, and who looks at customers."""
        self._pool = pool
        self._definitions = definitions
        self._keeper = keeper
        self._day = keeper.day

    async def keys_of(self, profile_id: UUID) -> list[str]:
        """List the keys of the segments a customer is in now; one look-up if nothing changed."""
        moment = self._day.moment()
        checks = await read_checks(self._pool, [profile_id], moment.today, moment.now)
        if not checks:
            return []
        (checked,) = checks
        if checked.is_fresh and checked.keys is not None:
            return checked.keys
        if not (await self._definitions.bound()).conditions:
            return []
        found = await self._check([profile_id], moment)
        return found.get(profile_id, [])

    async def refresh(self, profile_ids: Sequence[UUID]) -> None:
        """Check the memberships of customers that may have changed."""
        if not (await self._definitions.bound()).conditions:
            return
        moment = self._day.moment()
        for start in range(0, len(profile_ids), MOST_AT_ONCE):
            some = profile_ids[start : start + MOST_AT_ONCE]
            checks = await read_checks(self._pool, some, moment.today, moment.now)
            await drop_gone(self._pool, some)
            stale = [each.profile_id for each in checks if not each.is_fresh]
            if stale:
                await self._check(stale, moment)

    async def check_fresh(self, profile_ids: Sequence[UUID]) -> None:
        """Check memberships of customers who were looked at just now."""
        moment = self._day.moment()
        bound = await self._definitions.bound()
        for start in range(0, len(profile_ids), MOST_AT_ONCE):
            await self._decide(profile_ids[start : start + MOST_AT_ONCE], bound, moment)

    async def _check(self, profile_ids: Sequence[UUID], moment: Moment) -> dict[UUID, list[str]]:
        bound = await self._definitions.bound()
        await self._keeper.look_at(profile_ids, moment.today, bound.needs)
        return await self._decide(profile_ids, bound, moment)

    async def _decide(
        self, profile_ids: Sequence[UUID], bound: Bound, moment: Moment
    ) -> dict[UUID, list[str]]:
        known = await read_known(self._pool, profile_ids, moment.today, bound.needs)
        keys = {
            each.facts.profile_id: list(members_of(bound.conditions, each.facts)) for each in known
        }
        await self._store(known, keys, bound, moment)
        return keys

    async def _store(
        self, known: Sequence[Known], keys: dict[UUID, list[str]], bound: Bound, moment: Moment
    ) -> None:
        verdicts = [
            Verdict(each.facts.profile_id, each.basis, keys[each.facts.profile_id])
            for each in known
            if each.is_fresh
        ]
        names = {each.facts.profile_id: each.customer_id for each in known}
        async with self._pool.acquire() as connection, connection.transaction():
            changes = await store_verdicts(connection, verdicts, bound.mark.definitions, moment.now)
            # what a new definition moves is no news of a customer
            told = [each for each in changes if each.segment_key in bound.settled]
            await announce(connection, [_news(each, names, moment) for each in told])


def _news(change: Transition, names: dict[UUID, str | None], moment: Moment) -> Announcement:
    kind = Kind.SEGMENT_ENTERED if change.has_entered else Kind.SEGMENT_LEFT
    body = {
        "customer_id": names.get(change.profile_id),
        "segment": change.segment_key,
        "entered_at": change.entered_at.isoformat(),
    }
    return Announcement(change.profile_id, kind, body, moment.now)
