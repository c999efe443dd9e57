"""`tierline worker`: settings, logs, and a sentence when it cannot start."""

import asyncio
import sys

from deploy.worker import UnknownLoop, work
from shared.health import UnsafeDurability, WrongMigration
from shared.logs import configure, logger
from shared.settings import BadSettings, PlatformSettings


def run_worker(only: str | None) -> int:
    """Run the worker; give the exit code."""
    try:
        platform = PlatformSettings.load()
        configure("worker", level=platform.log_level)
        asyncio.run(work(platform, only, logger("worker")))
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (UnknownLoop, UnsafeDurability, WrongMigration) as error:
        sys.stderr.write(f"{str(error) or error.detail}\n")
        return 2
    return 0
