"""Requests that wait share a commit, and nobody suffers for a neighbour."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from services.ingest.domain.arrival import Arrival
from services.ingest.errors import Busy, Overloaded, SumsOutOfRange
from services.ingest.usecases.accept import Outcome
from services.ingest.usecases.committing import GroupCommit, GroupLimits
from services.ingest.usecases.read_receipts import read_receipt
from tests.tills import receipt
from tests.unit.ingest.readings import make_reading

LIMITS = GroupLimits(group_items=4, committers=1, queue_items=8, patience_s=10)


@dataclass(slots=True)
class FakeLog:
    """Commits when told to, and knows poison by its number."""

    poison: dict[int, Exception] = field(default_factory=dict)
    groups: list[list[int]] = field(default_factory=list)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    async def commit(self, arrivals: Sequence[Arrival], tries: int) -> Outcome:
        self.groups.append([arrival.index for arrival in arrivals])
        await self.is_open.wait()
        for arrival in arrivals:
            if arrival.index in self.poison:
                raise self.poison[arrival.index]
        numbers = [arrival.index for arrival in arrivals]
        return Outcome(accepted=numbers, sequences={n: 100 + n for n in numbers})


def arrivals(first: int, items: int = 1) -> list[Arrival]:
    one = read_receipt(0, receipt(1), make_reading())
    return [replace(one, index=number) for number in range(first, first + items)]


async def taken(log: FakeLog, *sizes: int, limits: GroupLimits = LIMITS) -> list[object]:
    """Let requests of these sizes come at once while the log is shut, then open it."""
    group = GroupCommit(log.commit, limits)
    posts = [
        asyncio.create_task(group.take(arrivals(group.first_number(size), size))) for size in sizes
    ]
    await asyncio.sleep(0.01)
    log.is_open.set()
    outcomes = await asyncio.gather(*posts, return_exceptions=True)
    await group.close()
    assert group.waiting_items == 0
    return [x.accepted if isinstance(x, Outcome) else type(x) for x in outcomes]


async def test_a_crowd_shares_commits_and_each_is_told_its_own() -> None:
    log = FakeLog()
    assert await taken(log, 1, 1, 1, 1, 1) == [[0], [1], [2], [3], [4]]
    assert log.groups == [[0, 1, 2, 3], [4]]


async def test_a_large_batch_goes_alone() -> None:
    log = FakeLog()
    await taken(log, 1, 6, 1)
    assert log.groups == [[0], [1, 2, 3, 4, 5, 6], [7]]


async def test_who_comes_the_moment_another_is_told_is_taken_too() -> None:
    log = FakeLog()
    log.is_open.set()
    group = GroupCommit(log.commit, LIMITS)

    async def one_after_the_other() -> list[list[int]]:
        return [(await group.take(arrivals(number))).accepted for number in range(3)]

    assert await asyncio.wait_for(one_after_the_other(), 10) == [[0], [1], [2]]


async def test_committers_work_beside_each_other() -> None:
    log = FakeLog()
    await taken(log, 3, 3, limits=replace(LIMITS, committers=2))
    assert log.groups == [[0, 1, 2], [3, 4, 5]]


async def test_each_request_knows_the_newest_position_of_its_own_items() -> None:
    log = FakeLog()
    group = GroupCommit(log.commit, LIMITS)
    log.is_open.set()
    outcomes = await asyncio.gather(*(group.take(arrivals(number)) for number in (5, 6)))
    assert [outcome.sequence for outcome in outcomes] == [105, 106]


@pytest.mark.parametrize("error", [ZeroDivisionError(), Busy()])
async def test_one_request_that_fails_fails_alone(error: Exception) -> None:
    log = FakeLog(poison={2: error})
    assert await taken(log, 1, 1, 1, 1) == [[0], [1], type(error), [3]]


async def test_a_sum_too_large_refuses_the_item_and_nothing_else() -> None:
    log = FakeLog(poison={2: SumsOutOfRange()})
    group = GroupCommit(log.commit, LIMITS)
    log.is_open.set()
    outcome = await group.take(arrivals(0, 4))
    assert (sorted(outcome.accepted), outcome.unfit) == ([0, 1, 3], [2])


async def test_the_search_for_what_does_not_fit_ends() -> None:
    log = FakeLog(poison={number: SumsOutOfRange() for number in range(1000)})
    group = GroupCommit(log.commit, replace(LIMITS, queue_items=1000))
    log.is_open.set()
    outcome = await group.take(arrivals(0, 1000))
    assert sorted(outcome.unfit) == list(range(1000))
    assert len(log.groups) < 150


async def test_a_database_away_fails_the_group_without_a_search() -> None:
    log = FakeLog(poison={1: ConnectionRefusedError()})
    assert await taken(log, 1, 1, 1) == [ConnectionRefusedError] * 3
    assert len(log.groups) == 1


async def test_a_full_queue_refuses_at_once_but_takes_any_batch_when_empty() -> None:
    log = FakeLog()
    assert await taken(log, 20) == [list(range(20))]
    log = FakeLog()
    sizes = (4, 4, 4, 1)
    assert (await taken(log, *sizes, limits=replace(LIMITS, queue_items=6)))[2] is Overloaded


async def test_who_waited_longer_than_a_client_does_is_refused() -> None:
    log, times = FakeLog(), iter([0.0, 0.0, 20.0, 20.0])
    group = GroupCommit(log.commit, LIMITS, now=lambda: next(times))
    log.is_open.set()
    posts = (group.take(arrivals(number)) for number in (0, 1))
    outcomes = await asyncio.gather(*posts, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Overloaded, Overloaded]
    assert log.groups == []
