"""`tierline worker`: settings, logs, and a sentence when it cannot start."""

import asyncio
import sys

from pydantic import ValidationError

from deploy.worker import UnknownLoop, work
from shared.health import UnsafeDurability, WrongMigration
from shared.logs import configure, logger
from shared.settings import PlatformSettings, UnknownSetting


def run_worker(only: str | None) -> int:
    """Run the worker; give the exit code."""
    try:
        platform = PlatformSettings.load()
    except UnknownSetting as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except ValidationError as error:
        sys.stderr.write(f"{faults_in(error)}\n")
        return 2
    configure("worker", level=platform.log_level)
    try:
        asyncio.run(work(platform, only, logger("worker")))
    except (UnknownLoop, UnsafeDurability, WrongMigration) as error:
        sys.stderr.write(f"{str(error) or error.detail}\n")
        return 2
    return 0


def faults_in(error: ValidationError) -> str:
    """Say which settings are wrong, never what they hold."""
    faults = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in faults)
