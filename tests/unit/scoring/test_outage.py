"""One lost connection is no outage; an outage is known at once, and so is its end."""

import asyncio
from dataclasses import dataclass

import asyncpg
import pytest

from services.scoring.usecases.steady.outage import Outage, once_more
from shared.health import WrongMigration


@dataclass(slots=True)
class FakeDatabase:
    """A database that answers, or fails as told."""

    fault: Exception | None = None
    asked: int = 0

    async def reach(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault


async def answered() -> str:
    return "fresh"


LOST = ConnectionResetError("one connection")


async def test_a_lost_connection_is_no_outage() -> None:
    outage = Outage(FakeDatabase().reach)
    assert await once_more(LOST, outage, answered) == "fresh"
    assert outage.is_away is False


async def test_an_outage_is_confirmed_once_for_all_who_ask() -> None:
    database = FakeDatabase(ConnectionRefusedError())
    outage = Outage(database.reach, pause_s=60)
    found = await asyncio.gather(*(once_more(LOST, outage, answered) for _ in range(50)))
    assert (set(found), outage.is_away, database.asked) == ({None}, True, 1)
    await outage.close()


async def test_who_fails_again_while_it_is_there_is_told_the_last_known() -> None:
    async def fails() -> str:
        raise LOST

    outage = Outage(FakeDatabase().reach)
    assert await once_more(LOST, outage, fails) is None
    assert outage.is_away is False


@pytest.mark.parametrize("slow", [asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError])
async def test_a_slow_statement_is_no_outage(slow: type[Exception]) -> None:
    database = FakeDatabase()
    with pytest.raises(slow):
        await once_more(slow("slow"), Outage(database.reach), answered)
    assert database.asked == 0


@pytest.mark.parametrize(
    "fault",
    [ConnectionRefusedError(), asyncpg.CannotConnectNowError("starting"), WrongMigration()],
    ids=["refused", "starting", "not migrated"],
)
async def test_it_is_over_when_the_database_can_be_used(fault: Exception) -> None:
    database = FakeDatabase(fault)
    outage = Outage(database.reach, pause_s=0.001)
    outage.begin()
    async with asyncio.timeout(10):
        while database.asked < 3:
            await asyncio.sleep(0.001)
        assert outage.is_away is True
        database.fault = None
        while outage.is_away:
            await asyncio.sleep(0.001)
    await outage.close()
