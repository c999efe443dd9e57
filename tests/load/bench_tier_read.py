"""The tier read against bare ASGI with a primary-key fetch: rounds in turn, medians of each."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

import asyncpg
import httpx
import uvloop

from deploy.demo.planted import customer_id
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.base import spec_of
from tests.load.requests import Round, drive, get, post
from tests.load.scored import SETTINGS, make_scored_base
from tests.load.table import Row
from tests.paths import REPO_DIR
from tests.servers import add_key, running

CUSTOMERS, CONNECTIONS, ROUNDS, REQUESTS = 10_000, 16, 9, 4000
BATCH, BATCHES = 1000, 40
GOAL, BATCH_GOAL = 0.7, 20_000
_BARE_ANSWERS: Final = """
CREATE TABLE bare_answers AS
SELECT c.customer_id, substring(t.answer FROM 1 FOR 500) AS answer
FROM customers c JOIN tier_current t USING (profile_id);
ALTER TABLE bare_answers ADD PRIMARY KEY (customer_id);
ANALYZE bare_answers;
"""


@dataclass(slots=True)
class Side:
    """One of the two servers, its rounds and the CPU seconds they used."""

    port: int
    pid: int
    path: str
    key: str
    rounds: list[Round] = field(default_factory=list)
    service_s: list[float] = field(default_factory=list)
    postgres_s: list[float] = field(default_factory=list)

    def requests(self, rng: random.Random, count: int) -> list[bytes]:
        spec = spec_of(CUSTOMERS)
        asked = rng.choices(range(1, CUSTOMERS + 1), k=count)
        return [get(self.path.format(customer_id(spec, n)), self.key) for n in asked]

    def forget(self) -> None:
        """Begin anew: what was measured so far warmed it up."""
        self.rounds.clear()
        self.service_s.clear()
        self.postgres_s.clear()

    @property
    def per_s(self) -> float:
        return median(each.per_s for each in self.rounds)


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Serve each in turn on a core of its own; client and Postgres share the others."""
    with databases.temporary() as url:
        uvloop.run(prepare(url))
        with (
            cpu.server_apart(server.cluster.data_dir) as cores,
            running("scoring", url, **SETTINGS) as scoring,
            bare_server(url) as bare,
        ):
            cores.pin(scoring.process.pid)
            cores.pin(bare.pid)
            key = add_key(url)
            tier = Side(scoring.port, scoring.process.pid, "/v1/customers/{}/tier", key)
            return uvloop.run(_measure(server, tier, bare, cores))


async def prepare(url: str) -> None:
    await make_scored_base(url, CUSTOMERS)
    connection = await asyncpg.connect(url, ssl=False)
    await connection.execute(_BARE_ANSWERS)
    await connection.close()


@contextmanager
def bare_server(url: str) -> Iterator[Side]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.load.limit_app"],
        cwd=REPO_DIR,
        env={"DATABASE_URL": url, "LIMIT_PORT": str(port), "PYTHONPATH": str(REPO_DIR)},
    )
    try:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=transport, timeout=10) as client:
            client.get(f"http://127.0.0.1:{port}/{customer_id(spec_of(CUSTOMERS), 1)}")
        yield Side(port, process.pid, "/{}", "none")
    finally:
        process.terminate()
        process.wait(30)


async def _measure(server: PostgresServer, tier: Side, bare: Side, cores: cpu.Cores) -> list[Row]:
    rng = random.Random(2)
    for side in (tier, bare):
        await drive(side.port, side.requests(rng, REQUESTS), CONNECTIONS)
    for _ in range(ROUNDS):
        for side in (tier, bare):
            await _round(server, side, rng)
    batches = Side(tier.port, tier.pid, tier.path, tier.key)
    await _batch_rounds(server, batches, rng)
    return [_tier_row(tier, bare, cores), _batch_row(batches)]


async def _round(server: PostgresServer, side: Side, rng: random.Random) -> None:
    requests = side.requests(rng, REQUESTS)
    await timed(server, side, requests, CONNECTIONS)


async def _batch_rounds(server: PostgresServer, side: Side, rng: random.Random) -> None:
    spec = spec_of(CUSTOMERS)
    for _ in range(5):
        requests = []
        for _ in range(BATCHES // 5):
            asked = [customer_id(spec, n) for n in rng.sample(range(1, CUSTOMERS + 1), BATCH)]
            body: dict[str, Any] = {"customer_ids": asked}
            requests.append(post("/v1/tiers/query", side.key, json.dumps(body).encode()))
        await timed(server, side, requests, 2)


async def timed(
    server: PostgresServer, side: Side, requests: list[bytes], connections: int
) -> None:
    data = server.cluster.data_dir
    before = cpu.of_process(side.pid), cpu.of_postgres(data)
    side.rounds.append(await drive(side.port, requests, connections))
    side.service_s.append(cpu.of_process(side.pid) - before[0])
    side.postgres_s.append(cpu.of_postgres(data) - before[1])
    await asyncio.sleep(0.05)


def _tier_row(tier: Side, bare: Side, cores: cpu.Cores) -> Row:
    ratio = median(t.per_s / b.per_s for t, b in zip(tier.rounds, bare.rounds, strict=True))
    p50, p99 = (median(each.percentile(p) for each in tier.rounds) * 1e3 for p in (0.5, 0.99))
    return Row(
        name=f"tier read, {CONNECTIONS} connections, {CUSTOMERS:,} customers",
        figure=f"{tier.per_s:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        limit=f"bare ASGI + key fetch {bare.per_s:,.0f}/s",
        ratio=ratio,
        goal=f">= {GOAL}",
        is_met=ratio >= GOAL,
        note=f"CPU us a read: service {_us(tier.service_s, REQUESTS)} (limit"
        f" {_us(bare.service_s, REQUESTS)}), Postgres {_us(tier.postgres_s, REQUESTS)} (limit"
        f" {_us(bare.postgres_s, REQUESTS)}); {cores}",
    )


def _batch_row(side: Side) -> Row:
    per_s = side.per_s * BATCH
    items = BATCH * BATCHES // 5
    return Row(
        name=f"tiers of {BATCH:,} customers a request",
        figure=f"{per_s:,.0f} customers/s",
        limit="",
        ratio=None,
        goal=f">= {BATCH_GOAL:,}/s",
        is_met=per_s >= BATCH_GOAL,
        note=f"CPU us a customer: service {_us(side.service_s, items)},"
        f" Postgres {_us(side.postgres_s, items)}",
    )


def _us(seconds: list[float], items: int) -> str:
    return f"{median(seconds) / items * 1e6:.0f}"
