"""Promotions of two workers: one after the other, so that neither forgets the other's work."""

import asyncio

import asyncpg

from services.scoring.domain.promotion import Order
from services.scoring.worker import make_background
from tests.shop_facts import LAST_DAY
from tests.trained import CUSTOMERS, no_report, platform_of

VERSION = f"{LAST_DAY}-1"
DECIDED = """
SELECT count(*) FROM tier_current t JOIN live_releases l USING (programme_key, release_id)
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
