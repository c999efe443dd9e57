"""What a killed supervisor left: a Postgres that still runs, or the lock file of a dead one."""

import signal
from pathlib import Path

import psutil

_NAMES = frozenset({"postgres", "postmaster"})


def stop_leftovers(data_dir: Path, patience_s: float = 10.0) -> int:
    """Stop every Postgres process that serves the directory; give how many there were.

    Afterwards the lock file can only name a process that is not Postgres (ids are used again,
    in containers at every start), so it is removed: Postgres itself would refuse to start.
    """
    found = _postgres_processes(data_dir)
    postmaster = _postmaster_pid(data_dir)
    for process in found:
        _send(process, signal.SIGINT if process.pid == postmaster else signal.SIGQUIT)
    _, alive = psutil.wait_procs(found, timeout=patience_s)
    for process in alive:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=patience_s)
    (data_dir / "postmaster.pid").unlink(missing_ok=True)
    return len(found)


def postmaster_status(data_dir: Path, pid: int) -> str:
    """Read what the postmaster says of itself: `starting`, `ready`, `stopping` or nothing yet."""
    try:
        lines = (data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return lines[7].strip() if len(lines) > 7 and lines[0] == str(pid) else ""


def _postmaster_pid(data_dir: Path) -> int | None:
    try:
        first = (data_dir / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def _postgres_processes(data_dir: Path) -> list[psutil.Process]:
    """List the processes that live in the directory: Postgres changes into it at its start."""
    directory = str(data_dir.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() in _NAMES and process.cwd() == directory:
                found.append(process)
        except psutil.Error:
            continue
    return found


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
