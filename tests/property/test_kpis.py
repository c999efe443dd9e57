"""What is rolled up is what a recount of every customer gives, whatever happens in the shop."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from services.feedback.usecases.kpis.check import differences
from services.feedback.usecases.kpis.roll_up import RollUp
from shared.clock import FixedClock
from shared.db import Limits, create_raw_pool
from tests.databases import Databases
from tests.kpi_shop import NOW, TIERS, TODAY, Day, KpiShop, ago, noon

ZONE = ZoneInfo("Asia/Shanghai")
CUSTOMERS = 8
# Windows end here: one day too early or too late shows.
EDGES = (1, 30, 31, 89, 90, 91, 179, 180, 181, 364, 365, 366, 454, 455, 456, 729, 730, 731)
DAYS_AGO = st.one_of(st.sampled_from(EDGES), st.integers(1, 760))
PEOPLE = st.integers(0, CUSTOMERS - 1)


@dataclass(slots=True)
class World:
    """A database and the loop its pool lives in."""

    runner: asyncio.Runner
    pool: asyncpg.Pool


@pytest.fixture(scope="module")
def world(databases: Databases) -> Iterator[World]:
    with databases.temporary() as url, asyncio.Runner() as runner:
        pool = runner.run(create_raw_pool(url, Limits("tests", 60), size=2))
        yield World(runner, pool)
        runner.run(pool.close())


SALES = st.builds(
    Day,
    customer=PEOPLE,
    day=DAYS_AGO.map(ago),
    orders=st.integers(1, 2),
    net=st.integers(-500, 5000),
    sales=st.integers(1, 5000),
    referrals=st.sampled_from([0, 0, 0, 1]),
)
# A return without a sale on its day; browsing that referred somebody.
OTHERS = st.builds(
    Day,
    customer=PEOPLE,
    day=DAYS_AGO.map(ago),
    orders=st.just(0),
    net=st.integers(-900, 0),
    sales=st.just(0),
    cost=st.integers(-300, 0),
    referrals=st.integers(0, 1),
)
HISTORIES = st.lists(st.one_of(SALES, SALES, SALES, OTHERS), max_size=25)
TELLINGS = st.lists(
    st.tuples(
        PEOPLE,
        st.sampled_from([(key, tier) for key, tiers in TIERS.items() for tier in tiers]),
        DAYS_AGO,
        st.integers(0, 23),
    ),
    max_size=20,
)
#: What serving somebody cost: who, how many days ago, how much.
COSTS = st.tuples(PEOPLE, DAYS_AGO, st.integers(1, 900))
LATER = st.lists(
    st.one_of(
        st.tuples(st.just("cost"), COSTS),
        st.tuples(st.just("erase"), PEOPLE),
        st.tuples(st.just("days"), st.lists(st.one_of(SALES, OTHERS), min_size=1, max_size=3)),
        st.tuples(st.just("merge"), st.tuples(PEOPLE, PEOPLE)),
    ),
    max_size=2,
)


async def settled(pool: asyncpg.Pool, nights: int) -> None:
    """Roll up on a night, then compare every date at an edge and the dates around."""
    clock = FixedClock(NOW + timedelta(days=nights))
    # few at once on every other night: the same numbers, whatever is counted together
    rolls = RollUp(pool, clock, ZONE, most_sorts=1 if nights % 2 == 0 else 1000)
    await rolls.nightly()
    days = [ago(n - nights) for n in (*EDGES, 2, 200, 760)]
    _, found = await differences(pool, ZONE, days)
    assert found == []


async def lived(
    pool: asyncpg.Pool,
    history: list[Day],
    told: list[Any],
    later: list[tuple[str, Any]],
    costs: Sequence[tuple[int, int, int]] = (),
) -> None:
    async with pool.acquire() as connection:
        shop = KpiShop(connection)
        await shop.open(CUSTOMERS)
        # all dates looked at have begun: the shop is older than its tiers
        await shop.add([Day(0, ago(761)), *history])
        for customer, (programme, tier), days, hours in told:
            await shop.tell(customer, programme, tier, noon(ago(days)) + timedelta(hours=hours))
        for cost in costs:
            await shop.serve(*cost)
        await settled(pool, 0)
        for night, (what, given_) in enumerate(later, 1):
            if what == "days":
                await shop.add(given_)
            elif what == "cost":
                await shop.serve(*given_)
            elif what == "erase":
                await shop.erase(given_, NOW + timedelta(days=night - 1, hours=1))
            elif given_[0] != given_[1]:
                await shop.merge(*given_)
            await settled(pool, night)


@settings(
    max_examples=6,
    deadline=None,
    # a smaller example takes minutes to find
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(history=HISTORIES, told=TELLINGS, later=LATER, costs=st.lists(COSTS, max_size=4))
def test_roll_ups_are_what_a_recount_gives(
    world: World,
    history: list[Day],
    told: list[Any],
    later: list[tuple[str, Any]],
    costs: list[tuple[int, int, int]],
) -> None:
    world.runner.run(lived(world.pool, history, told, later, costs))


@pytest.mark.parametrize(
    "later",
    [
        [("cost", (1, 200, 500))],
        [("erase", 1), ("merge", (1, 2))],
        [("merge", (1, 2)), ("erase", 2)],
        [("merge", (1, 2)), ("merge", (2, 3))],
        [("days", [Day(1, ago(400), orders=0, net=-900, sales=0)])],
    ],
    ids=["late cost", "erased", "merged and erased", "merged twice", "late return"],
)
def test_what_comes_later_moves_roll_ups_as_it_moves_a_recount(
    world: World, later: list[tuple[str, Any]]
) -> None:
    history = [Day(n, ago(days)) for n in range(4) for days in (5, 100, 300, 500)]
    told = [(n, ("value", "mid"), 250, n) for n in range(4)]
    costs = [(1, 100, 250), (2, 300, 50)]
    world.runner.run(lived(world.pool, history, told, later, costs))


def test_every_date_of_a_busy_shop_is_what_a_recount_gives(world: World) -> None:
    history = [
        Day(n % CUSTOMERS, ago(1 + (n * n * 7) % 750), orders=1 + n % 2, net=100 + n)
        for n in range(300)
    ]
    told = [
        (n % CUSTOMERS, ("value", TIERS["value"][n % 3]), 1 + (n * 53) % 740, n % 24)
        for n in range(60)
    ]
    world.runner.run(lived(world.pool, history, told, []))
    days = [TODAY - timedelta(days=n) for n in range(1, 760, 37)]
    compared, found = world.runner.run(differences(world.pool, ZONE, days))
    assert found == []
    assert compared > 20 * len(days)
