"""The background loops of feedback: relay what was said to ingest, forget the erased."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.capture.event import TYPE
from services.feedback.domain.care.playbook import Cap
from services.feedback.settings import FeedbackSettings
from services.feedback.usecases.capture.completing import complete_unknown_tiers
from services.feedback.usecases.capture.relay import relay
from services.feedback.usecases.care.caring import caps_of, care_now
from services.feedback.usecases.care.holdout import logged
from services.feedback.usecases.care.work import give_up, work_on_playbooks
from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.cases.pins import TOPIC as PIN
from services.feedback.usecases.cases.pins import make_true
from services.feedback.usecases.cases.promises import learn_promises
from services.feedback.usecases.cases.watch import note_breaches
from services.feedback.usecases.erase import purge_with
from services.feedback.usecases.experiments.assign import EXPOSURES, take_exposures
from services.feedback.usecases.kpis.roll_up import REBUILD, RollUp, rebuilding
from services.feedback.usecases.kpis.watch import LOOK_EVERY_S, Watch
from services.feedback.usecases.reviews.evaluate import evaluate_next
from services.feedback.usecases.surveys.follow import TOLD
from services.feedback.usecases.surveys.tell import tell_attributes
from shared import erasures, outbox
from shared.clients.ingest import IngestClient, ingest_client
from shared.clients.scoring import ScoringClient, scoring_client
from shared.clients.transport import RemoteUnavailable
from shared.clock import Clock, clock_from
from shared.db import Limits, create_raw_pool
from shared.job_runner import run_next
from shared.logs import REMOTE_FAILED, logger
from shared.loops import Loop
from shared.secrets import Secrets
from shared.settings import PlatformSettings

RELAY_EVERY_S: Final = 0.5
FORGET_EVERY_S: Final = 1.0
COMPLETE_EVERY_S: Final = 5.0
CASES_EVERY_S: Final = 1.0
PLAYBOOKS_EVERY_S: Final = 2.0
EXPIRE_EVERY_S: Final = 30.0
JOBS_EVERY_S: Final = 1.0
REVIEWS_EVERY_S: Final = 10.0
BATCH: Final = 500
#: Of up to a thousand exposures each.
EXPOSED_ROWS: Final = 20
#: Attributes are told one by one: two calls each.
TOLD_BATCH: Final = 50
#: Each is a call or two.
PINS: Final = 20
# Longer than the client tries in all, so that a slow call is not made twice at once.
LEASE_S: Final = 60.0
# An erasure looks through everything that feedback keeps.
_LIMITS: Final = Limits("worker-feedback", statement_timeout_s=60)
_LOG: Final[Any] = logger("worker")


@dataclass(frozen=True, slots=True)
class Background:
    """What the loops share; without a service key nobody can be asked or told."""

    pool: asyncpg.Pool
    clock: Clock
    zone: ZoneInfo
    secrets: Secrets
    ingest: IngestClient | None
    scoring: ScoringClient | None
    caps: tuple[Cap, ...] = ()

    async def forget(self) -> bool:
        """Forget those who were erased."""
        return await erasures.deliver(self.pool, "feedback", purge_with(self.secrets), self.secrets)

    async def complete(self) -> bool:
        """Find out which tiers were held when scoring could not be asked."""
        return await complete_unknown_tiers(self.pool, self.clock, self.secrets)

    async def care(self) -> bool:
        """Make the tasks of live playbooks."""
        now = self.clock.now()
        care = await care_now(self.pool, self.zone, self.caps, now, logged)
        return await work_on_playbooks(self.pool, care, now)

    async def give_up(self) -> bool:
        """Give up tasks that nobody has seen to in time."""
        return await give_up(self.pool, self.clock.now())

    async def learn_promises(self) -> bool:
        """Settle the due times of cases that were opened while scoring was away."""
        if self.scoring is None:
            return False
        return await learn_promises(Shop(self.pool, self.clock, self.zone), self.scoring)

    async def note_breaches(self) -> bool:
        """Note the cases whose promise has passed."""
        return await note_breaches(Shop(self.pool, self.clock, self.zone))

    async def review(self) -> bool:
        """Review the programmes of a quarter."""
        return await evaluate_next(Shop(self.pool, self.clock, self.zone))

    async def make_pins(self) -> bool:
        """Make decisions about tiers true at scoring."""
        pool, scoring = self.pool, self.scoring
        if scoring is None:
            return False

        async def make(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            return await make_true(pool, rows, scoring)

        try:
            return await outbox.deliver(pool, PIN, make, limit=PINS, lease_s=LEASE_S)
        except RemoteUnavailable as error:
            _LOG.warning(REMOTE_FAILED, remote="scoring", error=str(error))
            return False

    async def log_exposures(self) -> bool:
        """Log who met an experiment at scoring."""
        pool = self.pool

        async def take(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            return await take_exposures(pool, rows)

        return await outbox.deliver(pool, EXPOSURES, take, limit=EXPOSED_ROWS)

    async def tell(self) -> bool:
        """Tell ingest what was said."""
        ingest, secrets = self.ingest, self.secrets
        if ingest is None:
            return False

        async def post(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            return await relay(rows, ingest, secrets)

        try:
            return await outbox.deliver(self.pool, TYPE, post, limit=BATCH, lease_s=LEASE_S)
        except RemoteUnavailable as error:
            # The rows are put back already; an outage needs no stack trace every few seconds.
            _LOG.warning(REMOTE_FAILED, remote="ingest", error=str(error))
            return False

    async def tell_attributes(self) -> bool:
        """Tell ingest what answers to surveys say about customers."""
        ingest, secrets, now = self.ingest, self.secrets, self.clock.now()
        if ingest is None:
            return False

        async def post(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
            return await tell_attributes(rows, ingest, secrets, now)

        try:
            return await outbox.deliver(self.pool, TOLD, post, limit=TOLD_BATCH, lease_s=LEASE_S)
        except RemoteUnavailable as error:
            _LOG.warning(REMOTE_FAILED, remote="ingest", error=str(error))
            return False

    async def work_off(self) -> bool:
        """Do a waiting job."""
        rolls = RollUp(self.pool, self.clock, self.zone)
        return await run_next(self.pool, {REBUILD: rebuilding(rolls)}, _LOG)


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    async with background(platform) as parts:
        kpis = Watch(RollUp(parts.pool, parts.clock, parts.zone))
        yield [
            Loop("feedback.relay", RELAY_EVERY_S, parts.tell),
            Loop("feedback.attributes", RELAY_EVERY_S, parts.tell_attributes),
            Loop("feedback.promises", CASES_EVERY_S, parts.learn_promises),
            Loop("feedback.breaches", CASES_EVERY_S, parts.note_breaches),
            Loop("feedback.pins", CASES_EVERY_S, parts.make_pins),
            Loop("feedback.reviews", REVIEWS_EVERY_S, parts.review),
            Loop("feedback.erasures", FORGET_EVERY_S, parts.forget),
            Loop("feedback.tiers", COMPLETE_EVERY_S, parts.complete),
            Loop("feedback.playbooks", PLAYBOOKS_EVERY_S, parts.care),
            Loop("feedback.task_expiry", EXPIRE_EVERY_S, parts.give_up),
            Loop("feedback.kpis", LOOK_EVERY_S, kpis.look),
            Loop("feedback.exposures", RELAY_EVERY_S, parts.log_exposures),
            Loop("feedback.jobs", JOBS_EVERY_S, parts.work_off),
        ]


@asynccontextmanager
async def background(platform: PlatformSettings) -> AsyncIterator[Background]:
    """Open the parts of the loops; close them at the end."""
    async with AsyncExitStack() as stack:
        pool = await create_raw_pool(platform.database_url.get_secret_value(), _LIMITS, size=4)
        stack.push_async_callback(pool.close)
        ingest, scoring = _clients(stack, platform)
        yield Background(
            pool=pool,
            clock=clock_from(platform.business_now),
            zone=platform.zone,
            secrets=platform.secrets,
            ingest=ingest,
            scoring=scoring,
            caps=caps_of(FeedbackSettings.load()),
        )


def _clients(
    stack: AsyncExitStack, platform: PlatformSettings
) -> tuple[IngestClient | None, ScoringClient | None]:
    if platform.tierline_service_key is None:
        return None, None
    key = platform.tierline_service_key.get_secret_value()
    ingest, to_ingest = ingest_client(platform.ingest_url, key)
    scoring, to_scoring = scoring_client(platform.scoring_url, key)
    stack.push_async_callback(to_ingest.aclose)
    stack.push_async_callback(to_scoring.aclose)
    return ingest, scoring
