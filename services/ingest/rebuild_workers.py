"""Shards of a rebuild handed to processes: folding is Python's work, one process uses one core."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Final

from services.ingest.queries.rebuilds import Shard
from services.ingest.usecases.rebuilds.rebuild_shards import Step, work_off
from shared.commands import PATIENCE
from shared.db import create_raw_pool
from shared.settings import PlatformSettings

Tell = Callable[[Step], None]
# A forked child would share the parent's database connections.
_PROCESSES: Final = get_context("spawn")


class WorkerLost(Exception):
    """A process of the rebuild ended early; what it finished is kept."""


async def work_here(shards: Sequence[Shard], tell: Tell, *, repairs: bool) -> None:
    """Work shards off in this process."""
    url = PlatformSettings.load().database_url.get_secret_value()
    async with await create_raw_pool(url, PATIENCE, size=1) as pool:
        for shard in shards:
            async for step in work_off(pool, shard, repairs=repairs):
                tell(step)


def work_in_processes(shards: Sequence[Shard], tell: Tell, *, repairs: bool, jobs: int) -> None:
    """Work shards off in so many processes, each given the next shard when it is free."""
    waiting = iter(shards)
    pipes = [_start(repairs=repairs) for _ in range(min(jobs, len(shards)))]
    for pipe in pipes:
        _hand_over(pipe, waiting)
    while pipes:
        ready = wait(pipes)
        for pipe in [pipe for pipe in pipes if pipe in ready]:
            if (step := _told_by(pipe)) is not None:
                tell(step)
            elif not _hand_over(pipe, waiting):
                pipes.remove(pipe)


def _start(*, repairs: bool) -> Connection:
    ours, theirs = _PROCESSES.Pipe()
    _PROCESSES.Process(target=_work, args=(theirs, repairs), daemon=True).start()
    theirs.close()  # so that the end of the process is the end of the pipe
    return ours


def _told_by(pipe: Connection) -> Step | None:
    """Return the step a process did, or None when its shard is done."""
    try:
        step: Step | None = pipe.recv()
    except (EOFError, ConnectionError):  # what it had not read yet resets the pipe
        raise WorkerLost from None
    return step


def _hand_over(pipe: Connection, waiting: Iterator[Shard]) -> bool:
    shard = next(waiting, None)
    with suppress(ConnectionError):  # it ended: reading tells
        pipe.send(shard)
    return shard is not None


def _work(pipe: Connection, repairs: bool) -> None:  # noqa: FBT001 - spawn passes by position
    """Work off what is handed over; ends with its parent, whose end closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with suppress(ConnectionError, EOFError):
        while (shard := pipe.recv()) is not None:
            asyncio.run(work_here([shard], pipe.send, repairs=repairs))
            pipe.send(None)
