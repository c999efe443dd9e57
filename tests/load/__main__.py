"""`make bench`: every benchmark on one Postgres of its own, one table at the end."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from deploy.local.postgres import PostgresServer
from shared.schema.migrate import upgrade
from tests.databases import TEMPLATE, Databases, blocking, embedded_server
from tests.load.table import Row, show

BENCHES = (
    "ingest",
    "import",
    "single",
    "feedback",
    "timeline",
    "overload",
    "tier_read",
    "programme_read",
    "session",
    "key_timing",
    "score",
    "rescore",
    "rebuild",
)
#: Too long to run unasked: `python -m tests.load million` takes a quarter of an hour.
NAMED_ONLY = (
    "million",
    "read_growth",
    "publish",
    "simulate",
    "segments",
    "win_back",
    "experiments",
    "kpis",
    "console",
)
Bench = Callable[[PostgresServer, Databases], list[Row]]


def main(names: Sequence[str]) -> int:
    """Run the named benchmarks, or all but those of NAMED_ONLY; 1 when a goal is missed."""
    rows: list[Row] = []
    with embedded_server({"shared_buffers": "1GB", "max_wal_size": "4GB"}) as server:
        databases = Databases(server.url("postgres"))
        databases.execute(f'CREATE DATABASE "{TEMPLATE}"')
        blocking(upgrade(databases.url(TEMPLATE)))
        for name in names or BENCHES:
            print(f"bench {name} ...", flush=True)
            bench: Bench = import_module(f"tests.load.bench_{name}").bench
            rows += bench(server, databases)
    return 0 if show(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
