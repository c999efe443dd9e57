"""`tierline rebuild --check` in one process and in two.

Ingest takes a small shop in itself; its customers without returns are then copied under other
profile ids, log and facts alike, until there are REBUILD_CUSTOMERS.
"""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import asyncpg
import httpx

from deploy.demo.delivery import Stream
from deploy.demo.shop import generate
from deploy.demo.spec import ShopSpec
from deploy.local.postgres import PostgresServer
from tests.databases import Databases, blocking
from tests.load.bench_ingest import NOW
from tests.load.table import Row
from tests.paths import REPO_DIR
from tests.servers import SECRET_KEY, add_key, query, running

CUSTOMERS = int(os.environ.get("REBUILD_CUSTOMERS", "20000"))
POSTED, SIZE, AT_ONCE = 2000, 1000, 3
COPIED = (
    "customers", "events", "orders", "order_lines", "entries", "customer_day",
    "customer_category", "customer_sku", "customer_habit",
)  # fmt: skip


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Post a shop's receipts, then compare all facts with the log, in one process and in two."""
    with databases.temporary() as url:
        with running("ingest", url, BUSINESS_NOW=NOW.isoformat()) as ingest:
            headers = {"Authorization": f"Bearer {add_key(url)}"}
            asyncio.run(_fill(ingest.url, headers))
        _copy(url)
        counted = query(url, "SELECT (SELECT count(*) FROM customers), count(*) FROM events")
        customers, events = counted[0]
        (alone, alone_cpu), (together, together_cpu) = (_seconds(url, jobs) for jobs in (1, 2))
    return [
        Row(
            name=f"rebuild --check of {customers:,} customers, {events:,} events, --jobs 2",
            figure=f"{customers / together:,.0f}/s",
            limit=f"--jobs 1: {customers / alone:,.0f}/s",
            ratio=alone / together,
            goal="no difference",
            is_met=True,
            note=f"CPU us a customer: {alone_cpu / customers * 1e6:.0f} alone,"
            f" {together_cpu / customers * 1e6:.0f} in two",
        )
    ]


def _batches() -> Iterator[list[dict[str, Any]]]:
    spec = ShopSpec(now=NOW, customers=POSTED, years=1.0)
    bodies = (d.body for d in generate(spec) if d.stream is Stream.RECEIPT)
    while batch := list(islice(bodies, SIZE)):
        yield batch


def _copy(url: str) -> None:
    """Copy customers that gave nothing back until there are enough."""
    blocking(_copied(url))


async def _copied(url: str) -> None:
    connection = await asyncpg.connect(url, ssl=False)
    await connection.execute(
        """
        CREATE TEMP TABLE plain AS SELECT profile_id FROM customers
        WHERE last_unlinked_return_at IS NULL
            AND profile_id NOT IN (SELECT profile_id FROM reversals)
            AND profile_id NOT IN (SELECT profile_id FROM return_findings)
            AND profile_id NOT IN (
                SELECT applied_profile_id FROM reversals WHERE applied_profile_id IS NOT NULL)
        """
    )
    plain, known = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM plain), (SELECT count(*) FROM customers)"
    )
    times = max(0, CUSTOMERS - known) // plain
    for table in COPIED:
        names = [r[0] for r in await connection.fetch(_COLUMNS, table)]
        values = ", ".join(_COPY.get(name, f"t.{name}") for name in names)
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t"
            f" JOIN plain USING (profile_id), generate_series(1, {times}) AS n"
        )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
#: How a copy's columns follow from the original's: keys of its own, everything else the same.
_KEY = "md5(t.{} || n::text::bytea)"
_COPY = {
    "profile_id": "md5(t.profile_id::text || n)::uuid",
    "customer_id": "NULL",
    "sequence": "t.sequence + n * 1000000000::bigint",
    "event_key": f"decode({_KEY.format('event_key')}, 'hex')",
    "order_key": f"decode({_KEY.format('order_key')}, 'hex')",
    "entry_id": f"decode({_KEY.format('entry_id')}, 'hex')",
    "body": "CASE WHEN t.body ? 'keys' THEN"
    f" t.body || jsonb_build_object('keys', jsonb_build_array({_KEY.format('order_key')}))"
    " ELSE t.body END",
}


async def _fill(url: str, headers: dict[str, str]) -> None:
    waiting = _batches()
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:

        async def send() -> None:
            for batch in waiting:
                while True:
                    answer = await client.post("/v1/receipts", json={"receipts": batch})
                    if answer.status_code == 200:
                        break
                    assert answer.status_code in (429, 503), answer.text
                    await asyncio.sleep(0.2)

        await asyncio.gather(*(send() for _ in range(AT_ONCE)))


def _seconds(url: str, jobs: int) -> tuple[float, float]:
    """Run the command as an operator would: seconds and seconds of CPU; fails on a difference."""
    started, used = time.perf_counter(), _cpu_of_children()
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-m", "deploy.cli", "rebuild", "--check", "--jobs", str(jobs)],
            cwd=REPO_DIR,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": url,
                "TIERLINE_SECRET_KEY": SECRET_KEY,
                "TIERLINE_HOME": home,
                "PYTHONPATH": str(REPO_DIR),
            },
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return time.perf_counter() - started, _cpu_of_children() - used


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
