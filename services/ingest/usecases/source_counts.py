"""What became of each source's items by day and hour, counted in memory, written every second.

A row a source and day would be the hottest of the database if every request wrote it. A crash
loses at most a second of these counts; facts never come from them.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Final

import asyncpg

from services.ingest.queries.sources import SentCount, add_counts
from shared.away import is_away
from shared.clock import Clock
from shared.logs import logger

_EVERY_S: Final = 1.0
#: received, accepted, duplicates, conflicts, rejected, unsigned
Counts = tuple[int, int, int, int, int, int]
_NONE: Final[Counts] = (0, 0, 0, 0, 0, 0)
#: Whose, on which local date, in which hour.
Slot = tuple[str, date, datetime]


class SourceCounts:
    """Counts of what became of the items of each source, by day and hour."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, zone: tzinfo) -> None:
        """Take where to write, the clock, and whose days these are."""
        self._pool = pool
        self._clock = clock
        self._zone = zone
        self._waiting: dict[Slot, Counts] = {}
        self._writing: asyncio.Task[None] | None = None

    def add(  # noqa: PLR0913 - the counters, each by its name
        self,
        source_id: str,
        *,
        received: int,
        accepted: int = 0,
        duplicates: int = 0,
        conflicts: int = 0,
        rejected: int = 0,
        unsigned: int = 0,
    ) -> None:
        """Count a batch of a source; written within a second."""
        now = self._clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        slot = (source_id, now.astimezone(self._zone).date(), hour)
        self._merge({slot: (received, accepted, duplicates, conflicts, rejected, unsigned)})
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_later())

    async def close(self) -> None:
        """Write what waits."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Write what waits now; kept for later while the database is away."""
        counted, self._waiting = self._waiting, {}
        if not counted:
            return
        rows = [SentCount(*slot, counts) for slot, counts in counted.items()]
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await add_counts(connection, rows, self._clock.now())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            self._merge(counted)
            logger("ingest").warning("counts_wait", error=type(error).__name__, away=is_away(error))
        except asyncio.CancelledError:
            self._merge(counted)
            raise

    def _merge(self, counted: Mapping[Slot, Counts]) -> None:
        for slot, new in counted.items():
            a, b, c, d, e, f = self._waiting.get(slot, _NONE)
            g, h, i, j, k, m = new
            self._waiting[slot] = (a + g, b + h, c + i, d + j, e + k, f + m)

    async def _write_later(self) -> None:
        """Write every second until nothing waits."""
        while self._waiting:
            await asyncio.sleep(_EVERY_S)
            await self.flush()
        self._writing = None
