"""A small shop with a trained model in force, cloned for every test, and its service in process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from services.scoring.worker import Background, make_background
from tests.databases import Databases
from tests.servers import add_key
from tests.trained import NOW, platform_of, raw_pool


@pytest.fixture
def shop_url(databases: Databases, trained_template: str) -> Iterator[str]:
    """A clone of the trained shop for one test."""
    with databases.temporary(trained_template) as url:
        yield url


@pytest.fixture
async def pool(shop_url: str) -> AsyncIterator[asyncpg.Pool]:
    """Connections to the trained shop."""
    async with raw_pool(shop_url) as opened:
        yield opened


@dataclass(slots=True)
class Scoring:
    """The service in process, as a client sees it."""

    client: httpx.AsyncClient
    app: FastAPI
    url: str

    async def tier(self, customer_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/customers/{customer_id}/tier")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@asynccontextmanager
async def serving(
    url: str, now: str = NOW.isoformat(), settings: ScoringSettings | None = None
) -> AsyncIterator[Scoring]:
    key = add_key(url, "admin")
    app = create_app(settings or ScoringSettings(), platform_of(url, now))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://s", headers=headers) as client,
    ):
        yield Scoring(client, app, url)


@pytest.fixture
async def scoring(shop_url: str) -> AsyncIterator[Scoring]:
    """The service on the trained shop, on the shop's last day."""
    async with serving(shop_url) as running:
        yield running


@pytest.fixture
def background(pool: asyncpg.Pool, shop_url: str) -> Background:
    """The worker's parts on the trained shop."""
    return make_background(pool, platform_of(shop_url))
