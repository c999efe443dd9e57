"""A file of three-line receipts into an empty shop; Postgres and the importer share the cores."""

import os
import tempfile
import time
from pathlib import Path

from deploy.demo.spec import ShopSpec
from deploy.local.postgres import PostgresServer
from services.ingest.domain.files.mapping import parse_mapping
from services.ingest.importing.job import ImportJob
from services.ingest.importing.stored import collect_seldom
from services.ingest.usecases.files.import_file import Progress, Summary
from shared.db import Limits, create_raw_pool
from tests.databases import Databases, blocking
from tests.import_runs import SHOP
from tests.load import cpu
from tests.load.import_files import MAPPING, NOW, write_lines
from tests.load.table import Row

LINES = 300_000
GOAL = 30_000
SPEC = ShopSpec(now=NOW, customers=12_000)


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Import once; lines a second of the whole, with its first look through the file."""
    collect_seldom()
    with tempfile.TemporaryDirectory() as directory, databases.temporary() as url:
        path = Path(directory) / "receipts.csv"
        lines = write_lines(path, SPEC, LINES)
        before = cpu.of_process(os.getpid()), cpu.of_postgres(server.cluster.data_dir)
        started = time.perf_counter()
        summary = blocking(imported(url, path, lambda _, __: None))
        took = time.perf_counter() - started
        after = cpu.of_process(os.getpid()), cpu.of_postgres(server.cluster.data_dir)
    assert (summary.rows, summary.accepted) == (lines, lines // 3)
    ours, postgres = ((b - a) / summary.receipts * 1e6 for a, b in zip(before, after, strict=True))
    rate = lines / took
    return [
        Row(
            name=f"import of {lines:,} lines, receipts of three",
            figure=f"{rate:,.0f} lines/s",
            limit=f"goal {GOAL:,} lines/s",
            ratio=rate / GOAL,
            goal=">= 1",
            is_met=rate >= GOAL,
            note=f"CPU us a receipt: importer {ours:.0f}, Postgres {postgres:.0f}",
        )
    ]


async def imported(url: str, path: Path, progress: Progress) -> Summary:
    """Take a file in as the command does."""
    pool = await create_raw_pool(url, Limits("bench", 120, 60), size=4)
    try:
        mapping = parse_mapping(MAPPING)
        job = ImportJob(path, mapping, "bench", print, progress)
        return await job.run(pool, SHOP)
    finally:
        await pool.close()
