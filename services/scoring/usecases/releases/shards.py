"""Divide a whole base among processes: where they find it, and what they are told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from threading import Event, get_native_id
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import asyncpg

from services.scoring.domain.tiers.timeline import MidnightOf
from services.scoring.model.shards import (
    Workers,
    available_cores,
    dismiss,
    work_on,
    workers_of_this_thread,
)
from services.scoring.queries.bases.whole_base import CHUNK
from services.scoring.queries.bases.whole_days import IdRange, count_customers, split_base
from shared.clock import first_instant_of
from shared.db import Limits, create_raw_pool

# Every shard scans the days of the whole shop once: few and large ones, as memory allows. One of
# this size takes 450 MB with 15 days a customer.
MOST_CUSTOMERS: Final = 520_000
# Postgres works beside them.
_MOST_CORES: Final = 4
_NICENESS: Final = 10
Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a shard's process finds the base; the address holds a password and is not shown."""

    url: str = field(repr=False)
    zone: ZoneInfo
    timeout_s: float = 600.0

    def midnights(self) -> MidnightOf:
        """Give the zone's midnights, each worked out once."""
        return lru_cache(maxsize=4096)(partial(first_instant_of, zone=self.zone))

    @asynccontextmanager
    async def pool(self, size: int = 1) -> AsyncIterator[asyncpg.Pool]:
        """Open as many connections as are used at once."""
        pool = await create_raw_pool(self.url, Limits("scoring-bulk", self.timeout_s), size=size)
        try:
            yield pool
        finally:
            await pool.close()


@dataclass(frozen=True, slots=True)
class Bulk:
    """Works on the whole base; `jobs` processes unless `joblib.parallel_config` says otherwise."""

    site: Site
    jobs: int = 1
    most_customers: int = MOST_CUSTOMERS
    chunk: int = CHUNK

    async def ranges(self, pool: asyncpg.Pool) -> list[IdRange]:
        """Divide the base into ranges, as many as keep everybody busy to the end."""
        customers = await count_customers(pool)
        return await split_base(pool, self.size_of(customers))

    def size_of(self, customers: int) -> int:
        """Size ranges: whole chunks, at most the most, and as many ranges for every job."""
        most = self.most_customers
        rounds = -(-customers // (self.jobs * most))
        wanted = -(-customers // (self.jobs * rounds)) if customers > most else most
        return max(-(-wanted // self.chunk), 1) * self.chunk

    async def run(
        self,
        work: Callable[[Task], Result],
        tasks: Sequence[Task],
        report: Callable[[float], Awaitable[None]],
    ) -> list[Result]:
        """Work on every task away from the loop, and report which part is done."""
        workers = workers_of_this_thread(self.jobs if len(tasks) > 1 else 1)
        stop, loop = Event(), asyncio.get_running_loop()

        def done(count: int) -> None:
            later = _reported(report, count / len(tasks))
            asyncio.run_coroutine_threadsafe(later, loop).result()

        thread = ThreadPoolExecutor(1, initializer=_stand_back)
        try:
            return await loop.run_in_executor(thread, _work, work, tasks, workers, done, stop)
        finally:
            stop.set()  # a cancelled sweep begins no further shard
            thread.shutdown(wait=False)

    async def rest(self) -> None:
        """Let go of the processes."""
        if self.jobs > 1:
            await asyncio.to_thread(dismiss)


def _stand_back() -> None:
    """Let whoever reads a tier go first: this thread, and the processes it will start.

    Only Linux knows threads apart; elsewhere all share the cores alike. While 10,000 customers
    were published on two cores p99 of 200 reads/s was 1.55 times that of before, without it 3.3.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), _NICENESS)


def _work(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: Workers,
    done: Callable[[int], None],
    stop: Event,
) -> list[Result]:
    return work_on(tasks, work, workers, done=done, stop=stop)


async def _reported(report: Callable[[float], Awaitable[None]], share: float) -> None:
    await report(share)


def jobs_for(wanted: int) -> int:
    """Count the processes to work with: as many as wanted, else the cores there are, at most 4."""
    return wanted or min(available_cores(), _MOST_CORES)
