"""Releases made at once, or left at once: neither undoes the other, none waits for ever."""

import asyncio

import asyncpg

from services.scoring.domain.life.promotion import Order
from services.scoring.domain.tiers.programme import VALUE_KEY
from services.scoring.queries.releases.release_writes import NewRelease, add_release, make_live
from services.scoring.queries.releases.rollback import flip_back, steps_back
from services.scoring.worker import make_background
from tests.shop_facts import LAST_DAY
from tests.trained import CUSTOMERS, no_report, platform_of

VERSION = f"{LAST_DAY}-1"
DECIDED = """
SELECT count(*) FROM tier_current t JOIN live_releases l USING (programme_key, release_id)
"""
HELD = "SELECT release_id FROM live_releases FOR UPDATE"
WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
RISING = "SELECT release_id FROM releases WHERE live_at IS NOT NULL ORDER BY live_at"


async def test_promotions_of_two_workers_do_not_undo_each_other(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    """The first has decided everybody, and waits a little before it goes live."""
    slow, quick = (make_background(pool, platform_of(shop_url)).trainer.promoter for _ in range(2))
    other: set[asyncio.Task[dict[str, str]]] = set()

    async def let_the_other_in(done: float, text: str) -> None:
        del done
        if text == "deciding" and not other:
            other.add(asyncio.create_task(quick.promote(VERSION, Order(), no_report)))
            await asyncio.wait(other, timeout=2)

    await slow.promote(VERSION, Order(), let_the_other_in)
    await asyncio.gather(*other)
    assert await pool.fetchval(DECIDED) == CUSTOMERS
    went_live = [row["release_id"] for row in await pool.fetch(RISING)]
    assert len(went_live) == 3
    assert went_live == sorted(went_live)


async def test_rollback_and_flip_take_their_locks_in_one_order(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    """A rollback that holds the pointer is not met by a promotion that holds the releases."""
    promoter = make_background(pool, platform_of(shop_url)).trainer.promoter
    await promoter.promote(VERSION, Order(), no_report)
    step = (await steps_back(pool))[0]
    release_id = await add_release(pool, NewRelease(VALUE_KEY, 1, VERSION, LAST_DAY, {}))
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(HELD)
        flip = asyncio.create_task(make_live(pool, VALUE_KEY, release_id))
        while not await connection.fetchval(WAITS):
            await asyncio.sleep(0.01)
        assert await flip_back(connection, step)
    await flip
    statuses = dict(await pool.fetch("SELECT release_id, status FROM releases"))
    assert statuses == {
        step.release_id: "retired",
        step.live_id: "rolled_back",
        release_id: "live",
    }
