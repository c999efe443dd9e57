"""The pool a service runs on: opened at its start, on a database it may trust, closed with it."""

from contextlib import AsyncExitStack

import asyncpg

from shared.db import Limits, create_raw_pool
from shared.health import Probe, check_start, database_probe
from shared.schema.migrate import head_revision
from shared.settings import PlatformSettings, ServiceSettings


async def open_pool(
    stack: AsyncExitStack, service: str, settings: ServiceSettings, platform: PlatformSettings
) -> asyncpg.Pool:
    """Open a service's pool until the stack closes; raises UnsafeDurability, WrongMigration."""
    limits = Limits(service, settings.statement_timeout_s, settings.lock_timeout_s)
    url = platform.database_url.get_secret_value()
    pool = await create_raw_pool(url, limits, size=settings.raw_pool_size)
    stack.push_async_callback(pool.close)
    is_unsafe_allowed = platform.allow_unsafe_durability
    await check_start(pool, head=head_revision(), is_unsafe_allowed=is_unsafe_allowed)
    return pool


def pool_probe(pool: asyncpg.Pool, platform: PlatformSettings) -> Probe:
    """Probe a service's pool for what its start was checked for."""
    is_unsafe_allowed = platform.allow_unsafe_durability
    return database_probe(pool, head=head_revision(), is_unsafe_allowed=is_unsafe_allowed)
