"""The background loops of feedback: relay what was said to ingest, forget the erased."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.capture.event import TYPE
from services.feedback.usecases.capture.completing import complete_unknown_tiers
from services.feedback.usecases.capture.relay import relay
from services.feedback.usecases.erase import purge_with
from services.feedback.usecases.experiments.assign import EXPOSURES, take_exposures
from shared import erasures, outbox
from shared.clients.ingest import IngestClient, ingest_client
from shared.clients.scoring import ScoringClient, scoring_client
from shared.clients.transport import RemoteUnavailable
from shared.clock import Clock, clock_from
from shared.db import Limits, create_raw_pool
from shared.logs import REMOTE_FAILED, logger
from shared.loops import Loop
from shared.secrets import Secrets
from shared.settings import PlatformSettings

RELAY_EVERY_S: Final = 0.5
FORGET_EVERY_S: Final = 1.0
COMPLETE_EVERY_S: Final = 5.0
BATCH: Final = 500
#: Of up to a thousand exposures each.
EXPOSED_ROWS: Final = 20
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

    async def forget(self) -> bool:
        """Forget those who were erased."""
        return await erasures.deliver(self.pool, "feedback", purge_with(self.secrets), self.secrets)

    async def complete(self) -> bool:
        """Find out which tiers were held when scoring could not be asked."""
        return await complete_unknown_tiers(self.pool, self.clock, self.secrets)

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


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    async with background(platform) as parts:
        yield [
            Loop("feedback.relay", RELAY_EVERY_S, parts.tell),
            Loop("feedback.erasures", FORGET_EVERY_S, parts.forget),
            Loop("feedback.exposures", RELAY_EVERY_S, parts.log_exposures),
            Loop("feedback.tiers", COMPLETE_EVERY_S, parts.complete),
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
