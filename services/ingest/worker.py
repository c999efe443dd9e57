"""The background loops of ingest: its jobs, erasures to their end, rows that are kept too long."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import time
from typing import Final

from services.ingest.importing.jobs import import_handler
from services.ingest.settings import IngestSettings
from services.ingest.usecases.files.imports import IMPORT
from services.ingest.usecases.jobs import Background, handlers
from services.ingest.usecases.privacy.erase import deliver_erasures
from services.ingest.usecases.privacy.erasures import settle
from services.ingest.usecases.privacy.retention import BATCH, purge_files, purge_once
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.job_runner import run_next
from shared.logs import logger
from shared.loops import Loop
from shared.settings import PlatformSettings

_STATEMENT_TIMEOUT_S: Final = 60.0
_PURGE_EVERY_S: Final = 600.0
_DAY_S: Final = 86_400.0


@asynccontextmanager
async def loops(platform: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
    """Open what the loops need and give them."""
    settings = IngestSettings.load()
    limits = Limits("worker-ingest", _STATEMENT_TIMEOUT_S, settings.lock_timeout_s)
    url = platform.database_url.get_secret_value()
    pool = await create_raw_pool(url, limits, size=4)
    try:
        parts = Background(pool, clock_from(platform.business_now), platform, settings)
        uploads = Path(platform.tierline_home) / "imports"
        taken_in = import_handler(pool, parts.clock, platform, settings.trust)
        work = {**handlers(parts), IMPORT: taken_in}

        async def work_off() -> bool:
            return await run_next(pool, work, logger("worker"))

        async def forget() -> bool:
            has_more = await deliver_erasures(pool, platform.secrets)
            return await settle(pool, parts.clock) or has_more

        async def purge() -> bool:
            done = await purge_once(pool, settings, now=parts.clock.now())
            if settings.retention_imports_days:
                before = time() - settings.retention_imports_days * _DAY_S
                await asyncio.to_thread(purge_files, uploads, before)
            return max(done.values(), default=0) >= BATCH

        yield [
            Loop("ingest.jobs", 1.0, work_off),
            Loop("ingest.erasures", 1.0, forget),
            Loop("ingest.retention", _PURGE_EVERY_S, purge),
        ]
    finally:
        await pool.close()
