import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.logs import logger
from shared.loops import Loop, pause_after, run_loops, work_off

LOG = logger("tests")


class FakeLog:
    """Keeps which events were logged, and whether with their stack trace."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def warning(self, event: str, **_: object) -> None:
        self.lines.append(("warning", event))

    def exception(self, event: str, **_: object) -> None:
        self.lines.append(("exception", event))


def counting(stop: asyncio.Event, runs: int) -> tuple[list[int], Callable[[], Awaitable[bool]]]:
    """Make work that stops everything at its n-th run."""
    seen: list[int] = []

    async def run_once() -> bool:
        seen.append(len(seen))
        if len(seen) == runs:
            stop.set()
        return True

    return seen, run_once


async def test_a_loop_runs_until_stopped() -> None:
    stop = asyncio.Event()
    seen, run_once = counting(stop, 3)
    await run_loops([Loop("a.b", 60, run_once)], stop, LOG)
    assert len(seen) == 3


async def test_a_failing_loop_is_restarted_and_the_others_go_on() -> None:
    stop = asyncio.Event()
    seen, run_once = counting(stop, 50)
    failed: list[int] = []

    async def fail() -> bool:
        failed.append(1)
        raise ValueError("broken")

    async def slower() -> bool:
        await asyncio.sleep(0.02)
        return await run_once()

    await run_loops([Loop("a.broken", 0, fail), Loop("a.fine", 0, slower)], stop, LOG)
    assert len(seen) == 50
    assert len(failed) >= 2


async def test_an_idle_loop_waits_its_interval_but_not_the_stop() -> None:
    stop = asyncio.Event()
    runs: list[int] = []

    async def idle() -> bool:
        runs.append(1)
        asyncio.get_running_loop().call_later(0.02, stop.set)
        return False

    await asyncio.wait_for(run_loops([Loop("a.idle", 60, idle)], stop, LOG), 5)
    assert len(runs) == 1


async def test_work_that_runs_at_the_stop_may_finish() -> None:
    stop = asyncio.Event()
    finished: list[int] = []

    async def work() -> bool:
        stop.set()
        await asyncio.sleep(0.02)
        finished.append(1)
        return True

    await run_loops([Loop("a.b", 0, work)], stop, LOG)
    assert finished == [1]


async def test_work_that_outlasts_the_grace_is_cancelled() -> None:
    stop = asyncio.Event()

    async def endless() -> bool:
        stop.set()
        await asyncio.sleep(60)
        return True

    await asyncio.wait_for(run_loops([Loop("a.b", 0, endless)], stop, LOG, grace_s=0.01), 5)


async def test_without_loops_the_worker_waits_for_its_stop() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stop.set)
    await asyncio.wait_for(run_loops([], stop, LOG), 5)


@pytest.mark.parametrize(
    ("failures", "interval_s", "jitter", "pause"),
    [
        (1, 0.0, 1.0, 0.5),
        (1, 0.0, 0.0, 0.25),
        (3, 0.0, 1.0, 2.0),
        (99, 0.0, 1.0, 60.0),
        (1, 5.0, 1.0, 5.0),
    ],
)
def test_the_pause_grows_with_failures(
    failures: int, interval_s: float, jitter: float, pause: float
) -> None:
    assert pause_after(failures, interval_s, jitter=jitter) == pause


@pytest.mark.parametrize(
    ("error", "kind", "event"),
    [(ValueError("?"), "exception", "loop_failed"), (OSError(), "warning", "database_away")],
)
async def test_a_failure_is_logged_by_what_it_is(error: Exception, kind: str, event: str) -> None:
    stop = asyncio.Event()

    async def fail() -> bool:
        stop.set()
        raise error

    log = FakeLog()
    await run_loops([Loop("a.b", 0, fail)], stop, log)
    assert log.lines == [(kind, event)]


async def test_working_off_goes_round_until_nothing_is_left() -> None:
    done: list[str] = []
    left = {"a": 2, "b": 1}

    def work(name: str, wakes: str) -> Loop:
        async def run_once() -> bool:
            if not left[name]:
                return False
            left[name] -= 1
            left[wakes] += name == "b"
            done.append(name)
            return True

        return Loop(name, 60, run_once)

    await work_off([work("a", "a"), work("b", "a")])
    assert done == ["a", "a", "b", "a"]


async def test_what_fails_while_working_off_is_raised() -> None:
    async def fail() -> bool:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await work_off([Loop("a.b", 60, fail)])
