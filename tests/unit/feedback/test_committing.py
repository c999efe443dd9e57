import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from services.feedback.domain.capture.said import Arrival, Fate, Outcome
from services.feedback.usecases.capture.committing import GroupCommit, Overloaded
from tests.unit.feedback.arrivals import make_arrival


class Spoiled(Exception):
    """What this piece of feedback does to every transaction it is in."""


@dataclass(slots=True)
class Database:
    """Remembers which arrivals came together; some spoil their whole transaction."""

    spoiling: frozenset[int] = frozenset()
    error: type[Exception] = Spoiled
    groups: list[list[int]] = field(default_factory=list)

    async def commit(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        numbers = [arrival.said.feedback_id.int for arrival in arrivals]
        self.groups.append(numbers)
        await asyncio.sleep(0)
        if self.spoiling.intersection(numbers):
            raise self.error
        return [Outcome(Fate.STORED, arrival.said) for arrival in arrivals]


async def take(
    database: Database, count: int, *, most_waiting: int = 9
) -> list[Outcome | BaseException]:
    group = GroupCommit(database.commit, most_waiting)
    arrivals = [make_arrival(number) for number in range(1, count + 1)]
    return await asyncio.gather(*map(group.take, arrivals), return_exceptions=True)


async def test_those_who_come_at_once_share_a_transaction_and_get_their_own_answer() -> None:
    database = Database()
    outcomes = await take(database, 5)
    assert database.groups == [[1, 2, 3, 4, 5]]
    found = [each.said.feedback_id.int for each in outcomes if isinstance(each, Outcome)]
    assert found == [1, 2, 3, 4, 5]


async def test_a_lone_one_is_committed_alone() -> None:
    database = Database()
    await take(database, 1)
    assert database.groups == [[1]]


async def test_nobody_suffers_for_a_neighbour() -> None:
    database = Database(spoiling=frozenset({2}))
    outcomes = await take(database, 3)
    assert [type(each) for each in outcomes] == [Outcome, Spoiled, Outcome]
    assert database.groups == [[1, 2, 3], [1], [2], [3]]


async def test_a_database_that_is_away_is_not_asked_again_for_each() -> None:
    database = Database(spoiling=frozenset({1}), error=ConnectionRefusedError)
    outcomes = await take(database, 3)
    assert [type(each) for each in outcomes] == [ConnectionRefusedError] * 3
    assert database.groups == [[1, 2, 3]]


async def test_more_than_can_be_stored_soon_is_told_to_come_again() -> None:
    outcomes = await take(Database(), 3, most_waiting=2)
    assert [type(each) for each in outcomes] == [Outcome, Outcome, Overloaded]


async def test_whoever_left_is_not_stored_behind_their_back() -> None:
    database = Database()
    group = GroupCommit(database.commit)
    waits = [asyncio.create_task(group.take(make_arrival(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    waits[0].cancel()
    await asyncio.gather(*waits, return_exceptions=True)
    assert database.groups == [[2]]


async def test_closing_waits_for_what_is_under_way() -> None:
    database = Database()
    group = GroupCommit(database.commit)
    wait = asyncio.create_task(group.take(make_arrival(1)))
    await asyncio.sleep(0)
    await group.close()
    assert wait.done() or (await wait).fate is Fate.STORED
    assert database.groups == [[1]]


@pytest.mark.parametrize("head_start_s", [0.0, 0.01], ids=["before it begins", "amid a commit"])
async def test_a_forced_stop_leaves_nobody_waiting(head_start_s: float) -> None:
    async def never(arrivals: Sequence[Arrival]) -> list[Outcome]:
        if len(arrivals) > 1:
            raise Spoiled  # so that each is tried by itself
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    group = GroupCommit(never)
    waits = [asyncio.create_task(group.take(make_arrival(number))) for number in (1, 2)]
    await asyncio.sleep(head_start_s)
    stopping = asyncio.create_task(group.close())
    await asyncio.sleep(0)
    stopping.cancel()
    found = await asyncio.wait_for(asyncio.gather(*waits, return_exceptions=True), 5)
    assert [type(each) for each in found] == [asyncio.CancelledError] * 2
