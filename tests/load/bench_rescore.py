"""Put a model into force for 100,000 customers: read facts, score, decide, write, flip."""

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from deploy.local.postgres import PostgresServer
from tests.databases import Databases, blocking
from tests.load import cpu
from tests.load.scored import background, make_scored_base, no_report
from tests.load.table import Row
from tests.paths import REPO_DIR

CUSTOMERS, RUNS, MOST_S = 100_000, 3, 10.0


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Promote the trained model again and again, each time in a process of its own."""
    with databases.temporary() as url:
        version = blocking(make_scored_base(url, CUSTOMERS))
        data = server.cluster.data_dir
        before = cpu.of_postgres(data)
        runs = [_promoted(url, version) for _ in range(RUNS)]
        database = (cpu.of_postgres(data) - before) / RUNS
    seconds, used, peak = (median(column) for column in zip(*runs, strict=True))
    note = (
        f"CPU us a customer: worker {used / CUSTOMERS * 1e6:.0f},"
        f" Postgres {database / CUSTOMERS * 1e6:.0f}; peak {peak / 1024:.0f} MiB"
    )
    return [
        Row(
            name=f"{CUSTOMERS:,} customers re-scored and put into force",
            figure=f"{seconds:.1f} s ({min(run[0] for run in runs):.1f}"
            f"-{max(run[0] for run in runs):.1f})",
            limit="",
            ratio=None,
            goal=f"<= {MOST_S:.0f} s",
            is_met=seconds <= MOST_S,
            note=note,
        )
    ]


def _promoted(url: str, version: str) -> tuple[float, float, float]:
    """Give seconds, CPU seconds and peak resident KiB of one promotion."""
    command = [sys.executable, "-m", "tests.load.bench_rescore", url, version]
    done = subprocess.run(command, cwd=REPO_DIR, check=True, stdout=subprocess.PIPE)
    seconds, used, peak = map(float, done.stdout.split())
    return seconds, used, peak


async def promote(url: str, version: str) -> None:
    """Promote a model and print what it took."""
    async with background(url) as worker:
        begun = time.perf_counter(), time.process_time()
        await worker.trainer.promote(version, no_report)
        seconds, used = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(seconds, used, _peak_kib())


def _peak_kib() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts what the process was forked from as well
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    asyncio.run(promote(*sys.argv[1:]))
