"""A promotion and a rollback under read load: every process answers with the new release at once.

`-s` prints what was measured; nothing timed is asserted.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest

from tests.databases import blocking
from tests.e2e.test_freshness import CUSTOMERS, NOW, train, worker
from tests.servers import Server, add_key, query, running

READERS = 16
FLIPPED_AT = "SELECT extract(epoch FROM flipped_at)::float8 AS at FROM live_releases"
FORGET = "DELETE FROM tier_current WHERE release_id = $1 RETURNING 1"


@dataclass(frozen=True, slots=True)
class Stack:
    """Two scoring processes and a worker on one database."""

    url: str
    servers: tuple[Server, Server]
    headers: dict[str, str]

    def loads(self, server: Server) -> Counter[int]:
        """Count the releases a process has loaded, by its log."""
        server.log.seek(0)
        lines = server.log.read().decode().splitlines()
        found = [json.loads(line) for line in lines if '"release_loaded"' in line]
        return Counter(line["release_id"] for line in found if line["service"] == "scoring")


@pytest.fixture
def stack(database_url: str) -> Iterator[Stack]:
    blocking(train(database_url))
    settings = {"BUSINESS_NOW": NOW.isoformat()}
    with (
        running("scoring", database_url, **settings) as one,
        running("scoring", database_url, **settings) as two,
        running("feedback", database_url, **settings) as beside,
        worker(beside),
    ):
        key = add_key(database_url)
        yield Stack(database_url, (one, two), {"Authorization": f"Bearer {key}"})


@dataclass(frozen=True, slots=True)
class Read:
    """One answered read: wall-clock seconds, process, release."""

    began: float
    ended: float
    process: int
    release: str


@dataclass(slots=True)
class Load:
    """Readers that never stop, and what they were answered."""

    stack: Stack
    http: httpx.AsyncClient
    reads: list[Read] = field(default_factory=list)

    async def read_on(self, reader: int) -> None:
        process = reader % 2
        base = self.stack.servers[process].url
        for turn in count():
            customer = (reader * 7919 + turn * 104_729) % CUSTOMERS
            began = time.time()
            answer = await self.http.get(f"{base}/v1/customers/c-{customer}/tier")
            assert answer.status_code == 200, answer.text
            self.reads.append(Read(began, time.time(), process, answer.json()["release"]))

    def tell(self, what: str, flipped: float, old: str) -> None:
        """Print how long the old release was answered, and reads around the flip and before."""
        answers = [read for read in self.reads if read.release == old]
        asked, told = (
            max(times) for times in zip(*((r.began, r.ended) for r in answers), strict=True)
        )
        print(
            f"{what}: last old answer {(told - flipped) * 1000:.0f} ms after the flip,"
            f" asked for {(asked - flipped) * 1000:.0f} ms after it"
        )
        first = self.reads[0].began
        for when, at in (("in the first 2 s", first), ("within 1 s of it", flipped - 1)):
            took = sorted(r.ended - r.began for r in self.reads if 0 <= r.began - at < 2)
            p50, p99 = (took[len(took) * part // 100] * 1000 for part in (50, 99))
            print(f"  {len(took)} reads {when}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


@asynccontextmanager
async def under_load(stack: Stack) -> AsyncIterator[Load]:
    async with httpx.AsyncClient(headers=stack.headers, timeout=30) as http:
        load = Load(stack, http)
        readers = [asyncio.create_task(load.read_on(reader)) for reader in range(READERS)]
        try:
            await asyncio.sleep(2)
            yield load
            await asyncio.sleep(2)
        finally:
            assert not any(reader.done() for reader in readers)
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)


async def promote(load: Load) -> None:
    base = load.stack.servers[0].url
    version = (await load.http.get(f"{base}/v1/models")).json()["items"][0]["model_version"]
    answer = await load.http.post(f"{base}/v1/models/{version}/promote")
    where = base + answer.headers["location"]
    while (job := (await load.http.get(where)).json())["status"] in ("queued", "running"):
        await asyncio.sleep(0.05)
    assert job["status"] == "done", job


async def roll_back(load: Load) -> None:
    url = f"{load.stack.servers[0].url}/v1/models/rollback"
    answer = await load.http.post(url, json={"reason": "measured"})
    assert answer.status_code == 200, answer.text


def assert_switched(load: Load, since: float, release: str) -> None:
    """Whoever asked after the switch was told was answered with the new release."""
    after = [read for read in load.reads if read.began > since]
    assert {read.process for read in after} == {0, 1}
    assert {read.release for read in after} == {release}


@pytest.mark.slow
async def test_every_process_answers_with_the_new_release_at_the_next_read(stack: Stack) -> None:
    async with under_load(stack) as load:
        await promote(load)
        promoted = time.time()
    load.tell("promotion", query(stack.url, FLIPPED_AT)[0]["at"], "r-1")
    assert_switched(load, promoted, "r-2")

    # nothing stored is of use: every reader of both processes needs the model at once
    assert len(query(stack.url, FORGET, 1)) == CUSTOMERS
    async with under_load(stack) as load:
        await roll_back(load)
        rolled_back = time.time()
    load.tell("rollback", query(stack.url, FLIPPED_AT)[0]["at"], "r-2")
    assert_switched(load, rolled_back, "r-1")
    loads = [stack.loads(server) for server in stack.servers]
    print("releases loaded by process:", *map(dict, loads))
    assert all(times == 1 for found in loads for times in found.values())
