"""A small shop with a trained model in force, cloned for every test, and its service in process."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.scoring.app import create_app
from services.scoring.domain.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.queries.releases import seed_programme
from services.scoring.settings import ScoringSettings
from services.scoring.worker import Background, make_background
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.databases import Databases, blocking, name_of
from tests.servers import SECRET_KEY, add_key
from tests.shop_facts import LAST_DAY, make_shop, write_shop

NOW = datetime.combine(LAST_DAY, time(20), tzinfo=UTC)
CUSTOMERS = 400


def platform_of(url: str, now: str = NOW.isoformat()) -> PlatformSettings:
    return PlatformSettings.model_validate(
        {"database_url": url, "tierline_secret_key": SECRET_KEY, "business_now": now}
    )


async def no_report(done: float, text: str) -> None:
    """Progress nobody looks at."""


@pytest.fixture(scope="session")
def trained_template(databases: Databases) -> Iterator[str]:
    """A database with a shop, its first model and a live release."""
    url = databases.create(prefix="shop")
    blocking(_train(url))
    yield name_of(url)
    databases.drop(url)


async def _train(url: str) -> None:
    async with raw_pool(url) as pool:
        await seed_programme(pool, VALUE_KEY, "internal", dict(VALUE_DOCUMENT))
        async with pool.acquire() as connection:
            await write_shop(connection, make_shop(CUSTOMERS, mean_orders=12))
        await make_background(pool, platform_of(url)).trainer.train(no_report)


@pytest.fixture
def shop_url(databases: Databases, trained_template: str) -> Iterator[str]:
    """A clone of the trained shop for one test."""
    with databases.temporary(trained_template) as url:
        yield url


@asynccontextmanager
async def raw_pool(url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = await create_raw_pool(url, Limits("tests", 60), size=4)
    try:
        yield pool
    finally:
        await pool.close()


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
async def serving(url: str, now: str = NOW.isoformat()) -> AsyncIterator[Scoring]:
    key = add_key(url, "admin")
    app = create_app(ScoringSettings(), platform_of(url, now))
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
