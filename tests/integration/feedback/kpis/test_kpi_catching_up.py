from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import asyncpg
from typing_extensions import override

from services.feedback.usecases.kpis.roll_up import RollUp
from services.feedback.usecases.kpis.watch import FEW, REST, TRICKLE_S, Watch
from shared.clock import FixedClock
from tests.integration.feedback.kpis.conftest import ZONE, Place
from tests.kpi_shop import NOW, TODAY, Day, ago, person

_EVENT = """
INSERT INTO events (profile_id, sequence, source_id, kind, event_key, business_date, occurred_at,
    effective_at, received_at, body)
SELECT $1, nextval('event_sequence'), 'till', $2, '', $3, $4, $4, $4, '{}'
FROM generate_series(1, $5::int)
"""


@dataclass(slots=True)
class Seconds:
    """A monotonic clock that goes on by itself with every roll-up, and when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True, slots=True)
class Slow(RollUp):
    """Takes a minute to catch up."""

    seconds: Seconds = field(default_factory=Seconds)

    @override
    async def catch_up(self) -> bool:
        self.seconds.now += 60
        return await RollUp.catch_up(self)


async def take_in(
    place: Place, day: date, count: int = 1, kind: str = "receipt", customer: int = 0
) -> None:
    """Take in receipts of a date as ingest does: facts and events in one."""
    at = datetime.combine(day, time(12), UTC)
    await place.pool.execute(_EVENT, person(customer), kind, day, at, count)
    await place.shop.add([Day(customer, day, orders=count)])


async def orders_of(place: Place, day: date) -> int:
    return int(
        await place.pool.fetchval(
            "SELECT coalesce(sum(denominator), 0) FROM kpi_daily"
            " WHERE kpi_key = 'aov' AND slice = 'all' AND business_date = $1",
            day,
        )
    )


def rolls_of(place: Place) -> RollUp:
    return RollUp(place.pool, FixedClock(NOW), ZONE)


async def test_a_small_first_import_is_whole_a_few_looks_after_its_end(place: Place) -> None:
    watch = Watch(rolls_of(place), Seconds())
    for _ in range(4):
        await take_in(place, ago(300), 225)
        await watch.look()
    assert await orders_of(place, ago(300)) == 225, "it may still go on"
    await watch.look()
    await watch.look()
    assert await orders_of(place, ago(300)) == 900


async def test_some_late_events_of_a_running_shop_do_not_wait_for_the_night(place: Place) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    watch = Watch(rolls_of(place), Seconds())
    await watch.look()
    await take_in(place, ago(60), 3)
    for _ in range(3):
        await watch.look()
    assert await orders_of(place, ago(60)) == 3


async def test_a_trickle_of_late_events_waits_a_minute_and_a_burst_for_its_end(
    place: Place,
) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    seconds = Seconds()
    watch = Watch(rolls_of(place), seconds)
    await watch.look()
    await take_in(place, ago(60))
    await watch.look()
    seconds.now += TRICKLE_S
    await take_in(place, ago(60), FEW)
    await watch.look()
    assert await orders_of(place, ago(60)) == 0
    for _ in range(2):
        await take_in(place, ago(60))
        await watch.look()
    assert await orders_of(place, ago(60)) == FEW + 3


async def test_what_is_caught_up_with_rests_the_more_the_longer_it_took(place: Place) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    seconds = Seconds()
    watch = Watch(Slow(place.pool, FixedClock(NOW), ZONE, seconds=seconds), seconds)
    await watch.look()
    await take_in(place, ago(60))
    for _ in range(4):
        await watch.look()
    assert await orders_of(place, ago(60)) == 0
    seconds.now += 60 * REST
    await watch.look()
    assert await orders_of(place, ago(60)) == 1


async def test_what_happens_today_rolls_nothing_up(place: Place) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    watch = Watch(rolls_of(place), Seconds())
    await watch.look()
    await take_in(place, TODAY, 5000)
    before = await written(place.pool)
    for _ in range(3):
        await watch.look()
    assert await written(place.pool) == before


async def test_of_two_workers_one_rolls_up_and_the_other_finds_nothing_to_do(
    place: Place,
) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    first, second = (Watch(rolls_of(place), Seconds()) for _ in range(2))
    await first.look()
    await second.look()
    await take_in(place, ago(60))
    for _ in range(3):
        await first.look()
    assert await orders_of(place, ago(60)) == 1
    before = await written(place.pool)
    for _ in range(3):
        await second.look()
    assert await written(place.pool) == before
    assert second.late_since is None


async def test_what_came_while_no_worker_ran_is_found_by_its_first_look(place: Place) -> None:
    await take_in(place, ago(9))
    await place.roll_up()
    await take_in(place, ago(60))
    await Watch(rolls_of(place), Seconds()).look()
    assert await orders_of(place, ago(60)) == 1


async def written(pool: asyncpg.Pool) -> str:
    """Tell which transaction rolled up last."""
    return str(await pool.fetchval("SELECT max(xmin::text::bigint) FROM kpi_days"))
