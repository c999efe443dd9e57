"""Many clients buy and read while the whole base is decided anew: nobody sees an old tier."""

import asyncio
import random

import asyncpg

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id
from tests.trained import CUSTOMERS, no_report

CLIENTS, PAIRS, RELEASES = 8, 25, 3


async def client(number: int, scoring: Scoring, pool: asyncpg.Pool) -> list[int]:
    """Buy and read in turn; give the customers whose answer rested on older facts."""
    draw, stale = random.Random(number), []
    for _ in range(PAIRS):
        # customers of a client's own: what it reads last is what it bought last
        index = draw.randrange(CUSTOMERS // CLIENTS) * CLIENTS + number
        async with pool.acquire() as connection:
            await buy(connection, index, Purchase(LAST_DAY, draw.randrange(100, 90_000)))
            version = await connection.fetchval(
                "SELECT version FROM customers WHERE profile_id = $1", profile_id(index)
            )
        release = (await scoring.tier(f"c-{index}"))["release"]
        row = await pool.fetchrow(
            "SELECT decided_version FROM tier_current WHERE profile_id = $1 AND release_id = $2",
            profile_id(index),
            int(release.removeprefix("r-")),
        )
        if row["decided_version"] < version:
            stale.append(index)
    return stale


async def test_no_read_is_stale_while_releases_are_made(
    scoring: Scoring, pool: asyncpg.Pool, background: Background
) -> None:
    async def release() -> None:
        for _ in range(RELEASES):
            await background.trainer.promote(f"{LAST_DAY}-1", no_report)

    *found, _ = await asyncio.gather(
        *(client(number, scoring, pool) for number in range(CLIENTS)), release()
    )
    assert [stale for stale in found if stale] == []
    served = [await scoring.tier(f"c-{index}") for index in range(CUSTOMERS)]
    await pool.execute("DELETE FROM tier_current")
    assert [await scoring.tier(f"c-{index}") for index in range(CUSTOMERS)] == served
