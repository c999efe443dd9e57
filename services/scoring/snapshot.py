"""Write the last known tiers once: `python -m services.scoring.snapshot`."""

import asyncio
import os
from contextlib import suppress
from time import perf_counter

from services.scoring.settings import ScoringSettings
from services.scoring.usecases.steady.places import snapshot_key, snapshot_path
from services.scoring.usecases.steady.write_snapshot import write_snapshot
from shared.away import is_away
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.logs import configure, logger
from shared.settings import PlatformSettings

SNAPSHOT_WRITTEN = "snapshot_written"
_AWAY = 2


def main() -> None:
    """Write the file; 2 when the database is away."""
    platform, settings = PlatformSettings.load(), ScoringSettings.load()
    configure("scoring", level=platform.log_level)
    with suppress(OSError):
        os.nice(10)  # reads come first
    try:
        asyncio.run(_write(platform, settings))
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise SystemExit(f"{error.filename}: {error.strerror}") from None
        if not is_away(error):
            raise
        raise SystemExit(_AWAY) from None


async def _write(platform: PlatformSettings, settings: ScoringSettings) -> None:
    started = perf_counter()
    limits = Limits("scoring-snapshot", settings.bulk_timeout_s, settings.lock_timeout_s)
    url = platform.database_url.get_secret_value()
    path = snapshot_path(settings.snapshot_file, platform.tierline_home)
    pool = await create_raw_pool(url, limits, size=1)
    try:
        clock = clock_from(platform.business_now)
        rows = await write_snapshot(pool, path, snapshot_key(platform.secrets), clock)
    finally:
        await pool.close()
    seconds = round(perf_counter() - started, 2)
    logger("scoring").info(SNAPSHOT_WRITTEN, rows=rows, seconds=seconds)


if __name__ == "__main__":
    main()
