"""A base with a trained model and a live release, by the worker's own code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.demo.spec import ZONE
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.worker import Background, make_background
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.load.base import NOW, fill, spec_of
from tests.servers import SECRET_KEY

SETTINGS = {"BUSINESS_NOW": NOW.isoformat(), "BUSINESS_TIME_ZONE": ZONE}


@asynccontextmanager
async def background(database_url: str) -> AsyncIterator[Background]:
    """Give the worker's parts on a database."""
    platform = PlatformSettings.model_validate(
        {
            "database_url": database_url,
            "tierline_secret_key": SECRET_KEY,
            **{name.lower(): value for name, value in SETTINGS.items()},
        }
    )
    pool = await create_raw_pool(database_url, Limits("bench", 600), size=4)
    try:
        yield make_background(pool, platform)
    finally:
        await pool.close()


async def make_scored_base(database_url: str, customers: int) -> str:
    """Fill a database and train on it; gives the model's version."""
    await fill(database_url, spec_of(customers))
    async with background(database_url) as worker:
        await seed_programme(worker.pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        trained = await worker.trainer.train(no_report)
        await worker.pool.execute("VACUUM ANALYZE")
    return str(trained["model_version"])


async def no_report(done: float, text: str) -> None:
    """Progress nobody looks at."""
