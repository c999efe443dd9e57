"""The background loops of scoring: re-score what changed, sweep at midnight, train."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases import seed_programme
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.catalog import Catalog
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.erase import forget_again, purge_with
from services.scoring.usecases.jobs import handlers
from services.scoring.usecases.make_release import ReleaseMaker
from services.scoring.usecases.rescore import rescore
from services.scoring.usecases.sweep import Sweeper
from services.scoring.usecases.train_model import Trainer
from shared import erasures, outbox
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.job_runner import run_next
from shared.logs import logger
from shared.loops import Loop
from shared.secrets import Secrets
from shared.settings import PlatformSettings

TOPIC: Final = "customers_changed"
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Background:
    """What the loops share."""

    pool: asyncpg.Pool
    catalog: Catalog
    decider: Decider
    sweeper: Sweeper
    trainer: Trainer
    secrets: Secrets

    async def deliver(self) -> bool:
        """Re-score the customers that ingest says have changed."""

        async def handle(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            changed = {UUID(text) for row in rows for text in row.payload["profile_ids"]}
            await rescore(sorted(changed), self.decider, self.catalog)
            return {}

        return await outbox.deliver(self.pool, TOPIC, handle, limit=BATCH)

    async def forget(self) -> bool:
        """Forget those who were erased."""
        await forget_again(self.pool, self.decider, self.catalog)
        purge = purge_with(self.decider, self.catalog)
        return await erasures.deliver(self.pool, "scoring", purge, self.secrets)

    async def work_off(self) -> bool:
        """Do a waiting job."""
        return await run_next(self.pool, handlers(self.trainer), logger("worker"))

    async def sweep(self) -> bool:
        """Decide everybody for a date that has just begun."""
        await self.sweeper.sweep()
        return False


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    async with background(platform) as parts:
        yield [
            Loop("scoring.rescore", 0.5, parts.deliver),
            Loop("scoring.erasures", 2.0, parts.forget),
            Loop("scoring.jobs", 1.0, parts.work_off),
            Loop("scoring.sweep", 5.0, parts.sweep),
        ]


@asynccontextmanager
async def background(platform: PlatformSettings) -> AsyncIterator[Background]:
    """Open the parts of the loops; close them at the end."""
    settings = ScoringSettings.load()
    limits = Limits("worker-scoring", settings.bulk_timeout_s, settings.lock_timeout_s)
    pool = await create_raw_pool(platform.database_url.get_secret_value(), limits, size=4)
    try:
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        yield make_background(pool, platform)
    finally:
        await pool.close()


def make_background(pool: asyncpg.Pool, platform: PlatformSettings) -> Background:
    """Put the parts of the loops together."""
    key = platform.secrets.model_signing_key
    catalog = Catalog(pool, key)
    day = BusinessDay(clock_from(platform.business_now), platform.zone)
    return Background(
        pool=pool,
        catalog=catalog,
        decider=Decider(pool, catalog, day),
        sweeper=Sweeper(pool, catalog, day),
        trainer=Trainer(pool, key, day, ReleaseMaker(pool, catalog, day)),
        secrets=platform.secrets,
    )
