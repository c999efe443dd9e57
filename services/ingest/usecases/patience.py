"""Work that other writers may stand in the way of: tried again a few times, then refused."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from asyncpg import Connection, Pool

from services.ingest.errors import Busy
from services.ingest.usecases.accept import CONTENTION, FIRST_WAIT_S
from shared.jitter import backoff_s

_TRIES: Final = 6
Result = TypeVar("Result")


async def patiently(pool: Pool, work: Callable[[Connection], Awaitable[Result]]) -> Result:
    """Do work in a transaction of its own, again if another writer was in the way; raises Busy."""
    for attempt in range(_TRIES):
        try:
            async with pool.acquire() as connection, connection.transaction():
                return await work(connection)
        except CONTENTION as error:
            if attempt == _TRIES - 1:
                raise Busy from error
            await asyncio.sleep(backoff_s(attempt, first_s=FIRST_WAIT_S))
    raise AssertionError("unreachable")
