"""The schedule's trainings: once for all workers, in the quiet hour, on the business clock."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from services.scoring.domain.life.retraining import Schedule
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.models.retrain import Retrainer
from services.scoring.worker import Background
from tests.fakes import FakeClock
from tests.shop_facts import LAST_DAY, Purchase, buy

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Four weeks after the day of the shop's model, half past three in the morning.
DUE = datetime.combine(
    LAST_DAY + timedelta(days=28), datetime.min.time().replace(hour=3, minute=30), SHANGHAI
)


@dataclass(slots=True)
class Told:
    """A log that keeps what it was told."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append((event, str(fields["because"])))


@dataclass(slots=True)
class Worker:
    """One worker's look at the schedule."""

    retrainer: Retrainer
    told: Told


def worker(pool: asyncpg.Pool, clock: FakeClock, every_days: int = 28) -> Worker:
    told, day = Told(), BusinessDay(clock, SHANGHAI)
    return Worker(Retrainer(pool, day, SHANGHAI, Schedule(every_days, 3), told), told)


async def asked(pool: asyncpg.Pool) -> list[tuple[str, str]]:
    rows = await pool.fetch(
        "SELECT arguments ->> 'actor', arguments ->> 'scheduled_for' FROM jobs"
        " WHERE kind = 'train_model' ORDER BY created_at"
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def bought(pool: asyncpg.Pool) -> None:
    """Somebody bought since the model was trained."""
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY + timedelta(days=5), 700))


@pytest.mark.usefixtures("bought")
async def test_many_workers_ask_for_one_training(pool: asyncpg.Pool) -> None:
    clock = FakeClock(DUE)
    workers = [worker(pool, clock) for _ in range(5)]
    await asyncio.gather(*(one.retrainer.run_once() for one in workers))
    # a worker that starts in the same hour knows of nothing but the rows
    await worker(pool, clock).retrainer.run_once()
    assert await asked(pool) == [("schedule", str(DUE.date()))]


@pytest.mark.usefixtures("bought")
async def test_one_that_failed_is_asked_for_again_the_next_night(pool: asyncpg.Pool) -> None:
    clock = FakeClock(DUE)
    one = worker(pool, clock)
    await one.retrainer.run_once()
    await pool.execute("UPDATE jobs SET status = 'failed', finished_at = now()")
    await one.retrainer.run_once()
    assert len(await asked(pool)) == 1
    clock.advance(days=1)
    await one.retrainer.run_once()
    assert len(await asked(pool)) == 2


@pytest.mark.usefixtures("bought")
@pytest.mark.parametrize("hours", [-1, 1, -24])
async def test_other_hours_and_earlier_days_ask_for_nothing(pool: asyncpg.Pool, hours: int) -> None:
    one = worker(pool, FakeClock(DUE + timedelta(hours=hours)))
    await one.retrainer.run_once()
    assert (await asked(pool), one.told.lines) == ([], [])


async def test_without_new_purchases_it_is_skipped_and_said_once(pool: asyncpg.Pool) -> None:
    # the model's data end before the shop's last day
    await pool.execute("DELETE FROM customer_day WHERE business_date >= $1", LAST_DAY)
    one = worker(pool, FakeClock(DUE))
    for _ in range(3):
        assert await one.retrainer.run_once() is False
    assert await asked(pool) == []
    assert one.told.lines == [
        ("retraining_skipped", f"Nothing was bought or returned since {LAST_DAY}.")
    ]


@pytest.mark.usefixtures("bought")
async def test_training_under_way_is_not_doubled(pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO jobs (job_id, kind, status, arguments, created_at)"
        " VALUES (gen_random_uuid(), 'train_model', 'queued', '{}', now())"
    )
    one = worker(pool, FakeClock(DUE))
    await one.retrainer.run_once()
    assert len(await asked(pool)) == 1
    assert one.told.lines == [("retraining_skipped", "A training is under way.")]


@pytest.mark.usefixtures("bought")
async def test_zero_days_never_ask(pool: asyncpg.Pool) -> None:
    await worker(pool, FakeClock(DUE), every_days=0).retrainer.run_once()
    assert await asked(pool) == []


async def test_model_of_another_feature_definition_is_replaced_at_any_hour(
    pool: asyncpg.Pool,
) -> None:
    await pool.execute('UPDATE models SET manifest = manifest || \'{"feature_hash": "0"}\'')
    clock = FakeClock(DUE - timedelta(days=20, hours=9))
    await worker(pool, clock).retrainer.run_once()
    assert [actor for actor, _ in await asked(pool)] == ["schedule"]


async def test_scheduled_training_is_done_by_the_worker_and_says_who_asked(
    background: Background, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY, 700))
    one = worker(pool, FakeClock(DUE))
    await one.retrainer.run_once()
    assert await background.work_off()
    lines = await pool.fetch("SELECT what, actor, reason FROM model_log ORDER BY at DESC LIMIT 4")
    trained = [tuple(line) for line in lines if line["what"] == "trained"]
    assert trained == [("trained", "schedule", "The newest model's data end 28 days ago.")]
