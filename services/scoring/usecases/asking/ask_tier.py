"""Answer tier questions: a look-up where the stored decision still holds, else decide inline."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.scoring.domain.tiers.answer import time_tail
from services.scoring.queries.tiers.hot_tier import (
    FRESH,
    Found,
    Moment,
    fresh_answer,
    fresh_answers,
)
from services.scoring.queries.tiers.ready_statement import ReadyStatement
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog


class TierDesk:
    """Gives whole encoded answers; never an older state than what was acknowledged."""

    __slots__ = ("_catalog", "_day", "_decider", "_fresh", "_pool")

    def __init__(
        self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, decider: Decider
    ) -> None:
        """Take the database, the catalog, the business day and who decides."""
        self._pool = pool
        self._catalog = catalog
        self._day = day
        self._decider = decider
        self._fresh = ReadyStatement(pool, FRESH, size=pool.get_max_size() // 2)

    async def close(self) -> None:
        """Give back the connections kept for the hottest read."""
        await self._fresh.close()

    async def answer(self, customer_id: str, programme: str | None) -> bytes:
        """Answer for one customer by our own id; raises UnknownProgramme."""
        key = await self._catalog.programme_key(programme)
        moment = self._day.moment()
        found = await fresh_answer(self._fresh, customer_id, key, moment)
        if found is not None and found.answer is not None:
            return found.answer + time_tail(moment.now)
        stored = await self._fill([customer_id], [found], key, moment)
        return stored[0] + time_tail(moment.now)

    async def answers(
        self,
        keys: Sequence[tuple[str, bytes]],
        names: Sequence[str | None],
        programme: str | None,
    ) -> bytes:
        """Answer for many, by (kind, lookup key), in their order; `names` are asked-for ids."""
        key = await self._catalog.programme_key(programme)
        moment = self._day.moment()
        found = await fresh_answers(self._pool, keys, key, moment)
        stored = await self._fill(names, found, key, moment)
        tail = time_tail(moment.now)
        return b'{"answers":[' + b",".join([each + tail for each in stored]) + b"]}"

    async def _fill(
        self,
        names: Sequence[str | None],
        found: Sequence[Found | None],
        programme: str,
        moment: Moment,
    ) -> list[bytes]:
        stale = {each.profile_id for each in found if each is not None and each.answer is None}
        decided = await self._decider.answers(sorted(stale), programme, moment) if stale else {}
        answers = [
            None if each is None else each.answer or decided.get(each.profile_id) for each in found
        ]
        if None not in answers:
            return [answer for answer in answers if answer is not None]
        # A profile may vanish between two statements: erased customers are unknown ones.
        printer = await self._catalog.printer(programme)
        return [
            printer.unknown(name) if answer is None else answer
            for name, answer in zip(names, answers, strict=True)
        ]
