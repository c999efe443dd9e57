"""Put a model into force for 100,000 customers: read facts, score, decide, write, flip."""

from statistics import median

from deploy.local.postgres import PostgresServer
from tests.databases import Databases, blocking
from tests.load import cpu
from tests.load.base import fill, spec_of
from tests.load.releasing import Took, promoted, trained
from tests.load.table import Row

CUSTOMERS, RUNS, MOST_S = 100_000, 3, 6.0


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Promote the trained model again and again, each time in a process of its own."""
    with databases.temporary() as url:
        blocking(fill(url, spec_of(CUSTOMERS)))
        version = trained(url).version
        return [rescored(server, url, version, CUSTOMERS, MOST_S)]


def rescored(server: PostgresServer, url: str, version: str, customers: int, most_s: float) -> Row:
    """Promote a model for a base some times and show the median."""
    data = server.cluster.data_dir
    before = cpu.of_postgres(data)
    runs = [promoted(url, version) for _ in range(RUNS)]
    database = (cpu.of_postgres(data) - before) / RUNS
    seconds = median(run.seconds for run in runs)
    return Row(
        name=f"{customers:,} customers re-scored and put into force",
        figure=f"{seconds:.1f} s ({min(run.seconds for run in runs):.1f}"
        f"-{max(run.seconds for run in runs):.1f})",
        limit="",
        ratio=None,
        goal=f"<= {most_s:.0f} s",
        is_met=seconds <= most_s,
        note=_note(runs, database, customers),
    )


def _note(runs: list[Took], database: float, customers: int) -> str:
    used = median(run.cpu_seconds for run in runs)
    return (
        f"CPU us a customer: worker {used / customers * 1e6:.0f},"
        f" Postgres {database / customers * 1e6:.0f};"
        f" peak {max(run.peak_mib for run in runs):.0f} MiB"
    )
