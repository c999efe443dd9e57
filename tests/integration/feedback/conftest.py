"""Fixtures: the running service over ASGI, with a scoring of the test's own."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.feedback.app import create_app
from services.feedback.settings import FeedbackSettings
from shared.db import Limits, create_raw_pool
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from shared.settings import PlatformSettings
from tests.integration.feedback.scoring import FakeScoring

# On tables this small it is ten times as fast as TRUNCATE.
_EMPTY = "; ".join(
    f"DELETE FROM {table}"
    for table in (
        "feedback",
        "cases",
        "case_events",
        "tier_labels",
        "service_calendar",
        "outbox",
        "idempotency_keys",
        "api_keys",
    )
)


@pytest.fixture(scope="module")
async def module_pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    made = await create_raw_pool(module_database_url, Limits("tests"), size=2)
    yield made
    await made.close()


@pytest.fixture
async def pool(module_pool: asyncpg.Pool) -> asyncpg.Pool:
    await module_pool.execute(_EMPTY)
    return module_pool


@pytest.fixture(scope="module")
def platform(module_database_url: str) -> PlatformSettings:
    return PlatformSettings(
        database_url=SecretStr(module_database_url),
        tierline_secret_key=SecretStr("5e" * 32),
        business_now="2026-11-22T01:00:00Z",
    )


@pytest.fixture(scope="module")
def module_scoring() -> FakeScoring:
    return FakeScoring()


@pytest.fixture
def scoring(module_scoring: FakeScoring) -> FakeScoring:
    module_scoring.error, module_scoring.delay_s = None, 0.0
    return module_scoring


@pytest.fixture(scope="module")
async def app(platform: PlatformSettings, module_scoring: FakeScoring) -> AsyncIterator[FastAPI]:
    made = create_app(FeedbackSettings(tier_budget_s=0.5), platform, tiers=module_scoring)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def http(
    pool: asyncpg.Pool, app: FastAPI, scoring: FakeScoring
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key may read and write feedback; its scoring is well again."""
    assert scoring.error is None
    key = new_key()
    await add_key(pool, key, Grant("desk", frozenset({"feedback:write", "feedback:read"}), "desk"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as client:
        yield client
