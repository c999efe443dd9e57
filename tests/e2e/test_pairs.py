"""Receipt acknowledged, tier read: no read is stale while everybody is re-scored and published.

PAIRS says how many pairs (10,000 to show the promise); `-s` prints what was measured.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import count
from time import perf_counter
from typing import Any, Final

import httpx
import pytest

from tests.databases import blocking
from tests.e2e.test_freshness import CUSTOMERS, NOW, Judge, connected, platform_at, train, worker
from tests.paths import REPO_DIR
from tests.servers import Server, add_key, running
from tests.shop_facts import LAST_DAY
from tests.tills import Body, back, line, receipt

CLIENTS: Final = 16
PAIRS: Final = int(os.environ.get("PAIRS", "800"))
COFFEE: Final = json.loads((REPO_DIR / "services/scoring/presets/coffee.json").read_text("utf-8"))
LADDER: Final = (("regular", 0), ("silver", 500), ("gold", 2500))
#: Every so many pairs one takes the customer's last purchase back; a value tier is judged.
RETURNS, JUDGED = 7, 10


@dataclass(frozen=True, slots=True)
class Stack:
    """Two processes of ingest, two of scoring, and a worker on one database."""

    url: str
    ingest: tuple[Server, Server]
    scoring: tuple[Server, Server]
    headers: dict[str, str]


@pytest.fixture
def stack(database_url: str) -> Iterator[Stack]:
    blocking(train(database_url))
    key = add_key(database_url)
    settings = {"BUSINESS_NOW": NOW.isoformat(), "TIERLINE_SERVICE_KEY": key}
    with (
        running("scoring", database_url, **settings) as one,
        running("scoring", database_url, **settings) as two,
        running("ingest", database_url, SCORING_URL=one.url, **settings) as first,
        running("ingest", database_url, SCORING_URL=two.url, **settings) as second,
        worker(one),
    ):
        headers = {"Authorization": f"Bearer {key}"}
        yield Stack(database_url, (first, second), (one, two), headers)


@dataclass(slots=True)
class Tally:
    """What the pairs showed."""

    stale: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    tiers: set[str] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)
    judged: int = 0
    sent_again: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Wallet:
    """What a customer has bought and not brought back, as their client knows it."""

    stars: int = 0
    last: tuple[Body, int] | None = None

    def expected(self) -> tuple[str, str | None, int | None]:
        """Give the tier, the next one, and the stars that are missing to it."""
        rank = max(r for r, (_, least) in enumerate(LADDER) if self.stars >= least)
        if rank + 1 == len(LADDER):
            return LADDER[rank][0], None, None
        key, least = LADDER[rank + 1]
        return LADDER[rank][0], key, least - self.stars


def seen(answer: dict[str, Any]) -> tuple[str, str | None, int | None]:
    """Give what an answer says in the same form."""
    following = answer["progress"]["next"]
    if following is None:
        return answer["tier"]["key"], None, None
    (need,) = following["needs"]
    return answer["tier"]["key"], following["tier"], int(need["missing"])


@dataclass(frozen=True, slots=True)
class Till:
    """One client with customers of its own: what it reads last is what it posted last."""

    number: int
    stack: Stack
    http: httpx.AsyncClient
    judge: Judge
    tally: Tally
    wallets: dict[str, Wallet] = field(default_factory=dict)

    async def run(self, pairs: int) -> None:
        for turn in range(pairs):
            owned = self.number + CLIENTS * (turn // 9 % (CUSTOMERS // CLIENTS))
            known = f"c-{owned}" if turn // 9 % 2 else f"new-{owned}"
            await self.pair(turn, known)

    async def pair(self, turn: int, customer_id: str) -> None:
        wallet = self.wallets.setdefault(customer_id, Wallet())
        if not await self.post(turn, self.bill(turn, customer_id, wallet)):
            return
        base = self.stack.scoring[(turn + self.number) % 2].url
        url = f"{base}/v1/customers/{customer_id}/tier"
        began = perf_counter()
        answer = await self.http.get(url, params={"programme": "coffee"})
        self.tally.seconds.append(perf_counter() - began)
        if answer.status_code != 200:
            self.tally.failed.append(f"{customer_id}: {answer.status_code}")
            return
        told = answer.json()
        if told["stale"] or seen(told) != wallet.expected():
            self.tally.stale.append(f"{customer_id}: {seen(told)}, not {wallet.expected()}")
        self.tally.tiers.add(told["tier"]["key"])
        self.tally.releases.add(told["release"])
        if turn % JUDGED == 0:
            await self.judge_value(url, customer_id)

    async def judge_value(self, url: str, customer_id: str) -> None:
        told = (await self.http.get(url)).json()
        _, expected = await self.judge.expected(customer_id, int(told["release"][2:]))
        if told != expected:
            self.tally.stale.append(f"{customer_id}: value {told['tier']['key']}")
        self.tally.judged += 1

    def bill(self, turn: int, customer_id: str, wallet: Wallet) -> Body:
        """Write the next receipt and enter it in the wallet."""
        number = self.number * 1_000_000 + turn
        shared: dict[str, Any] = {
            "customer": {"customer_id": customer_id},
            "business_date": str(LAST_DAY),
            "occurred_at": datetime.combine(LAST_DAY, time(9, turn % 60), tzinfo=UTC).isoformat(),
        }
        if turn % RETURNS == RETURNS - 1 and wallet.last is not None:
            sale, stars = wallet.last
            wallet.stars, wallet.last = wallet.stars - stars, None
            later = {"occurred_at": datetime.combine(LAST_DAY, time(15), tzinfo=UTC).isoformat()}
            return back(number, sale, lines=sale["lines"], **(shared | later))
        whole = 20 + (number * 7919) % 900
        sale = receipt(number, lines=[line(net=f"{whole}.50")], **shared)
        wallet.stars, wallet.last = wallet.stars + whole, (sale, whole)
        return sale

    async def post(self, turn: int, body: Body) -> bool:
        url = f"{self.stack.ingest[turn % 2].url}/v1/receipts"
        # nothing was acknowledged: a till waits as it is told, and sends it again
        while (answer := await self.http.post(url, json={"receipts": [body]})).status_code == 503:
            self.tally.sent_again += 1
            await asyncio.sleep(int(answer.headers["Retry-After"]))
        is_taken = answer.status_code == 200 and answer.json()["accepted"] == 1
        if not is_taken:
            self.tally.failed.append(f"receipt: {answer.status_code} {answer.text[:200]}")
        return is_taken


@dataclass(slots=True)
class Office:
    """Whoever re-scores everybody and publishes versions, again and again."""

    base: str
    http: httpx.AsyncClient
    rescored: int = 0
    published: int = 0

    async def rescore(self) -> None:
        (model, *_) = (await self.http.get(f"{self.base}/v1/models")).json()["items"]
        while True:
            await self.job(f"/v1/models/{model['model_version']}/promote")
            self.rescored += 1

    async def publish(self) -> None:
        for turn in count():
            body = {"document": COFFEE | {"warn_days": 20 + turn % 10}}
            where = "/v1/programmes/coffee/versions"
            if turn == 0:
                where, body = "/v1/programmes", body | {"programme": "coffee"}
            drafted = await self.http.post(self.base + where, json=body)
            assert drafted.status_code == 201, drafted.text
            why = {"goal": "measured", "owner": "tests", "approval": "none needed"}
            version = drafted.json()["version"]
            await self.job(f"/v1/programmes/coffee/versions/{version}/publish", why)
            self.published += 1

    async def job(self, path: str, body: dict[str, str] | None = None) -> None:
        answer = await self.http.post(self.base + path, json=body)
        assert answer.status_code == 202, answer.text
        where = self.base + answer.headers["location"]
        while (job := (await self.http.get(where)).json())["status"] in ("queued", "running"):
            await asyncio.sleep(0.1)
        assert job["status"] == "done", json.dumps(job)


@pytest.mark.slow
async def test_no_pair_is_stale_and_none_fails_while_releases_are_made(stack: Stack) -> None:
    tally = Tally()
    async with AsyncExitStack() as opened:
        pool = await opened.enter_async_context(connected(stack.url))
        limits = httpx.Limits(max_connections=CLIENTS + 2)
        http = await opened.enter_async_context(
            httpx.AsyncClient(headers=stack.headers, timeout=30, limits=limits)
        )
        office = Office(stack.scoring[0].url, http)
        busy = [asyncio.create_task(work()) for work in (office.rescore, office.publish)]
        while not (office.rescored and office.published):
            assert not any(work.done() for work in busy), [work.exception() for work in busy]
            await asyncio.sleep(0.1)
        before = office.rescored, office.published
        judge = Judge.of(pool, platform_at(stack.url))
        tills = [Till(number, stack, http, judge, tally) for number in range(CLIENTS)]
        began = perf_counter()
        try:
            await asyncio.gather(*(till.run(PAIRS // CLIENTS) for till in tills))
        finally:
            took = perf_counter() - began
            broken = [work.exception() for work in busy if work.done()]
            for work in busy:
                work.cancel()
            await asyncio.gather(*busy, return_exceptions=True)
    rescored, published = office.rescored - before[0], office.published - before[1]
    ordered = sorted(tally.seconds)
    p50, p99 = (ordered[len(ordered) * part // 100] * 1000 for part in (50, 99))
    print(
        f"{len(ordered)} pairs in {took:.0f} s: {len(tally.stale)} stale, {len(tally.failed)}"
        f" failed, {tally.sent_again} receipts sent again; {rescored} re-scores and {published}"
        " publications meanwhile,"
        f" {len(tally.releases)} releases of coffee answered, {tally.judged} value tiers judged;"
        f" read p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    )
    assert (tally.stale, tally.failed) == ([], [])
    assert broken == []
    assert len(ordered) == PAIRS // CLIENTS * CLIENTS
    assert tally.tiers == {key for key, _ in LADDER}
    assert rescored > 0
    assert published > 0
    assert len(tally.releases) >= 2
