"""CPU seconds of a process and of a whole Postgres, to tell service and database apart."""

from pathlib import Path

import psutil


def of_process(pid: int) -> float:
    """Return the CPU seconds a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def of_postgres(data: Path) -> float:
    """Return the CPU seconds of the postmaster on a data directory and of its backends."""
    postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
    total = postmaster.cpu_times()
    used = total.user + total.system + total.children_user + total.children_system
    for child in postmaster.children():
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return float(used)
