"""Count and list who is in a segment, live: what is not of now is looked at first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.conditions.bind import bind, ranks_in
from services.scoring.domain.conditions.needs import needs_of
from services.scoring.domain.conditions.tree import NEVER, Condition
from services.scoring.domain.segments import Member
from services.scoring.errors import TooCostly, UnknownSegment
from services.scoring.queries.conditions import ask
from services.scoring.queries.conditions.ask import Counted, Instant, Question, asking
from services.scoring.queries.conditions.cuts import cuts_missing, find_cut
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.segments.definitions import Definitions
from services.scoring.usecases.segments.keep_sheets import NO_TIER, SheetKeeper

#: So many stale customers are looked at before an answer; more are told as pending.
MOST_LOOKED_AT: Final = 2000
PAGE: Final = 5000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of all are in; `pending` were counted as they were when last looked at."""

    matching: int
    total: int
    pending: int
    sample: list[Member]
    moment: Moment


class Counter:
    """Asks conditions of everybody, within a time that somebody waits."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        definitions: Definitions,
        keeper: SheetKeeper,
        *,
        timeout_s: float,
        most_looked_at: int = MOST_LOOKED_AT,
    ) -> None:
        """Take the database, the segments, who looks at customers, how long to ask, and of whom."""
        self._pool = pool
        self._definitions = definitions
        self._keeper = keeper
        self._day = keeper.day
        self._timeout_s = timeout_s
        self._most_looked_at = most_looked_at

    async def condition_of(self, key: str) -> Condition:
        """Give a segment's condition, bound; raises UnknownSegment."""
        found = (await self._definitions.bound()).conditions.get(key)
        if found is None:
            raise UnknownSegment
        return found

    async def bind(self, condition: Condition) -> Condition:
        """Put into a condition what it refers to; cuts that nobody froze are found now."""
        bindings = (await self._definitions.bound()).bindings
        cuts, today = dict(bindings.cuts), self._day.moment().today
        missing = cuts_missing(list(ranks_in(condition)), cuts)
        if missing:
            by_score = any(rank.of == "score" for rank in missing)
            await self.catch_up(NO_TIER if by_score else NEVER)
        for rank in missing:
            cut = await find_cut(self._pool, rank, today)
            if cut is not None:
                cuts[rank] = cut.value
        return bind(condition, replace(bindings, cuts=cuts))

    async def count(self, condition: Condition, *, sample: int = 0) -> Tally:
        """Count who matches a bound condition; raises TooCostly."""
        moment = self._day.moment()
        instant = Instant(moment.now, moment.today)
        counted = await self._count(Question(condition, instant), sample)
        stale, matching = counted.stale, counted.matching
        chosen = counted.sample
        if len(stale) > self._most_looked_at:
            matching += counted.believed
        elif stale:
            await self._keeper.look_at(stale, moment.today, needs_of([condition]))
            again = await self._count(Question(condition, instant, among=stale), sample)
            matching, stale = matching + again.matching + again.believed, again.stale
            chosen = (chosen + again.sample)[:sample]
        members = await self._members(condition, chosen, instant)
        return Tally(matching, counted.total, len(stale), members, moment)

    async def catch_up(self, condition: Condition) -> None:
        """Look at the few who are not of now before a list begins; raises TooCostly."""
        moment = self._day.moment()
        counted = await self._count(Question(condition, Instant(moment.now, moment.today)), 0)
        if 0 < len(counted.stale) <= self._most_looked_at:
            await self._keeper.look_at(counted.stale, moment.today, needs_of([condition]))

    async def list_page(self, condition: Condition, after: UUID | None, limit: int) -> list[Member]:
        """List who matches in the order of profiles; raises TooCostly."""
        moment = self._day.moment()
        question = Question(condition, Instant(moment.now, moment.today))
        try:
            async with asking(self._pool, self._timeout_s) as connection:
                return await question.list_page(connection, after, limit)
        except (ask.TooCostly, asyncpg.QueryCanceledError) as error:
            raise TooCostly from error

    async def stream(
        self, condition: Condition, first: Sequence[Member]
    ) -> AsyncIterator[Sequence[Member]]:
        """Yield page after page, the first one given."""
        page = first
        while page:
            yield page
            if len(page) < PAGE:
                return
            page = await self.list_page(condition, page[-1].profile_id, PAGE)

    async def _count(self, question: Question, sample: int) -> Counted:
        try:
            async with asking(self._pool, self._timeout_s) as connection:
                return await question.count(connection, sample=sample)
        except (ask.TooCostly, asyncpg.QueryCanceledError) as error:
            raise TooCostly from error

    async def _members(
        self, condition: Condition, chosen: Sequence[UUID], instant: Instant
    ) -> list[Member]:
        if not chosen:
            return []
        question = Question(condition, instant, among=chosen)
        async with asking(self._pool, self._timeout_s) as connection:
            return await question.list_page(connection, None, len(chosen))
