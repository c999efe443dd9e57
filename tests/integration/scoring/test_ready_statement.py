"""The hottest statement on connections of its own: shared fairly, replaced when they break."""

import asyncio

import asyncpg
import pytest

from services.scoring.queries.tiers.ready_statement import ReadyStatement
from tests.trained import raw_pool

PID = "SELECT pg_backend_pid() AS pid, $1::int AS given"
NAP = "SELECT pg_sleep($1)"


async def test_more_callers_than_connections_all_get_their_answer(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        ready = ReadyStatement(pool, PID, size=2)
        rows = await asyncio.gather(*(ready.fetchrow(number) for number in range(50)))
        assert [row["given"] for row in rows if row] == list(range(50))
        assert len({row["pid"] for row in rows if row}) == 2
        await ready.close()


async def test_a_broken_connection_is_replaced(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        ready = ReadyStatement(pool, PID, size=1)
        row = await ready.fetchrow(1)
        assert row is not None
        await pool.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await asyncio.sleep(0.05)
        again = await ready.fetchrow(2)
        assert again is not None
        assert again["pid"] != row["pid"]
        await ready.close()


async def test_an_error_does_not_take_a_connection_away(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        ready = ReadyStatement(pool, "SELECT 1 / $1::int AS inverse", size=1)
        for _ in range(3):
            with pytest.raises(asyncpg.DivisionByZeroError):
                await ready.fetchrow(0)
        assert await ready.fetchrow(1) is not None
        await ready.close()


async def test_a_statement_that_cannot_be_prepared_blocks_nobody(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        ready = ReadyStatement(pool, "SELECT nothing FROM nowhere", size=1)
        for _ in range(6):  # more than the pool has connections
            with pytest.raises(asyncpg.UndefinedTableError):
                await ready.fetchrow()


async def test_a_caller_who_leaves_passes_the_turn_on(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        ready = ReadyStatement(pool, NAP, size=1)
        callers = [asyncio.create_task(ready.fetchrow(0.05)) for _ in range(3)]
        await asyncio.sleep(0.02)
        callers[1].cancel()
        first, second, third = await asyncio.gather(*callers, return_exceptions=True)
        assert isinstance(second, asyncio.CancelledError)
        assert not isinstance(first, BaseException)
        assert not isinstance(third, BaseException)
        await ready.close()
