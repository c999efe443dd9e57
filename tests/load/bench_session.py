"""Sessions against the limit of a tier read; with an event each, beside bare one-row commits."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from itertools import count
from statistics import median
from typing import Any, Final

import asyncpg
import httpx
import uvloop

from deploy.demo.planted import customer_id
from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.base import NOW, spec_of
from tests.load.bench_tier_read import CONNECTIONS, CUSTOMERS, Side, bare_server, prepare, timed
from tests.load.requests import post
from tests.load.scored import SETTINGS
from tests.load.table import Row
from tests.servers import add_key, running

ROUNDS, REQUESTS, WITH_EVENT = 9, 3000, 1000
GOAL: Final = 0.35
PATH: Final = "/v1/sessions"
_BARE: Final = """
CREATE TABLE bare_events (key bytea PRIMARY KEY, body jsonb NOT NULL, at timestamptz DEFAULT now())
"""
_INSERT: Final = "INSERT INTO bare_events (key, body) VALUES ($1, $2)"


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Serve sessions on a core of their own; client, Postgres and ingest share the others."""
    with databases.temporary() as url:
        uvloop.run(prepare(url))
        key = add_key(url)
        with (
            cpu.server_apart(server.cluster.data_dir) as cores,
            running("ingest", url, **SETTINGS) as ingest,
            running("scoring", url, INGEST_URL=ingest.url, **SETTINGS) as scoring,
            bare_server(url) as bare,
        ):
            cores.pin(scoring.process.pid)
            cores.pin(bare.pid)
            sides = [Side(scoring.port, scoring.process.pid, PATH, key) for _ in range(2)]
            _check(scoring.url, key)
            return uvloop.run(_measure(server, sides[0], sides[1], bare, url))


def _body(rng: random.Random, event: int | None) -> dict[str, Any]:
    name = customer_id(spec_of(CUSTOMERS), rng.randint(1, CUSTOMERS))
    body: dict[str, Any] = {"customer": {"customer_id": name}, "channel": "web"}
    if event is not None:
        body["events"] = [_event(event)]
    return body


def _event(number: int) -> dict[str, Any]:
    return {
        "event_id": f"session-{number}",
        "type": "product_viewed",
        "occurred_at": NOW.isoformat(),
        "properties": {"sku": "6927165"},
    }


def _check(url: str, key: str) -> None:
    """See that what is measured is a whole answer, its event stored."""
    headers = {"Authorization": f"Bearer {key}"}
    body = _body(random.Random(0), -1)
    told = httpx.post(f"{url}{PATH}", json=body, headers=headers, timeout=30).json()
    assert told["known"], told
    assert told["token"], told
    assert told["tiers"], told
    assert told["events"]["accepted"] == 1, told["events"]


async def _measure(
    server: PostgresServer, plain: Side, telling: Side, bare: Side, url: str
) -> list[Row]:
    rng, numbers = random.Random(3), count()
    commits: list[float] = []
    for turn in range(ROUNDS + 1):
        await timed(server, plain, _posts(plain, rng, REQUESTS, None), CONNECTIONS)
        await timed(server, bare, bare.requests(rng, REQUESTS), CONNECTIONS)
        if turn == 0:  # all of them warm
            plain.forget()
            bare.forget()
    for turn in range(5):
        await timed(server, telling, _posts(telling, rng, WITH_EVENT, numbers), CONNECTIONS)
        commits.append(await _committed(url, turn))
    return [_plain_row(plain, bare), _telling_row(telling, commits)]


def _posts(
    side: Side, rng: random.Random, requests: int, numbers: Iterator[int] | None
) -> list[bytes]:
    return [
        post(PATH, side.key, json.dumps(_body(rng, next(numbers) if numbers else None)).encode())
        for _ in range(requests)
    ]


async def _committed(url: str, turn: int) -> float:
    """Commit as many events as rows of their own over as many connections; gives rows a second."""
    connections = [await asyncpg.connect(url, ssl=False) for _ in range(CONNECTIONS)]
    if turn == 0:
        await connections[0].execute(_BARE)
    rows = iter([(f"{turn}-{n}".encode(), json.dumps(_event(n))) for n in range(WITH_EVENT)])
    started = time.perf_counter()
    await asyncio.gather(*(_commit_each(connection, rows) for connection in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        await connection.close()
    return WITH_EVENT / seconds


async def _commit_each(connection: asyncpg.Connection, rows: Iterator[tuple[bytes, str]]) -> None:
    for row in rows:
        await connection.execute(_INSERT, *row)


def _plain_row(plain: Side, bare: Side) -> Row:
    ratio = median(p.per_s / b.per_s for p, b in zip(plain.rounds, bare.rounds, strict=True))
    return Row(
        name=f"session without events, {CONNECTIONS} connections, {CUSTOMERS:,} customers",
        figure=_figure(plain),
        limit=f"bare ASGI + key fetch {bare.per_s:,.0f}/s",
        ratio=ratio,
        goal=f">= {GOAL}",
        is_met=ratio >= GOAL,
        note=f"CPU us a session: service {_us(plain.service_s, REQUESTS)} (limit"
        f" {_us(bare.service_s, REQUESTS)}), Postgres {_us(plain.postgres_s, REQUESTS)} (limit"
        f" {_us(bare.postgres_s, REQUESTS)})",
    )


def _telling_row(telling: Side, commits: list[float]) -> Row:
    return Row(
        name=f"session with one event, {CONNECTIONS} connections",
        figure=_figure(telling),
        limit=f"bare one-row commits {median(commits):,.0f}/s",
        ratio=median(t.per_s / c for t, c in zip(telling.rounds, commits, strict=True)),
        goal="reported",
        is_met=True,
        note=f"CPU us a session: scoring {_us(telling.service_s, WITH_EVENT)}",
    )


def _figure(side: Side) -> str:
    p50, p99 = (median(each.percentile(p) for each in side.rounds) * 1e3 for p in (0.5, 0.99))
    return f"{side.per_s:,.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms"


def _us(seconds: list[float], items: int) -> str:
    return f"{median(seconds) / items * 1e6:.0f}"
