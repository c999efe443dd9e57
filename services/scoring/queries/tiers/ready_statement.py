"""One statement kept prepared on connections of its own, for the hottest read.

A pool's acquire and release cost more than the statement itself does on our side (15 of 30 us).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

import asyncpg

_PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A connection with the statement prepared."""

    connection: Any
    statement: Any


class ReadyStatement:
    """Runs one statement on up to `size` connections taken from a pool when first needed."""

    __slots__ = ("_free", "_is_planned_once", "_opened", "_pool", "_size", "_sql", "_waiting")

    def __init__(
        self, pool: asyncpg.Pool, sql: str, *, size: int, is_planned_once: bool = False
    ) -> None:
        """Take the pool to open connections from, the statement, and how many may be open.

        `is_planned_once` is for a list among the arguments: Postgres guesses ten elements where it
        is not told, so it would plan each call anew (0.3 ms) for the shorter list it is told of.
        """
        self._pool = pool
        self._sql = sql
        self._size = size
        self._is_planned_once = is_planned_once
        self._free: list[_Ready] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._opened = 0

    async def fetchrow(self, *arguments: object) -> asyncpg.Record | None:
        """Run the statement; a connection that fails in it is given back and replaced."""
        ready = self._free.pop() if self._free else await self._open_or_wait()
        if _is_broken(ready):
            await self._discard(ready)
            return await self.fetchrow(*arguments)
        try:
            row = await ready.statement.fetchrow(*arguments)
        except BaseException:
            await self._discard(ready)
            raise
        self._free.append(ready)
        if self._waiting:
            self._wake()
        return row

    async def close(self) -> None:
        """Give every idle connection back to the pool."""
        while self._free:
            await self._discard(self._free.pop())

    async def _open_or_wait(self) -> _Ready:
        while self._opened >= self._size:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # it was our turn: pass it on
                raise
            if self._free:
                return self._free.pop()
        return await self._open()

    async def _open(self) -> _Ready:
        self._opened += 1
        connection: Any = None
        try:
            connection = await self._pool.acquire()
            if self._is_planned_once:
                await connection.execute(_PLAN_ONCE)
            return _Ready(connection, await connection.prepare(self._sql))
        except BaseException:
            self._opened -= 1
            self._wake()
            if connection is not None:
                await self._pool.release(connection)
            raise

    async def _discard(self, ready: _Ready) -> None:
        self._opened -= 1
        self._wake()
        if self._is_planned_once and not _is_broken(ready):
            ready.connection.terminate()  # nobody else shall plan so
        await self._pool.release(ready.connection)

    def _wake(self) -> None:
        """Let the longest waiting caller go on."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


def _is_broken(ready: _Ready) -> bool:
    try:
        return bool(ready.connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has already taken it back
        return True
