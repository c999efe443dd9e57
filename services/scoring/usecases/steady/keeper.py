"""Keep the file young: one process a host writes it, beside the service, not inside it.

Writing a million customers takes seconds of CPU; on the event loop every read would wait for it.
"""

from __future__ import annotations

import asyncio
import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from services.scoring.queries.tiers.last_known import latest_withdrawal
from services.scoring.usecases.steady.last_known import LastKnown
from services.scoring.usecases.steady.outage import Outage
from shared.logs import logger

NOT_WRITTEN: Final = "snapshot_not_written"
_MODULE: Final = "services.scoring.snapshot"


class SnapshotKeeper:
    """Has the file written anew when it is old, and after an erasure or a revoked key."""

    __slots__ = ("_every_s", "_last_known", "_outage", "_path", "_pool")

    def __init__(
        self, pool: asyncpg.Pool, path: Path, last_known: LastKnown, outage: Outage, every_s: float
    ) -> None:
        """Take the database, the file and its reader, and the age at which it is renewed."""
        self._pool = pool
        self._path = path
        self._last_known = last_known
        self._outage = outage
        self._every_s = every_s

    async def run_once(self) -> bool:
        """Look for a newer file, and write one where it is time."""
        await asyncio.to_thread(self._last_known.refresh)
        if self._outage.is_away or not await self._is_due():
            return False
        try:
            with _alone(self._path) as is_alone:
                if is_alone:
                    await _write()
        except OSError as error:  # a home that is read-only, or full: answers go on
            logger("scoring").warning(NOT_WRITTEN, because=error.strerror)
        await asyncio.to_thread(self._last_known.refresh)
        return False

    async def _is_due(self) -> bool:
        header = self._last_known.header
        if header is None or self._last_known.age_s >= self._every_s:
            return True
        return await latest_withdrawal(self._pool) != header.withdrawn


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


async def _write() -> None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", _MODULE)
    try:
        status = await child.wait()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise
    if status:
        logger("scoring").warning(NOT_WRITTEN, status=status)
