"""Which processes we started: a start after a crash ends those that are still there."""

import json
from pathlib import Path

import psutil

_SAME_INSTANT_S = 1.0


def remember(record: Path, pid: int) -> None:
    """Write down a process by its id and start time (an id alone is used again)."""
    try:
        started_at = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return
    record.write_text(json.dumps({"pid": pid, "started_at": started_at}), encoding="ascii")


def stop_remembered(directory: Path, patience_s: float = 10.0) -> list[str]:
    """End the processes written down in a directory; give the names of those that were alive."""
    alive = {p: name for record in sorted(directory.glob("*.json")) for p, name in _found(record)}
    for process in alive:
        process.terminate()
    _, stubborn = psutil.wait_procs(list(alive), timeout=patience_s)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=patience_s)
    for record in directory.glob("*.json"):
        record.unlink(missing_ok=True)
    return list(alive.values())


def _found(record: Path) -> list[tuple[psutil.Process, str]]:
    try:
        known = json.loads(record.read_text(encoding="ascii"))
        process = psutil.Process(known["pid"])
        is_ours = abs(process.create_time() - known["started_at"]) < _SAME_INSTANT_S
    except (OSError, ValueError, KeyError, psutil.Error):
        return []
    return [(process, record.stem)] if is_ours else []
