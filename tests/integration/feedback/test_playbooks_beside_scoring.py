"""Playbooks over what scoring really writes: tiers of a trained shop, and news of its segments."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.app import create_app
from services.feedback.settings import FeedbackSettings
from services.feedback.worker import Background as Worker
from services.scoring.queries.segments import put_segment
from services.scoring.worker import Background, make_background
from shared.clock import clock_from
from tests.databases import Databases
from tests.integration.feedback.care_rows import make_playbook
from tests.integration.feedback.care_work import run, who_has_tasks
from tests.integration.feedback.scoring import FakeScoring
from tests.servers import add_key
from tests.shop_facts import LAST_DAY, Purchase, buy, write_customer
from tests.trained import platform_of, raw_pool

TWICE = {"metric": {"name": "orders", "op": "gte", "value": 2, "last_days": 30}}
NEW = 900


@pytest.fixture
def shop_url(databases: Databases, trained_template: str) -> Iterator[str]:
    with databases.temporary(trained_template) as url:
        yield url


@pytest.fixture
async def shop(shop_url: str) -> AsyncIterator[asyncpg.Pool]:
    async with raw_pool(shop_url) as opened:
        yield opened


@pytest.fixture
async def beside(shop_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Feedback on the trained shop."""
    app: FastAPI = create_app(FeedbackSettings(), platform_of(shop_url), tiers=FakeScoring())
    headers = {"Authorization": f"Bearer {add_key(shop_url, 'admin')}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://f", headers=headers) as client,
    ):
        yield client


@pytest.fixture
async def scoring(shop: asyncpg.Pool, shop_url: str) -> AsyncIterator[Background]:
    parts = make_background(shop, platform_of(shop_url))
    yield parts
    await parts.post_room.close()


@pytest.fixture
def worker(shop: asyncpg.Pool, shop_url: str) -> Worker:
    platform = platform_of(shop_url)
    return Worker(
        pool=shop,
        clock=clock_from(platform.business_now),
        zone=platform.zone,
        secrets=platform.secrets,
        ingest=None,
        scoring=None,
    )


async def post(client: httpx.AsyncClient, **changes: Any) -> None:
    answer = await client.post("/v1/playbooks", json=make_playbook(**changes))
    assert answer.status_code == 201, answer.text


async def test_the_audience_of_a_tier_is_who_holds_it(
    beside: httpx.AsyncClient, shop: asyncpg.Pool, worker: Worker
) -> None:
    await post(beside, audience={"programme": "value", "tiers": ["high"], "lifecycles": ["active"]})
    shown = (await beside.post("/v1/playbooks/calls/preview", json={"sample": 2})).json()
    held = await shop.fetchval(
        "SELECT count(*) FROM tier_current t JOIN live_releases l USING (programme_key, release_id)"
        " WHERE t.tier_key = 'high' AND t.lifecycle = 'active'"
    )
    assert held > 10
    assert (shown["audience"], shown["contacts"]) == (held, held)
    assert {"High value" in sample["message"]["en"] for sample in shown["samples"]} == {True}
    await run(beside)
    while await worker.care():
        pass
    assert len(set(await who_has_tasks(shop))) == held


async def test_a_purchase_that_leads_into_a_segment_brings_a_task(
    beside: httpx.AsyncClient, shop: asyncpg.Pool, scoring: Background, worker: Worker
) -> None:
    async with shop.acquire() as connection:
        await put_segment(connection, "twice", {"en": "Twice", "zh": "两次"}, TWICE, None)
    await scoring.rounds.go_round()
    await post(
        beside,
        audience={"segment": "twice"},
        trigger={"kind": "entered", "segment": "twice"},
    )
    async with shop.acquire() as connection:
        first = Purchase(LAST_DAY - timedelta(3), 100)
        profile = await write_customer(connection, NEW, [first])
    await scoring.memberships.refresh([profile])
    async with shop.acquire() as connection:
        await buy(connection, NEW, Purchase(LAST_DAY, 100))
    await scoring.memberships.refresh([profile])
    await worker.care()
    assert await who_has_tasks(shop) == []  # not told yet
    await scoring.post_room.spread()
    for _ in range(2):
        await worker.care()
    assert await who_has_tasks(shop) == [f"c-{NEW}"]
    (task,) = (await beside.get("/v1/tasks")).json()["items"]
    assert task["why"]["en"] == "Entered the segment twice."
