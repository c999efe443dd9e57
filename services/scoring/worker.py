"""The background loops of scoring: re-score what changed, sweep at midnight, train."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.life.retraining import Schedule
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.queries.tiers.controlled_anew import decide_controlled_anew
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.census import Census
from services.scoring.usecases.controls.velocity import VelocityGuard
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.erase import forget_again, purge_with
from services.scoring.usecases.fit.drift import DriftWatch
from services.scoring.usecases.fit.shadow_recorder import Recorder
from services.scoring.usecases.jobs import handlers
from services.scoring.usecases.models.promote_model import Promoter
from services.scoring.usecases.models.retrain import Retrainer
from services.scoring.usecases.models.rollback import NOT_OURS, leave_tampered
from services.scoring.usecases.models.train_model import Trainer
from services.scoring.usecases.overview.tally import Tally
from services.scoring.usecases.points.books import PointsBooks
from services.scoring.usecases.points.keeper import WalletKeeper
from services.scoring.usecases.points.wallets import Wallets
from services.scoring.usecases.programmes.publisher import Publisher
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import ReleaseMaker
from services.scoring.usecases.releases.make_status_release import StatusReleaseMaker
from services.scoring.usecases.releases.shards import Bulk, Site, jobs_for
from services.scoring.usecases.releases.sweep import Sweeper
from services.scoring.usecases.rescore import rescore
from services.scoring.usecases.review import Reviewer
from services.scoring.usecases.segments.definitions import Definitions
from services.scoring.usecases.segments.keep_sheets import SheetKeeper
from services.scoring.usecases.segments.membership import Memberships
from services.scoring.usecases.segments.rounds import Rounds
from services.scoring.usecases.simulation.rehearse import Rehearser
from services.scoring.usecases.simulation.simulate import Simulator
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import PostRoom
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
RELEASE_LEFT: Final = "tampered_release_left"


@dataclass(frozen=True, slots=True)
class Background:
    """What the loops share."""

    pool: asyncpg.Pool
    catalog: Catalog
    decider: Decider
    sweeper: Sweeper
    trainer: Trainer
    publisher: Publisher
    simulator: Simulator
    reviewer: Reviewer
    retrainer: Retrainer
    recorder: Recorder
    drift: DriftWatch
    census: Census
    tally: Tally
    post_room: PostRoom
    memberships: Memberships
    rounds: Rounds
    wallets: WalletKeeper
    velocity: VelocityGuard
    secrets: Secrets

    async def deliver(self) -> bool:
        """Re-score the customers that ingest says have changed."""

        async def handle(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            changed = {UUID(text) for row in rows for text in row.payload["profile_ids"]}
            await self.velocity.look(sorted(changed))
            await rescore(sorted(changed), self.decider, self.catalog)
            await self.memberships.refresh(sorted(changed))
            await self.wallets.follow(sorted(changed))
            return {}

        return await outbox.deliver(self.pool, TOPIC, handle, limit=BATCH)

    async def forget(self) -> bool:
        """Forget those who were erased."""
        await forget_again(self.pool, self.decider, self.catalog)
        purge = purge_with(self.decider, self.catalog)
        return await erasures.deliver(self.pool, "scoring", purge, self.secrets)

    async def work_off(self) -> bool:
        """Do a waiting job."""
        doing = handlers(self.trainer, self.sweeper, self.publisher, self.simulator)
        return await run_next(self.pool, doing, logger("worker"))

    async def guard(self) -> bool:
        """Go back from a model in force that somebody has changed in the database."""
        key = self.secrets.model_signing_key
        for left in await leave_tampered(self.pool, key):
            logger("worker").error(RELEASE_LEFT, because=NOT_OURS, **asdict(left))
        return False

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
            Loop("scoring.reviews", 1.0, parts.reviewer.review),
            Loop("scoring.guard", 10.0, parts.guard),
            Loop("scoring.census", 60.0, parts.census.nightly),
            Loop("scoring.overview", 5.0, parts.tally.look),
            Loop("scoring.shadow", 1.0, parts.recorder.flush),
            Loop("scoring.drift", 30.0, parts.drift.nightly),
            Loop("scoring.retrain", 60.0, parts.retrainer.run_once),
            Loop("scoring.announcements", 0.5, parts.post_room.spread),
            Loop("scoring.webhooks", 0.5, parts.post_room.deliver),
            Loop("scoring.segments", 1.0, parts.rounds.go_round),
            Loop("scoring.segment_tiers", 0.5, parts.rounds.follow_tiers),
            Loop("scoring.sheets", 60.0, parts.rounds.tidy),
            Loop("scoring.wallets", 0.5, parts.wallets.keep),
            Loop("scoring.wallets_behind", 5.0, parts.wallets.catch_up),
            Loop("scoring.webhook_log", 300.0, parts.post_room.purge),
        ]


@asynccontextmanager
async def background(platform: PlatformSettings) -> AsyncIterator[Background]:
    """Open the parts of the loops; close them at the end."""
    settings = ScoringSettings.load()
    limits = Limits("worker-scoring", settings.bulk_timeout_s, settings.lock_timeout_s)
    pool = await create_raw_pool(platform.database_url.get_secret_value(), limits, size=6)
    try:
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        # services of the version before may have stored answers since the migration
        await decide_controlled_anew(pool)
        parts = make_background(pool, platform, settings)
        try:
            yield parts
        finally:
            await parts.post_room.close()
    finally:
        await pool.close()


def make_background(
    pool: asyncpg.Pool, platform: PlatformSettings, settings: ScoringSettings | None = None
) -> Background:
    """Put the parts of the loops together."""
    settings = settings or ScoringSettings()
    key = platform.secrets.model_signing_key
    catalog = Catalog(pool, key)
    day = BusinessDay(clock_from(platform.business_now), platform.zone)
    recorder = Recorder(pool, key)
    site = Site(platform.database_url.get_secret_value(), platform.zone, settings.bulk_timeout_s)
    bulk = Bulk(site, jobs_for(settings.bulk_jobs))
    maker = ReleaseMaker(pool, catalog, day, bulk)
    promoter = Promoter(pool, key, maker)
    schedule = Schedule(settings.retrain_days, settings.retrain_hour)
    decider = Decider(pool, catalog, day, recorder)
    statuses = StatusReleaseMaker(pool, catalog, day, bulk, decider.status)
    sweeper = Sweeper(pool, catalog, day, bulk)
    definitions = Definitions(pool, platform.base_currency)
    memberships = Memberships(pool, definitions, SheetKeeper(pool, day, decider, catalog))
    books = PointsBooks(pool, catalog)
    return Background(
        pool=pool,
        catalog=catalog,
        decider=decider,
        sweeper=sweeper,
        trainer=Trainer(pool, key, day, promoter, settings.promote),
        publisher=Publisher(pool, key, maker, statuses),
        simulator=Simulator(pool, catalog, day, bulk, Rehearser(pool, key, maker, day)),
        reviewer=Reviewer(pool, catalog, day, decider),
        retrainer=Retrainer(pool, day, platform.zone, schedule, logger("worker")),
        recorder=recorder,
        drift=DriftWatch(pool, key, day),
        census=Census(pool, day),
        tally=Tally(pool, catalog, day),
        post_room=PostRoom(pool, Courier(settings.webhook_private_targets), platform.secrets),
        memberships=memberships,
        rounds=Rounds(pool, definitions, day, memberships, sweeper.sweep),
        velocity=VelocityGuard(pool, catalog, day),
        wallets=WalletKeeper(pool, day, books, Wallets(pool, catalog, day, books)),
        secrets=platform.secrets,
    )
