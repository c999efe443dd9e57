"""The background loops of feedback: relay what was said to ingest, forget the erased."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.event import TYPE
from services.feedback.usecases.erase import purge_with
from services.feedback.usecases.relay import relay
from shared import erasures, outbox
from shared.clients.ingest import ingest_client
from shared.clients.transport import RemoteUnavailable
from shared.db import Limits, create_raw_pool
from shared.logs import REMOTE_FAILED, logger
from shared.loops import Loop
from shared.settings import PlatformSettings

RELAY_EVERY_S: Final = 1.0
BATCH: Final = 500
# Longer than the client tries in all, so that a slow call is not made twice at once.
LEASE_S: Final = 60.0
# An erasure looks through everything that feedback keeps.
_LIMITS: Final = Limits("worker-feedback", statement_timeout_s=60)
_LOG: Final[Any] = logger("worker")


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    pool = await create_raw_pool(platform.database_url.get_secret_value(), _LIMITS, size=2)
    purge = purge_with(platform.secrets)

    async def forget() -> bool:
        return await erasures.deliver(pool, "feedback", purge, platform.secrets)

    try:
        async with AsyncExitStack() as stack:
            relaying = await _relaying(stack, pool, platform)
            yield [*relaying, Loop("feedback.erasures", RELAY_EVERY_S, forget)]
    finally:
        await pool.close()


async def _relaying(
    stack: AsyncExitStack, pool: asyncpg.Pool, platform: PlatformSettings
) -> Sequence[Loop]:
    """Give the loop that tells ingest; without a service key there is nobody to ask."""
    if platform.tierline_service_key is None:
        return []
    key = platform.tierline_service_key.get_secret_value()
    ingest, http = ingest_client(platform.ingest_url, key)
    stack.push_async_callback(http.aclose)
    secrets = platform.secrets

    async def post(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
        return await relay(rows, ingest, secrets)

    async def run_once() -> bool:
        try:
            return await outbox.deliver(pool, TYPE, post, limit=BATCH, lease_s=LEASE_S)
        except RemoteUnavailable as error:
            # The rows are put back already; an outage needs no stack trace every few seconds.
            _LOG.warning(REMOTE_FAILED, remote="ingest", error=str(error))
            return False

    return [Loop("feedback.relay", RELAY_EVERY_S, run_once)]
