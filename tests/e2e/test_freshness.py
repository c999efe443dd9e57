"""A tier read shows every acknowledged receipt, also while everybody is being re-scored."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from time import perf_counter
from typing import Any

import asyncpg
import httpx
import pytest

from services.scoring.domain.tiers.answer import time_tail
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases.releases import seed_programme
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.worker import make_background
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.databases import blocking
from tests.paths import REPO_DIR
from tests.servers import SECRET_KEY, Server, add_key, running
from tests.shop_facts import LAST_DAY, make_shop, write_shop
from tests.tills import line, receipt

CLIENTS, PAIRS, CUSTOMERS = 8, 2000, 1000
NOW = datetime.combine(LAST_DAY, time(20), tzinfo=UTC)


def platform_at(url: str) -> PlatformSettings:
    return PlatformSettings.model_validate(
        {"database_url": url, "tierline_secret_key": SECRET_KEY, "business_now": NOW.isoformat()}
    )


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = await create_raw_pool(url, Limits("tests", 60), size=4)
    try:
        yield pool
    finally:
        await pool.close()


async def train(url: str) -> None:
    """Fill the shop and put a first model into force."""

    async def no_report(done: float, text: str) -> None:
        """Nobody looks."""

    async with connected(url) as pool:
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        async with pool.acquire() as connection:
            await write_shop(connection, make_shop(CUSTOMERS, mean_orders=12))
        await make_background(pool, platform_at(url)).trainer.train(no_report)


@dataclass(frozen=True, slots=True)
class Stack:
    """Ingest, scoring and a worker as processes of their own on one database."""

    url: str
    ingest: Server
    scoring: Server
    headers: dict[str, str]


@pytest.fixture
def stack(database_url: str) -> Iterator[Stack]:
    blocking(train(database_url))
    key = add_key(database_url)
    settings = {"BUSINESS_NOW": NOW.isoformat(), "TIERLINE_SERVICE_KEY": key}
    with (
        running("scoring", database_url, **settings) as scoring,
        running("ingest", database_url, SCORING_URL=scoring.url, **settings) as ingest,
        worker(scoring),
    ):
        yield Stack(database_url, ingest, scoring, {"Authorization": f"Bearer {key}"})


@contextmanager
def worker(beside: Server) -> Iterator[None]:
    """Run the background loops with the settings of a service."""
    known = beside.environment.items()
    plain = {k: v for k, v in known if k == "SCORING_URL" or not k.startswith("SCORING_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "worker"], cwd=REPO_DIR, env=plain, stdout=beside.log
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@dataclass(slots=True)
class Judge:
    """Decides each customer anew from the facts, and compares with what was answered."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay

    @classmethod
    def of(cls, pool: asyncpg.Pool, platform: PlatformSettings) -> "Judge":
        catalog = Catalog(pool, platform.secrets.model_signing_key)
        return cls(pool, catalog, BusinessDay(clock_from(platform.business_now), platform.zone))

    async def expected(self, customer_id: str, release_id: int) -> tuple[int, Any]:
        """Give the version of a customer's facts, and the answer they lead to."""
        moment = self.day.moment()
        profile_id = await self.pool.fetchval(
            "SELECT profile_id FROM customers WHERE customer_id = $1", customer_id
        )
        snapshot = await read_snapshot(self.pool, [profile_id], VALUE_KEY, moment.today)
        release = await self.catalog.value_release(release_id)
        levels = await self.catalog.levels(
            release.model_version, moment.today, seen=snapshot.levels_seen
        )
        grid = Grid(release, levels, moment.today, self.day.midnight_of)
        (decision,) = decide(snapshot.customers, snapshot.days, grid)
        return decision.versions.facts, json.loads(decision.answer + time_tail(moment.now))


@dataclass(slots=True)
class Tally:
    """What the pairs showed."""

    pairs: int = 0
    changed: int = 0
    releases: set[str] = field(default_factory=set)
    flips: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, customer_id: str, answer: dict[str, Any], seconds: float) -> None:
        self.pairs += 1
        content = {name: value for name, value in answer.items() if name != "release"}
        is_first_of_known = customer_id not in self.told and not customer_id.startswith("new-")
        self.changed += not is_first_of_known and self.told.get(customer_id) != content
        self.told[customer_id] = content
        self.releases.add(answer["release"])
        self.seconds.append(seconds)


