"""What is too much is refused before its body is read, and says when to come again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from tests.integration.ingest.conftest import platform_at
from tests.servers import add_key
from tests.tills import event, receipt


@asynccontextmanager
async def serving(
    url: str, settings: IngestSettings
) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    app = create_app(settings, platform_at(url))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {add_key(url)}", "Content-Type": "application/json"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://i", headers=headers) as client,
    ):
        yield app, client


@pytest.mark.parametrize(
    ("path", "otherwise"),
    [
        ("/v1/receipts", 400),
        ("/v1/events", 400),
        ("/v1/batch", 400),
        ("/v1/webhooks/shopify/s", 401),
        ("/v1/webhooks/square/s", 401),
    ],
)
async def test_a_full_house_refuses_before_it_reads(
    database_url: str, path: str, otherwise: int
) -> None:
    async with serving(database_url, IngestSettings()) as (app, client):
        gate = app.state.ingest.admission.gate
        gate.enter(gate.most_bytes, 0)
        full = await client.post(path, content=b"no JSON")
        gate.leave(gate.most_bytes, 0)
        free = await client.post(path, content=b"no JSON")
    assert full.status_code == 503
    assert 1 <= int(full.headers["retry-after"]) <= 3
    assert free.status_code == otherwise


async def test_a_key_beyond_its_allowance_is_refused_and_told_what_it_may(
    database_url: str,
) -> None:
    async with serving(database_url, IngestSettings(key_requests_per_s=0.001)) as (_, client):
        first = await client.post("/v1/receipts", json={"receipts": [receipt(1)]})
        second = await client.post("/v1/events", json={"events": [event("e-1", "page_viewed")]})
    assert (first.status_code, second.status_code) == (200, 429)
    assert int(second.headers["retry-after"]) > 900
    assert second.headers["ratelimit"].startswith('"key";r=0;t=')
    assert second.json()["type"].endswith("/too_many_requests")


async def test_room_is_given_back_whatever_became_of_a_request(database_url: str) -> None:
    async with serving(database_url, IngestSettings()) as (app, client):
        for content in (b"no JSON", b'{"receipts": []}', b'{"receipts": [1]}'):
            await client.post("/v1/receipts", content=content)
        await client.post("/v1/receipts", json={"receipts": [receipt(1)]})
        assert app.state.ingest.admission.gate.inside == 0
