"""A small shop with a trained model in force, as a template that tests clone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time

import asyncpg

from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.worker import make_background
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.databases import Databases, blocking
from tests.servers import SECRET_KEY
from tests.shop_facts import LAST_DAY, make_shop, write_shop

NOW = datetime.combine(LAST_DAY, time(20), tzinfo=UTC)
CUSTOMERS = 400


def platform_of(url: str, now: str = NOW.isoformat()) -> PlatformSettings:
    return PlatformSettings.model_validate(
        {"database_url": url, "tierline_secret_key": SECRET_KEY, "business_now": now}
    )


async def no_report(done: float, text: str) -> None:
    """Progress nobody looks at."""


def make_template(databases: Databases) -> str:
    """Create a database with a shop, its first model and a live release; give its address."""
    url = databases.create(prefix="shop")
    blocking(_train(url))
    return url


async def _train(url: str) -> None:
    async with raw_pool(url) as pool:
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        async with pool.acquire() as connection:
            await write_shop(connection, make_shop(CUSTOMERS, mean_orders=12))
        await make_background(pool, platform_of(url)).trainer.train(no_report)


@asynccontextmanager
async def raw_pool(url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = await create_raw_pool(url, Limits("tests", 60), size=4)
    try:
        yield pool
    finally:
        await pool.close()