@dataclass(frozen=True, slots=True)
class Till:
    """One client: customers of its own, some new and some known for long."""

    number: int
    stack: Stack
    http: httpx.AsyncClient
    judge: Judge
    tally: Tally

    async def run(self) -> None:
        for turn in range(PAIRS // CLIENTS):
            group, place = divmod(turn, 3)  # a new customer buys twice, then a known one once
            number = self.number * (CUSTOMERS // CLIENTS) + group
            name = f"c-{number}" if place == 2 else f"new-{number}"
            await self.pair(turn, name, version=2 if place == 2 else place + 1)

    async def pair(self, turn: int, customer_id: str, *, version: int) -> None:
        """Post a receipt; the answer after its acknowledgement is the one its facts lead to."""
        await self.post(turn, customer_id)
        started = perf_counter()
        answer = await self.http.get(f"{self.stack.scoring.url}/v1/customers/{customer_id}/tier")
        seconds = perf_counter() - started
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found, expected = await self.judge.expected(customer_id, int(told["release"][2:]))
        assert found == version
        assert told == expected
        self.tally.add(customer_id, told, seconds)

    async def post(self, turn: int, customer_id: str) -> None:
        number = self.number * PAIRS + turn
        body = receipt(
            number,
            customer={"customer_id": customer_id},
            business_date=str(LAST_DAY),
            occurred_at=datetime.combine(LAST_DAY, time(9, turn % 60), tzinfo=UTC).isoformat(),
            lines=[line(net=f"{(number * 7919) % 9000 + 100}.00")],
        )
        url = f"{self.stack.ingest.url}/v1/receipts"
        answer = await self.http.post(url, json={"receipts": [body]})
        assert answer.status_code == 200, answer.text
        assert answer.json()["accepted"] == 1


async def rescore(
    stack: Stack, http: httpx.AsyncClient, tally: Tally, flipped: asyncio.Event
) -> None:
    """Put the model into force again and again: everybody is decided, the pointer flips."""
    version = (await http.get(f"{stack.scoring.url}/v1/models")).json()["items"][0]["model_version"]
    while True:
        answer = await http.post(f"{stack.scoring.url}/v1/models/{version}/promote")
        where = stack.scoring.url + answer.headers["location"]
        while (job := (await http.get(where)).json())["status"] in ("queued", "running"):
            await asyncio.sleep(0.1)
        assert job["status"] == "done", job
        tally.flips += 1
        flipped.set()


@pytest.mark.slow
async def test_every_read_after_an_acknowledgement_is_fresh(stack: Stack) -> None:
    tally = Tally()
    async with AsyncExitStack() as opened:
        pool = await opened.enter_async_context(connected(stack.url))
        http = await opened.enter_async_context(
            httpx.AsyncClient(headers=stack.headers, timeout=30)
        )
        judge = Judge.of(pool, platform_at(stack.url))
        flipped = asyncio.Event()
        background = asyncio.create_task(rescore(stack, http, tally, flipped))
        await asyncio.wait_for(flipped.wait(), 60)
        before = tally.flips
        tills = [Till(number, stack, http, judge, tally) for number in range(CLIENTS)]
        try:
            await asyncio.gather(*(till.run() for till in tills))
        finally:
            assert not background.done() or background.exception() is None
            background.cancel()
            await asyncio.gather(background, return_exceptions=True)
    p50, p99 = (sorted(tally.seconds)[PAIRS * percent // 100] * 1000 for percent in (50, 99))
    print(
        f"{tally.pairs} pairs, {tally.changed} answers changed by their receipt, "
        f"{tally.flips - before} full re-scores, {len(tally.releases)} releases answered, "
        f"read p50 {p50:.1f} ms p99 {p99:.1f} ms"
    )
    assert tally.pairs == PAIRS
    assert tally.flips > before
    assert len(tally.releases) >= 2
    # an answer older than its receipt would be seen: most are known to differ from the one before
    assert tally.changed > PAIRS // 2
