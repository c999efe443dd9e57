"""Roll KPIs up: every night, and again for dates whose facts have changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.kpis.rounds import REPAIRED_DAYS, dates_changed, dates_to_roll_up
from services.feedback.queries.kpis import daily, held
from services.feedback.queries.kpis.flows import Span, put_flows
from services.feedback.queries.kpis.levels import note_measures, note_people
from services.feedback.queries.kpis.measured import put_measured
from shared.clock import Clock, business_date, first_instant_of
from shared.job_runner import JobHandler
from shared.jobs import Job
from shared.money import exponent_of

REBUILD: Final = "kpis_rebuild"
# A million customers take a minute or two; sorts and hashes may hold some of their days in memory.
_PATIENCE: Final = (
    "SET LOCAL statement_timeout = '1h'; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off"
)
#: Sorts of customers (by the tiers of some dates) above which fewer dates are counted at once.
MOST_SORTS: Final = 20_000
_AGAIN_S: Final = 2.0
Report = Callable[[float, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RollUp:
    """What rolling up needs: the shop's database, clock and zone."""

    pool: asyncpg.Pool
    clock: Clock
    zone: ZoneInfo
    most_sorts: int = MOST_SORTS

    async def nightly(self) -> bool:
        """Roll up what ended since the last time and what has changed; once a date.

        A shop where nothing ever happened is not rolled up: its first facts are, at the next look.
        """
        last = await daily.last_rolled_up(self.pool)
        is_due = await daily.has_facts(self.pool) if last is None else last[0] < self.yesterday()
        if is_due:
            await self.run()
        return False

    async def run(self, *, is_all: bool = False, report: Report | None = None) -> Period | None:
        """Roll up now; gives the dates, None while somebody else does it."""
        async with self._alone() as connection:
            if connection is None:
                return None
            yesterday = self.yesterday()
            await (report or _nobody)(0.02, "looking for dates that have changed")
            then, prints = await self._prints(connection, yesterday)
            dates = dates_to_roll_up(then, prints, yesterday, is_all=is_all)
            await self._put(connection, dates, prints, report or _nobody)
            return dates

    async def catch_up(self) -> bool:
        """Roll up if the facts of a date have changed since; False while somebody else rolls up."""
        async with self._alone() as connection:
            if connection is None:
                return False
            yesterday = self.yesterday()
            then, prints = await self._prints(connection, yesterday)
            if dates_changed(then, prints, yesterday):
                dates = dates_to_roll_up(then, prints, yesterday)
                await self._put(connection, dates, prints, _nobody)
            return True

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[asyncpg.Connection | None]:
        """Give a connection that sees one moment to whoever rolls up; None to all others."""
        async with self.pool.acquire() as connection:
            # Taken before the snapshot: what the last one wrote is in it.
            if not await daily.try_to_begin(connection):
                yield None
                return
            try:
                async with connection.transaction(isolation="repeatable_read"):
                    await connection.execute(_PATIENCE)
                    yield connection
            finally:
                await daily.end(connection)

    async def _prints(
        self, connection: asyncpg.Connection, yesterday: date
    ) -> tuple[dict[date, int], dict[date, int]]:
        decimals = exponent_of(await daily.currency_of(connection) or "CNY")
        then = await daily.prints_then(connection)
        return then, await daily.prints_now(connection, self.zone.key, yesterday, decimals)

    async def _put(
        self,
        connection: asyncpg.Connection,
        dates: Period,
        prints: Mapping[date, int],
        tell: Report,
    ) -> None:
        await daily.clear(connection, dates.first, dates.last)
        await self._write(connection, span_of(dates, self.zone), tell)
        await daily.note_prints(connection, _whole(prints, dates), self.clock.now())

    async def _write(self, connection: asyncpg.Connection, span: Span, tell: Report) -> None:
        await tell(0.1, "finding who held which tier")
        await held.note_held(connection, span.zone)
        await tell(0.2, "adding up days")
        await put_flows(connection, span)
        await tell(0.4, "counting customers")
        dates = Period(span.first, span.last)
        await self._count(connection, dates, await held.ladders(connection))

    async def _count(
        self, connection: asyncpg.Connection, dates: Period, ladders: Sequence[held.Ladder]
    ) -> None:
        """Count customers of some dates, in halves where too many moved between tiers in them."""
        span = span_of(dates, self.zone)
        sorts = await note_people(connection, span)
        if sorts > self.most_sorts and dates.days > REPAIRED_DAYS:
            for half in dates.halves():
                await self._count(connection, half, ladders)
            return
        currency = await daily.currency_of(connection)
        await note_measures(connection, span, exponent_of(currency or "CNY"))
        await put_measured(connection, ladders)

    def yesterday(self) -> date:
        """Name the last business date that is over."""
        return business_date(self.clock.now(), self.zone) - timedelta(days=1)


def span_of(dates: Period, zone: ZoneInfo) -> Span:
    """Give the instants that some dates begin and end at."""
    after = dates.last + timedelta(days=1)
    return Span(
        dates.first,
        dates.last,
        zone.key,
        first_instant_of(dates.first, zone),
        first_instant_of(after, zone),
    )


def rebuilding(rolls: RollUp) -> JobHandler:
    """Return what does a job REBUILD: all dates anew."""

    async def rebuild(_: Job, report: Report) -> Mapping[str, object]:
        while (dates := await rolls.run(is_all=True, report=report)) is None:
            await report(0.0, "waiting for the round of the night")
            await asyncio.sleep(_AGAIN_S)
        return {"from": dates.first.isoformat(), "to": dates.last.isoformat(), "days": dates.days}

    return rebuild


def _whole(prints: Mapping[date, int], dates: Period) -> dict[date, int]:
    """Give a print to dates without facts too: they were rolled up."""
    days = (dates.first + timedelta(days=n) for n in range(dates.days))
    return {day: prints.get(day, 0) for day in days}


async def _nobody(progress: float, message: str) -> None:
    """Tell nobody."""
