"""CPU of a process and of a whole Postgres: seconds used, and which cores they may use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from typing_extensions import override


def of_process(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def of_postgres(data: Path) -> float:
    """Return the CPU seconds of the postmaster on a data directory and of its backends."""
    postmaster = _postmaster(data)
    total = postmaster.cpu_times()
    used = total.user + total.system + total.children_user + total.children_system
    for child in postmaster.children():
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return float(used)


@dataclass(frozen=True, slots=True)
class Cores:
    """The core a measured server runs on alone; none where the system lets us choose none."""

    of_server: int | None

    def pin(self, pid: int) -> None:
        """Put every thread of a server on its core."""
        if self.of_server is not None:
            for thread in psutil.Process(pid).threads():
                os.sched_setaffinity(thread.id, {self.of_server})

    @override
    def __str__(self) -> str:
        if self.of_server is None:
            return "all on the same cores"
        return "server on one core, client and Postgres on the others"


@contextmanager
def server_apart(data: Path) -> Iterator[Cores]:
    """Keep this process and Postgres off the core of the server that is measured."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2:
        yield Cores(None)
        return
    _allow(data, cores[1:])
    try:
        yield Cores(cores[0])
    finally:
        _allow(data, cores)


def _allow(data: Path, cores: list[int]) -> None:
    postmaster = _postmaster(data)
    for process in (psutil.Process(), postmaster, *postmaster.children()):
        with suppress(psutil.NoSuchProcess):
            process.cpu_affinity(cores)


def _postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
