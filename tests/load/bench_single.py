"""Single receipts over HTTP at 64 connections, against bare one-row commits at the same 64."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any, Final

import asyncpg
import psutil
import uvloop

from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.bench_ingest import NOW, batches
from tests.load.requests import Round, drive, post
from tests.load.table import Row
from tests.servers import Server, add_key, running

Body = dict[str, Any]
CONNECTIONS, ROUNDS, REQUESTS = 64, 7, 3000
GOAL, GOAL_PER_S, GOAL_MB = 0.5, 1700, 300
BARE: Final = """
CREATE TABLE bare (key bytea PRIMARY KEY, body jsonb NOT NULL, at timestamptz DEFAULT now())
"""
_INSERT: Final = "INSERT INTO bare (key, body) VALUES ($1, $2)"


@dataclass(slots=True)
class Measured:
    """Rounds of both in turn, and the CPU seconds each used."""

    posted: list[Round] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    service_s: list[float] = field(default_factory=list)
    postgres_s: list[float] = field(default_factory=list)


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Post receipts one by one; commit the same bodies one by one; in turn."""
    with (
        databases.temporary() as url,
        databases.temporary() as bare_url,
        running("ingest", url, BUSINESS_NOW=NOW.isoformat()) as ingest,
    ):
        return uvloop.run(_measure(server, ingest, url, bare_url))


async def _measure(server: PostgresServer, ingest: Server, url: str, bare_url: str) -> list[Row]:
    key = add_key(url)
    bodies = (body for batch in batches() for body in batch)
    found, data = Measured(), server.cluster.data_dir
    connections = [await asyncpg.connect(bare_url, ssl=False) for _ in range(CONNECTIONS)]
    await connections[0].execute(BARE)
    for number in range(ROUNDS + 1):
        some = list(islice(bodies, REQUESTS))
        requests = [_posted(key, body) for body in some]
        before = cpu.of_process(ingest.process.pid), cpu.of_postgres(data)
        posted = await drive(ingest.port, requests, CONNECTIONS)
        after = cpu.of_process(ingest.process.pid), cpu.of_postgres(data)
        bare = await committed(connections, number, some)
        if number:  # the first round warms both up
            found.posted.append(posted)
            found.bare.append(bare)
            found.service_s.append(after[0] - before[0])
            found.postgres_s.append(after[1] - before[1])
    for connection in connections:
        await connection.close()
    return [_row(found), _memory(ingest)]


def _posted(key: str, body: Body) -> bytes:
    return post("/v1/receipts", key, json.dumps({"receipts": [body]}).encode())


async def committed(
    connections: list[asyncpg.Connection], number: int, bodies: list[Body]
) -> float:
    """Commit each body as one row of its own; gives rows a second."""
    rows = iter([(f"{number}-{n}".encode(), json.dumps(body)) for n, body in enumerate(bodies)])
    started = time.perf_counter()
    await asyncio.gather(*(_commit_each(connection, rows) for connection in connections))
    return len(bodies) / (time.perf_counter() - started)


async def _commit_each(connection: asyncpg.Connection, rows: Iterator[tuple[bytes, str]]) -> None:
    for row in rows:
        await connection.execute(_INSERT, *row)


def _row(found: Measured) -> Row:
    per_s = median(each.per_s for each in found.posted)
    ratio = median(x.per_s / bare for x, bare in zip(found.posted, found.bare, strict=True))
    p50, p99 = (median(each.percentile(p) for each in found.posted) * 1e3 for p in (0.5, 0.99))
    return Row(
        name=f"single receipts, {CONNECTIONS} connections",
        figure=f"{per_s:,.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms",
        limit=f"bare one-row commits {median(found.bare):,.0f}/s",
        ratio=ratio,
        goal=f">= {GOAL} and >= {GOAL_PER_S:,}/s",
        is_met=ratio >= GOAL and per_s >= GOAL_PER_S,
        note=f"CPU us a receipt: service {_us(found.service_s)}, Postgres {_us(found.postgres_s)}",
    )


def _us(seconds: list[float]) -> str:
    return f"{median(seconds) / REQUESTS * 1e6:.0f}"


def _memory(ingest: Server) -> Row:
    megabytes = peak_megabytes(ingest.process.pid)
    return Row(
        name="memory of ingest after the single receipts",
        figure=f"{megabytes:.0f} MB resident",
        limit="",
        ratio=None,
        goal=f"<= {GOAL_MB} MB",
        is_met=megabytes <= GOAL_MB,
    )


def peak_megabytes(pid: int) -> float:
    """Return the resident memory of a process now."""
    return float(psutil.Process(pid).memory_info().rss) / 2**20
