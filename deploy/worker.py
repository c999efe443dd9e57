"""`tierline worker`: the background loops of all services in one process, or of some."""

import asyncio
import importlib
import importlib.util
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from typing_extensions import override

from deploy import worker_platform
from shared.away import is_away
from shared.db import Limits, connect_arguments
from shared.health import check_start
from shared.jitter import jitter
from shared.logs import DATABASE_AWAY, LOOP_FAILED, SERVICE_STARTED, SERVICE_STOPPED
from shared.loops import Loop, LoopSource, pause, pause_after, run_loops, work_off
from shared.problem import DomainError
from shared.schema.migrate import head_revision
from shared.settings import PlatformSettings

PLATFORM: Final = "platform"
SERVICES: Final = ("ingest", "scoring", "feedback", "console")


class UnknownLoop(DomainError):
    """No such loop: `--only` names a service (scoring) or one loop of it (scoring.sweep)."""

    @override
    def __str__(self) -> str:
        return self.detail


def find_sources(only: str | None) -> dict[str, LoopSource]:
    """Collect `services/<name>/worker.py: loops` of what is installed here; raises UnknownLoop."""
    wanted = [name for name in (PLATFORM, *SERVICES) if is_wanted(name, only)]
    sources = {name: source for name in wanted if (source := _source(name)) is not None}
    if not sources:
        raise UnknownLoop
    return sources


def is_wanted(service: str, only: str | None) -> bool:
    """Tell whether `--only` asks for a service, or for a loop of it."""
    return only is None or only.partition(".")[0] == service


def choose(loops: Sequence[Loop], only: str | None) -> list[Loop]:
    """Keep the loops `--only` asks for; raises UnknownLoop."""
    chosen = [loop for loop in loops if only is None or "." not in only or loop.name == only]
    if loops and not chosen:
        raise UnknownLoop
    return chosen


def _source(name: str) -> LoopSource | None:
    if name == PLATFORM:
        return worker_platform.loops
    package, module = f"services.{name}", f"services.{name}.worker"
    # A service that is not installed is no fault; one whose imports fail is.
    if importlib.util.find_spec(package) is None or importlib.util.find_spec(module) is None:
        return None
    source: LoopSource = importlib.import_module(module).loops
    return source


@dataclass(frozen=True, slots=True)
class Shift:
    """One run of the worker: for whom, which loops, until when."""

    platform: PlatformSettings
    only: str | None
    stop: asyncio.Event
    log: Any


async def work(platform: PlatformSettings, only: str | None, log: Any) -> None:
    """Run the loops until SIGTERM or SIGINT; what runs then may finish."""
    sources = find_sources(only)
    shift = Shift(platform, only, asyncio.Event(), log)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, shift.stop.set)
    await run_sources(sources, shift)


async def work_once(platform: PlatformSettings, sources: Mapping[str, LoopSource]) -> None:
    """Do all that is due by the business clock, then end; what fails is raised."""
    for source in sources.values():
        async with source(platform) as loops:
            await work_off(loops)


async def run_sources(sources: Mapping[str, LoopSource], shift: Shift) -> None:
    """Run every source's loops until the stop; one that fails does not stop the others."""
    await _require_database(shift)
    shift.log.info(SERVICE_STARTED, sources=sorted(sources))
    await asyncio.gather(*(_keep_running(name, source, shift) for name, source in sources.items()))
    shift.log.info(SERVICE_STOPPED)


async def _keep_running(name: str, source: LoopSource, shift: Shift) -> None:
    failures = 0
    while not shift.stop.is_set():
        try:
            async with source(shift.platform) as loops:
                await run_loops(choose(loops, shift.only), shift.stop, shift.log)
        except UnknownLoop:
            raise
        except Exception:
            failures += 1
            shift.log.exception(LOOP_FAILED, loop=name, failures=failures)
            await _rest(shift, failures)


async def _require_database(shift: Shift) -> None:
    """Wait for a database that is away; refuse one that may lose data or has another schema."""
    failures = 0
    while not shift.stop.is_set():
        try:
            await _check_database(shift.platform)
        except Exception as error:
            if not is_away(error):
                raise
            failures += 1
            shift.log.warning(DATABASE_AWAY, failures=failures)
            await _rest(shift, failures)
        else:
            return


async def _check_database(platform: PlatformSettings) -> None:
    url = platform.database_url.get_secret_value()
    connection = await asyncpg.connect(**connect_arguments(url, Limits("worker")))
    try:
        is_unsafe_allowed = platform.allow_unsafe_durability
        await check_start(connection, head=head_revision(), is_unsafe_allowed=is_unsafe_allowed)
    finally:
        await connection.close()


async def _rest(shift: Shift, failures: int) -> None:
    await pause(shift.stop, pause_after(failures, 0, jitter=jitter()))
