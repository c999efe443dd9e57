"""What customers say counts in the facts at once, and once: also after outages and kills.

`-s` prints how long it took from the acknowledgement to the fact; nothing timed is asserted.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from tests.databases import blocking
from tests.e2e.test_freshness import NOW, train, worker
from tests.servers import Server, add_key, running

SAID, AT_ONCE = 300, 8
_COUNTED = """
SELECT coalesce(sum(d.feedback), 0)::int FROM customer_day d
JOIN customers c USING (profile_id) WHERE c.customer_id = $1
"""
_ALL = "SELECT sum(feedback)::int, sum(complaints)::int FROM customer_day"


@dataclass(frozen=True, slots=True)
class Stack:
    """The services and a worker as processes of their own on one database."""

    url: str
    ingest: Server
    scoring: Server
    feedback: Server
    headers: dict[str, str]


@pytest.fixture
def stack(database_url: str) -> Iterator[Stack]:
    blocking(train(database_url))
    key = add_key(database_url)
    settings = {"BUSINESS_NOW": NOW.isoformat(), "TIERLINE_SERVICE_KEY": key}
    with (
        running("scoring", database_url, **settings) as scoring,
        running("ingest", database_url, SCORING_URL=scoring.url, **settings) as ingest,
    ):
        settings |= {"SCORING_URL": scoring.url, "INGEST_URL": ingest.url}
        with running("feedback", database_url, **settings) as feedback, worker(feedback):
            headers = {"Authorization": f"Bearer {key}"}
            yield Stack(database_url, ingest, scoring, feedback, headers)


@asynccontextmanager
async def opened(stack: Stack) -> AsyncIterator[tuple[httpx.AsyncClient, asyncpg.Pool]]:
    async with (
        httpx.AsyncClient(base_url=stack.feedback.url, headers=stack.headers, timeout=30) as http,
        asyncpg.create_pool(stack.url, min_size=2, max_size=AT_ONCE, ssl=False) as pool,
    ):
        yield http, pool


def complaint(number: int) -> dict[str, Any]:
    return {
        "kind": "complaint",
        "text": "cold",
        "channel": "call_back",
        "feedback_id": f"f-{number}",
        "customer": {"customer_id": f"c-{number}"},
    }


async def say(http: httpx.AsyncClient, number: int) -> None:
    answer = await http.post("/v1/feedback", json=complaint(number))
    assert answer.status_code == 201, answer.text


async def counted(pool: asyncpg.Pool, within_s: float = 180) -> tuple[int, int]:
    """Wait until nothing waits for ingest any more; give the counts of the facts."""
    deadline = time.monotonic() + within_s
    waiting = "SELECT count(*) FROM outbox WHERE topic = 'feedback_given' AND done_at IS NULL"
    while await pool.fetchval(waiting):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    row = await pool.fetchrow(_ALL)
    return row[0], row[1]


@pytest.mark.slow
async def test_what_is_said_is_a_fact_soon_after_it_is_acknowledged(stack: Stack) -> None:
    numbers = iter(range(SAID))
    seconds: list[float] = []

    async def customer(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
        for number in numbers:
            await say(http, number)
            started = time.perf_counter()
            while not await pool.fetchval(_COUNTED, f"c-{number}"):
                await asyncio.sleep(0.002)
            seconds.append(time.perf_counter() - started)

    async with opened(stack) as (http, pool):
        await asyncio.gather(*(customer(http, pool) for _ in range(AT_ONCE)))
        assert await counted(pool) == (SAID, SAID)
    ordered = sorted(seconds)
    p50, p99 = (ordered[len(ordered) * part // 100] * 1000 for part in (50, 99))
    print(f"{SAID} complaints: acknowledged to counted p50 {p50:.0f} ms, p99 {p99:.0f} ms")


@pytest.mark.slow
async def test_what_is_said_while_the_others_are_away_counts_once_when_they_are_back(
    stack: Stack,
) -> None:
    async with opened(stack) as (http, pool):
        stack.ingest.kill()
        stack.scoring.kill()
        for number in range(20):
            await say(http, number)
            await say_again(http, number)
        stack.feedback.kill()
        stack.feedback.start()
        stack.scoring.start()
        stack.ingest.start()
        assert await counted(pool) == (20, 20)
        deadline = time.monotonic() + 60
        while await pool.fetchval("SELECT count(*) FROM feedback WHERE tier_added_at IS NULL"):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        assert await pool.fetchval("SELECT count(*) FROM feedback WHERE is_tier_known") == 20


async def say_again(http: httpx.AsyncClient, number: int) -> None:
    """Send it twice, as a client does that heard no answer."""
    answer = await http.post("/v1/feedback", json=complaint(number))
    assert answer.status_code == 200, answer.text


@pytest.mark.slow
async def test_what_is_acknowledged_outlives_a_kill_of_the_service(stack: Stack) -> None:
    async with opened(stack) as (http, pool):
        await asyncio.gather(*(say(http, number) for number in range(30)))
        stack.feedback.kill()
        assert await counted(pool) == (30, 30)
        assert await pool.fetchval("SELECT count(*) FROM feedback") == 30
        stack.feedback.start()
