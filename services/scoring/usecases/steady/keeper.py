"""Keep the file young: one process a host writes it, beside the service, not inside it.

Writing a million customers takes seconds of CPU; on the event loop every read would wait for it.
"""

from __future__ import annotations

import asyncio
import fcntl
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import asyncpg

from services.scoring.queries.tiers.last_known import latest_withdrawal
from services.scoring.usecases.steady.last_known import LastKnown
from services.scoring.usecases.steady.outage import Outage
from shared.logs import logger

NOT_WRITTEN: Final = "snapshot_not_written"
_MODULE: Final = "services.scoring.snapshot"
#: After a failure; twice as long after each further one.
FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 300.0
#: Has the file written; gives the exit status, 0 where it was.
Writer = Callable[[], Awaitable[int]]


async def write_beside() -> int:
    """Write the file in a process of its own."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE)
    try:
        return await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise


@dataclass(frozen=True, slots=True)
class Writing:
    """Where the file is, the age at which it is renewed, who writes it; a clock in seconds."""

    path: Path
    every_s: float
    write: Writer = write_beside
    now: Callable[[], float] = monotonic


class SnapshotKeeper:
    """Has the file written anew when it is old, and after an erasure or a revoked key.

    Where that fails it is tried again after a pause that grows: a process costs a second of CPU.
    """

    __slots__ = ("_failures", "_last_known", "_not_before", "_outage", "_pool", "_writing")

    def __init__(
        self, pool: asyncpg.Pool, writing: Writing, last_known: LastKnown, outage: Outage
    ) -> None:
        """Take the database, how the file is written, and its reader."""
        self._pool = pool
        self._writing = writing
        self._last_known = last_known
        self._outage = outage
        self._failures = 0
        self._not_before = writing.now()

    async def run_once(self) -> bool:
        """Look for a newer file, and write one where it is time."""
        await asyncio.to_thread(self._last_known.refresh)
        is_early = self._writing.now() < self._not_before
        if self._outage.is_away or is_early or not await self._is_due():
            return False
        try:
            with _alone(self._writing.path) as is_alone:
                if is_alone:
                    self._wrote(await self._writing.write())
        except OSError as error:  # a home that is read-only, or full: answers go on
            self._failed(because=error.strerror)
        await asyncio.to_thread(self._last_known.refresh)
        return False

    async def _is_due(self) -> bool:
        """Ask the database first: where it is away, no process is begun."""
        withdrawn, header = await latest_withdrawal(self._pool), self._last_known.header
        if header is None or self._last_known.age_s >= self._writing.every_s:
            return True
        return withdrawn != header.withdrawn

    def _wrote(self, status: int) -> None:
        if status:
            self._failed(status=status)
        else:
            self._failures = 0

    def _failed(self, **why: object) -> None:
        self._failures += 1
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 10))
        self._not_before = self._writing.now() + pause_s
        logger("scoring").warning(NOT_WRITTEN, failures=self._failures, pause_s=pause_s, **why)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Tell whether no other process of this host writes the file just now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
