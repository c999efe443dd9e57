"""Whether the database is away: known from the first failure on, asked again until it is back.

While it is away nobody waits for it: a network that swallows packets answers a connect after 5 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg

from shared.logs import logger
from shared.problem import DomainError

PAUSE_S: Final = 0.25
ANSWER_S: Final = 2.0
AWAY: Final = "database_away"
BACK: Final = "database_back"
START_REFUSED: Final = "start_refused"


class Outage:
    """Remembers that the database is away until `reach` succeeds again."""

    __slots__ = ("_is_away", "_pause_s", "_reach", "_task")

    def __init__(self, reach: Callable[[], Awaitable[None]], *, pause_s: float = PAUSE_S) -> None:
        """Take what succeeds only when everything a request needs is there."""
        self._reach = reach
        self._pause_s = pause_s
        self._is_away = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Tell whether to answer without the database."""
        return self._is_away

    def note(self) -> None:
        """Take notice of a failure: it may have been one connection only, so ask at once."""
        if self._is_away:
            return
        self._is_away = True
        self._task = asyncio.create_task(self._wait_for_it())

    async def close(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _wait_for_it(self) -> None:
        failures = 0
        while not await self._is_back():
            if not failures:
                logger("scoring").warning(AWAY)
            failures += 1
            await asyncio.sleep(self._pause_s)
        self._is_away = False
        if failures:
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
