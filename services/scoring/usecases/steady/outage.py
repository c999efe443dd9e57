"""Whether the database is away: known from the first failure on, asked again until it is back.

While it is away nobody waits for it: a network that swallows packets answers a connect after 5 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg

from shared.away import AWAY_ERRORS
from shared.logs import logger
from shared.problem import DomainError

PAUSE_S: Final = 0.25
ANSWER_S: Final = 2.0
AWAY: Final = "database_away"
BACK: Final = "database_back"
START_REFUSED: Final = "start_refused"
_BUSY: Final = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
Result = TypeVar("Result")


class Outage:
    """Remembers that the database is away until `reach` succeeds again."""

    __slots__ = ("_asking", "_is_away", "_pause_s", "_reach", "_task")

    def __init__(self, reach: Callable[[], Awaitable[None]], *, pause_s: float = PAUSE_S) -> None:
        """Take what succeeds only when everything a request needs is there."""
        self._reach = reach
        self._pause_s = pause_s
        self._is_away = False
        self._asking: asyncio.Task[bool] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Tell whether to answer without the database."""
        return self._is_away

    async def is_confirmed(self) -> bool:
        """Ask at once after a failure: it may have been one connection only.

        Whoever asks meanwhile shares the answer.
        """
        if self._is_away:
            return True
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._is_back())
        if await asyncio.shield(self._asking):
            return False
        self.begin()
        return True

    def begin(self) -> None:
        """Answer without the database from now on, until it is back."""
        if not self._is_away:
            self._is_away = True
            logger("scoring").warning(AWAY)
            self._task = asyncio.create_task(self._wait_for_it())

    async def close(self) -> None:
        """Ask no more."""
        tasks = [task for task in (self._task, self._asking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait_for_it(self) -> None:
        is_back = False
        while not is_back:
            await asyncio.sleep(self._pause_s)
            is_back = await self._is_back()
        self._is_away = False
        logger("scoring").info(BACK)

    async def _is_back(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._reach()
        except DomainError as error:  # another schema, say: somebody is about to migrate it
            logger("scoring").error(START_REFUSED, because=error.detail)
            return False
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
        return True


async def once_more(
    error: Exception, outage: Outage, work: Callable[[], Awaitable[Result]]
) -> Result | None:
    """Try again what failed while the database is there after all; None when it is away.

    Raises the error of a statement or a lock that took too long: to that a tier that may be old is
    no answer.
    """
    if isinstance(error, _BUSY):
        raise error
    if await outage.is_confirmed():
        return None
    try:
        return await work()
    except AWAY_ERRORS as again:
        if isinstance(again, _BUSY):
            raise
        return None
