"""Work on shards by joblib: here by processes, elsewhere by whatever `parallel_config` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky import reusable_executor
from joblib.parallel import get_active_backend

Task = TypeVar("Task")
Result = TypeVar("Result")
_ALL = -1


@dataclass(frozen=True, slots=True)
class Workers:
    """Who works on shards; `backend=None`: processes of this machine."""

    backend: Any
    jobs: int


def workers_of_this_thread(jobs: int) -> Workers:
    """Name the workers that `joblib.parallel_config` set in this thread, else so many processes.

    joblib keeps its configuration by thread: ask before the work moves to another one. A cluster
    is used whole unless n_jobs was given: Ray otherwise runs everything in one process, silently.
    """
    backend, wanted = get_active_backend()
    if type(backend).__name__ == "LokyBackend":
        return Workers(None, jobs if wanted is None else wanted)
    return Workers(backend, _ALL if wanted is None else wanted)


def work_on(
    tasks: Sequence[Task],
    work: Callable[[Task], Result],
    workers: Workers,
    *,
    done: Callable[[int], None],
    stop: Event,
) -> list[Result]:
    """Work on every task, in any process; results come in the order of the tasks.

    `done` is told how many are; when `stop` is set, nothing more is begun.
    """
    # Whole shards, one by one; arguments go as bytes, never through shared memory, of which a
    # container has little.
    parallel = Parallel(
        n_jobs=workers.jobs,
        backend=workers.backend,
        return_as="generator",
        batch_size=1,
        max_nbytes=None,
    )
    found: list[Result] = []
    coming = parallel(delayed(work)(task) for task in tasks)
    try:
        for result in coming:
            found.append(result)
            done(len(found))
            if stop.is_set():
                break
    finally:
        coming.close()
    return found


def available_cores() -> int:
    """Count the cores this process may use, also in a container."""
    return int(cpu_count())


def dismiss() -> None:
    """End this machine's processes: idle they hold memory for five minutes.

    What one is in the middle of is rolled back: of a release nobody reads yet, or of a sweep that
    is begun again.
    """
    # Asking for it would make one, or wait for ever for what a broken one is in the middle of.
    executor = reusable_executor._executor  # noqa: SLF001 - loky has no other way to what is there
    if executor is not None:
        executor.shutdown(wait=True, kill_workers=True)
