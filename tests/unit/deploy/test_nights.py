"""The nights of the demo shop are worked off by one process, which must say that each is over."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.errors import NightFailed
from deploy.local.home import Home, make_home
from deploy.local.nights import Nights
from deploy.local.ports import addresses_of
from deploy.local.stack import Stack, start_children, stop_stack

AT = [datetime(2026, 10, day, 3, 30, tzinfo=UTC) for day in (18, 25)]
SHIFT = """
import sys
for line in sys.stdin:
    {}
    print('{{"event": "night_over", "at": "%s"}}' % line.strip(), flush=True)
"""


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    home = Home(tmp_path / "home")
    make_home(home)
    made = Stack(home, addresses_of({}), lambda _: None)
    yield made
    await stop_stack(made)


def nights(stack: Stack, directory: Path, program: str = "pass") -> Nights:
    """Give nights whose process is a stand-in that does something each night."""
    path = directory / "shift.py"
    path.write_text(SHIFT.format(program))
    return Nights(stack, {}, command=(sys.executable, str(path)))


async def test_one_process_works_off_one_night_after_the_other(
    stack: Stack, tmp_path: Path
) -> None:
    shift = nights(stack, tmp_path)
    for at in AT:
        await asyncio.wait_for(shift.work(at), 10)
    (child,) = stack.children
    log = (stack.home.logs / "night.log").read_text()
    assert [at.isoformat() in log for at in AT] == [True, True]
    await shift.end()
    assert child.process is not None
    assert child.process.returncode is not None
    assert (stack.children, stack.tasks) == ([], [])


async def test_a_night_that_ends_early_says_what_was_wrong(stack: Stack, tmp_path: Path) -> None:
    shift = nights(stack, tmp_path, "sys.exit('no such model')")
    with pytest.raises(NightFailed, match="2026-10-18 ended by itself with code 1:\nno such model"):
        await asyncio.wait_for(shift.work(AT[0]), 10)


async def test_after_a_night_that_failed_the_next_one_has_a_process_again(
    stack: Stack, tmp_path: Path
) -> None:
    shift = nights(stack, tmp_path, "sys.exit('no such model')")
    with pytest.raises(NightFailed):
        await asyncio.wait_for(shift.work(AT[0]), 10)
    await shift.end()
    (tmp_path / "shift.py").write_text(SHIFT.format("pass"))
    await asyncio.wait_for(shift.work(AT[0]), 10)


async def test_a_stop_ends_the_night_under_way(stack: Stack, tmp_path: Path) -> None:
    shift = nights(stack, tmp_path, "import time; time.sleep(60)")
    working = asyncio.create_task(shift.work(AT[0]))
    while not stack.children:
        await asyncio.sleep(0.01)
    await asyncio.wait_for(stop_stack(stack), 10)
    with pytest.raises(NightFailed, match="SIGTERM"):
        await working


async def test_the_end_of_nights_that_never_began_is_no_fault(stack: Stack, tmp_path: Path) -> None:
    await nights(stack, tmp_path).end()
    assert stack.children == []


async def test_only_what_does_not_run_is_started(stack: Stack) -> None:
    environ = {"PATH": "/nonexistent"}
    start_children(stack, environ, ("ingest",))
    start_children(stack, environ, ("ingest", "scoring"))
    assert [child.spec.name for child in stack.children] == ["ingest", "scoring"]
