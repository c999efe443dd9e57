"""`python -m tests.load.import_scale LINES`: does an import slow down as the shop grows?"""

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.demo.spec import ShopSpec
from services.ingest.importing.stored import collect_seldom
from services.ingest.usecases.files.import_file import Summary
from shared.schema.migrate import upgrade
from tests.databases import TEMPLATE, Databases, blocking, embedded_server
from tests.load.bench_import import imported
from tests.load.import_files import NOW, write_lines

EACH = 1_000_000
#: Sales of three lines and more that the generator makes for a customer in two years, in lines.
LINES_A_CUSTOMER = 24
SERVER = {"shared_buffers": "2GB", "max_wal_size": "16GB"}


@dataclass(slots=True)
class Pace:
    """Prints how long every million lines took, and how much memory the importer holds."""

    rates: list[float] = field(default_factory=list)
    _since: float = 0.0
    _rows: int = 0

    def __call__(self, _: float, summary: Summary) -> None:
        now = time.perf_counter()
        if summary.rows == 0:
            self._since = now  # still looking through the file
        elif summary.rows - self._rows >= EACH:
            rate = (summary.rows - self._rows) / (now - self._since)
            memory = psutil.Process().memory_info().rss / 1024**2
            self.rates.append(rate)
            print(
                f"{summary.rows:>12,} lines  {rate:>8,.0f} lines/s  {memory:,.0f} MiB", flush=True
            )
            self._since, self._rows = now, summary.rows


def main(lines: int) -> None:
    """Import a file of so many lines; tell the first million's pace over the slowest's."""
    collect_seldom()
    spec = ShopSpec(now=NOW, customers=max(2_000, lines // LINES_A_CUSTOMER))
    with tempfile.TemporaryDirectory() as directory, embedded_server(SERVER) as server:
        path = Path(directory) / "receipts.csv"
        print(f"writing {write_lines(path, spec, lines):,} lines ...", flush=True)
        databases = Databases(server.url("postgres"))
        databases.execute(f'CREATE DATABASE "{TEMPLATE}"')
        blocking(upgrade(databases.url(TEMPLATE)))
        with databases.temporary() as url:
            pace, started = Pace(), time.perf_counter()
            summary = blocking(imported(url, path, pace))
            took = time.perf_counter() - started
    print(f"{summary.rows:,} lines in {took:,.0f} s: {summary.rows / took:,.0f} lines/s")
    if len(pace.rates) > 1:
        print(f"first million over last: {pace.rates[0] / pace.rates[-1]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20 * EACH)
