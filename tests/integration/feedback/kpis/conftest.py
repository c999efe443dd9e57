"""A shop made up for KPIs, and a client that may read reports and set targets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.domain.kpis.periods import Period
from services.feedback.usecases.kpis.roll_up import RollUp
from shared.clock import FixedClock
from shared.db import Limits, create_raw_pool
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.kpi_shop import NOW, KpiShop

ZONE = ZoneInfo("UTC")


@dataclass(slots=True)
class Place:
    """A shop, and a client that may read reports and set targets."""

    shop: KpiShop
    pool: asyncpg.Pool
    http: httpx.AsyncClient

    async def roll_up(self, nights: int = 0) -> Period | None:
        clock = FixedClock(NOW + timedelta(days=nights))
        return await RollUp(self.pool, clock, ZONE).run()

    async def kpi(self, key: str, slice_key: str = "all", **query: str) -> dict[str, Any]:
        report = await self.report(keys=key, slice=slice_key, **query)
        (item,) = report["items"]
        found: dict[str, Any] = item
        return found

    async def report(self, **query: str) -> dict[str, Any]:
        answer = await self.http.get("/v1/kpis", params=query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture(scope="module")
async def wide_pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    """As many connections as a worker has."""
    made = await create_raw_pool(module_database_url, Limits("tests"), size=4)
    yield made
    await made.close()


@pytest.fixture
async def place(pool: asyncpg.Pool, wide_pool: asyncpg.Pool, app: FastAPI) -> AsyncIterator[Place]:
    key = new_key()
    scopes = frozenset({"feedback:write", "reports:read"})
    await add_key(pool, key, Grant("office", scopes, "office"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        wide_pool.acquire() as connection,
        httpx.AsyncClient(transport=transport, base_url="http://f", headers=headers) as http,
    ):
        await connection.execute("DELETE FROM jobs; DELETE FROM audit_log")
        shop = KpiShop(connection)
        await shop.open(6)
        yield Place(shop, wide_pool, http)


async def say(place: Place, kind: str, rating: int, at: datetime, tier: str | None = None) -> None:
    held = f'{{"programme": "value", "tier": {{"key": "{tier}"}}}}' if tier else None
    number = await place.pool.fetchval("SELECT count(*) FROM feedback")
    await place.pool.execute(
        "INSERT INTO feedback (feedback_id, event_key, fingerprint, kind, channel, rating,"
        " tier_held, occurred_at, received_at)"
        " VALUES ($1, $2, '', $3, 'web', $4, $5::text::jsonb, $6, $6)",
        UUID(int=number),
        str(number).encode(),
        kind,
        rating,
        held,
        at,
    )
