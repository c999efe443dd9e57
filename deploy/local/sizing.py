"""How much memory Postgres gets: it shares the machine with the services."""

from pathlib import Path

import psutil

MIB = 1024 * 1024
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def machine_memory_bytes(cgroup_limit: Path = _CGROUP_LIMIT) -> int:
    """Give the memory we may use: the machine's, or less where a container has a limit."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = cgroup_limit.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def memory_settings(total_bytes: int) -> dict[str, str]:
    """Size Postgres from RAM: a quarter to pages up to 2 GiB, WAL so that checkpoints stay rare."""
    total_mib = total_bytes // MIB
    shared_buffers = _between(total_mib // 4, low=64, high=2048)
    return {
        "shared_buffers": f"{shared_buffers}MB",
        "effective_cache_size": f"{max(total_mib // 2, 128)}MB",
        "work_mem": f"{_between(total_mib // 512, low=4, high=32)}MB",
        "maintenance_work_mem": f"{_between(total_mib // 32, low=32, high=512)}MB",
        "max_wal_size": f"{_between(total_mib // 4, low=512, high=4096)}MB",
        "min_wal_size": f"{_between(total_mib // 32, low=80, high=1024)}MB",
    }


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
