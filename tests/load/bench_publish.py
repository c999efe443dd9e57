"""Publish a version over the base while customers are read, and go back from it.

Reads leave at a fixed rate, as a shop's do: a rate that fills the server would measure how two
programs share its cores, not whether a publication holds anybody up. PUBLISHED sets the base.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median

import httpx
import uvloop

from deploy.demo.planted import customer_id
from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.e2e.test_freshness import worker
from tests.load.base import spec_of
from tests.load.bench_programme_read import path_of
from tests.load.coffee import DOCUMENT, KEY, publish_coffee
from tests.load.open_loop import Answer, Shooter
from tests.load.requests import get
from tests.load.scored import SETTINGS, make_scored_base
from tests.load.table import Row
from tests.servers import add_key, running

CUSTOMERS = int(os.environ.get("PUBLISHED", "100000"))
PER_S, SPAN_S, ROUNDS = 200.0, 2.0, 3
MOST_TAIL, MOST_ROLLBACK_S = 2.0, 1.0


@dataclass(slots=True)
class Shop:
    """A scoring process under a steady load, and a worker that publishes."""

    base: str
    key: str
    http: httpx.AsyncClient
    port: int
    rng: random.Random

    async def reads(self) -> list[Answer]:
        """Read for a while; every answer must be a tier."""
        spec, most = spec_of(CUSTOMERS), int(PER_S * SPAN_S)
        asked = self.rng.choices(range(1, CUSTOMERS + 1), k=most)
        path = path_of(KEY)
        # connections of this span alone: the server closes those that were idle for 75 s
        shooter = Shooter(self.port)
        shooter.waiting.extend(
            get(path.format(customer_id(spec, number)), self.key) for number in asked
        )
        answers = await shooter.run(PER_S, SPAN_S)
        shooter.close()
        refused = Counter(answer.status for answer in answers if answer.status != 200)
        assert not refused, refused
        return answers

    async def publish(self) -> float:
        """Draft and publish; gives the seconds until the job is done."""
        body = {"document": DOCUMENT | {"warn_days": self.rng.randrange(1, 60)}}
        where = f"{self.base}/v1/programmes/{KEY}/versions"
        drafted = await self.http.post(where, json=body)
        assert drafted.status_code == 201, drafted.text
        why = {"goal": "measured", "owner": "bench", "approval": "none needed"}
        began = time.perf_counter()
        asked = await self.http.post(f"{where}/{drafted.json()['version']}/publish", json=why)
        assert asked.status_code == 202, asked.text
        job = self.base + asked.headers["location"]
        while (found := (await self.http.get(job)).json())["status"] in ("queued", "running"):
            await asyncio.sleep(0.1)
        assert found["status"] == "done", json.dumps(found)
        return time.perf_counter() - began

    async def roll_back(self) -> float:
        """Go back; gives the seconds until the next read is answered by the release before."""
        began = time.perf_counter()
        where = f"{self.base}/v1/programmes/{KEY}/rollback"
        told = (await self.http.post(where, json={"reason": "measured"})).json()
        spec = spec_of(CUSTOMERS)
        path = path_of(KEY).format(customer_id(spec, 1))
        while (await self.http.get(self.base + path)).json()["release"] != told["release"]:
            await asyncio.sleep(0.005)
        return time.perf_counter() - began


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Publish again and again; before each publication the same reads without one."""
    with databases.temporary() as url:
        uvloop.run(make_scored_base(url, CUSTOMERS))
        uvloop.run(publish_coffee(url))
        with running("scoring", url, **SETTINGS) as scoring, worker(scoring):
            return uvloop.run(_measure(scoring.url, scoring.port, add_key(url)))


async def _measure(base: str, port: int, key: str) -> list[Row]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        shop = Shop(base, key, http, port, random.Random(6))
        await shop.reads()
        quiet: list[Answer] = []
        busy: list[Answer] = []
        took: list[float] = []
        for _ in range(ROUNDS):
            quiet += await shop.reads()
            publishing = asyncio.create_task(shop.publish())
            while not publishing.done():
                busy += await shop.reads()
            took.append(await publishing)
        back = [await shop.roll_back() for _ in range(2)]
    return [_tail(quiet, busy, took), _back(back)]


def _tail(quiet: list[Answer], busy: list[Answer], took: list[float]) -> Row:
    (q50, q99), (b50, b99) = (_percentiles(some) for some in (quiet, busy))
    return Row(
        name=f"p99 of {PER_S:.0f} reads/s while {CUSTOMERS:,} customers are published",
        figure=f"{b99:.1f} ms (p50 {b50:.1f})",
        limit=f"before {q99:.1f} ms (p50 {q50:.1f})",
        ratio=b99 / q99,
        goal=f"<= {MOST_TAIL}",
        is_met=b99 / q99 <= MOST_TAIL,
        note=f"publication {median(took):.1f} s, {len(busy):,} reads meanwhile",
    )


def _back(seconds: list[float]) -> Row:
    return Row(
        name="rollback of a programme, to the first read by the release before",
        figure=f"{max(seconds) * 1e3:.0f} ms",
        limit="",
        ratio=None,
        goal=f"<= {MOST_ROLLBACK_S:.0f} s",
        is_met=max(seconds) <= MOST_ROLLBACK_S,
    )


def _percentiles(answers: list[Answer]) -> tuple[float, float]:
    ordered = sorted(answer.seconds * 1e3 for answer in answers)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
