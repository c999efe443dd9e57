"""Background loops: what a service's worker offers, run until told to stop, restarted on errors."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from shared.away import is_away
from shared.jitter import jitter
from shared.logs import DATABASE_AWAY, LOOP_FAILED
from shared.settings import PlatformSettings

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 60.0
GRACE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Loop:
    """One kind of background work, named `service.work`.

    `run_once` returns True when more may wait: then it runs again at once.
    """

    name: str
    interval_s: float
    run_once: Callable[[], Awaitable[bool]]


#: `services/<name>/worker.py` exposes one as `loops`: it opens what its loops need, and closes it.
LoopSource = Callable[[PlatformSettings], AbstractAsyncContextManager[Sequence[Loop]]]


def pause_after(failures: int, interval_s: float, *, jitter: float) -> float:
    """Give the seconds to wait after so many errors in a row; `jitter` lies in 0..1."""
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10))
    return max(interval_s, longest * (0.5 + jitter / 2))


async def run_loops(
    loops: Sequence[Loop],
    stop: asyncio.Event,
    log: Any,
    *,
    grace_s: float = GRACE_S,
) -> None:
    """Run every loop until `stop` is set; what runs then may finish within the grace."""
    tasks = [asyncio.create_task(_run(loop, stop, log), name=loop.name) for loop in loops]
    try:
        await stop.wait()
        if tasks:
            await asyncio.wait(tasks, timeout=grace_s)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(loop: Loop, stop: asyncio.Event, log: Any) -> None:
    failures = 0
    while not stop.is_set():
        started = perf_counter()
        try:
            has_more = await loop.run_once()
            failures = 0
        except Exception as error:
            failures += 1
            what = {"loop": loop.name, "failures": failures, "ms": _ms_since(started)}
            # An outage needs no stack trace every few seconds.
            if is_away(error):
                log.warning(DATABASE_AWAY, error=type(error).__name__, **what)
            else:
                log.exception(LOOP_FAILED, **what)
            await pause(stop, pause_after(failures, loop.interval_s, jitter=jitter()))
        else:
            await pause(stop, 0 if has_more else loop.interval_s)


async def work_off(loops: Sequence[Loop]) -> None:
    """Run the loops in turn, in rounds, until none has anything left to do.

    What fails is raised: whoever waits for the end must know that it was not reached.
    """
    is_quiet = False
    while not is_quiet:
        is_quiet = True
        for loop in loops:
            while await loop.run_once():
                is_quiet = False


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until the stop."""
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _ms_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 1)
