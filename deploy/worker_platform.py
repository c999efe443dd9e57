"""The platform's own background work: rows nobody needs any more are deleted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared import idempotency, outbox
from shared.db import Limits, create_raw_pool
from shared.loops import Loop
from shared.settings import PlatformSettings

_PURGE_EVERY_S = 600.0
_LIMITS = Limits("worker-platform", statement_timeout_s=60)


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    pool = await create_raw_pool(platform.database_url.get_secret_value(), _LIMITS, size=2)

    async def purge_outbox() -> bool:
        return await outbox.purge(pool)

    async def purge_idempotency() -> bool:
        return await idempotency.purge(pool)

    try:
        yield [
            Loop("platform.purge_outbox", _PURGE_EVERY_S, purge_outbox),
            Loop("platform.purge_idempotency", _PURGE_EVERY_S, purge_idempotency),
        ]
    finally:
        await pool.close()
