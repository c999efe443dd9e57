"""A paid membership makes a tier from its payment to its refund, through the real ingest API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from services.scoring.usecases.programmes.presets import packaged_presets
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key
from tests.status_shop import publish
from tests.tills import event, order
from tests.trained import NOW, platform_of

WHO = {"customer": {"customer_id": "m-1"}}
PAID = {"programme": "prime", "months": 12, "order_id": "fee"}


def told(number: int, kind: str, days: float, **properties: Any) -> dict[str, Any]:
    at = {"occurred_at": (NOW + timedelta(days=days)).isoformat()}
    return event(f"e-{number}", kind, **properties) | WHO | at


@asynccontextmanager
async def till(url: str, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(IngestSettings(), platform_of(url, now.isoformat()))
    headers = {"Authorization": f"Bearer {add_key(url, 'admin')}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://i", headers=headers
        ) as http,
    ):
        yield http


async def tell(url: str, days: float, *events: dict[str, Any]) -> None:
    async with till(url, NOW + timedelta(days=days)) as http:
        answer = await http.post("/v1/events", json={"events": list(events)})
        assert answer.json()["accepted"] == len(events), answer.text


async def tier_at(url: str, days: float) -> str:
    async with serving(url, (NOW + timedelta(days=days)).isoformat()) as scoring:
        return await tier_of(scoring)


async def tier_of(scoring: Scoring) -> str:
    answer = await scoring.client.get("/v1/customers/m-1/tier", params={"programme": "prime"})
    tier: str = answer.json()["tier"]["key"]
    return tier


@pytest.fixture
async def prime(pool: asyncpg.Pool, shop_url: str) -> str:
    """The shop with the paid programme in force."""
    document = packaged_presets()["prime"]
    await publish(pool, shop_url, document, key="prime", now=NOW - timedelta(days=1))
    return shop_url


async def test_a_membership_holds_while_it_is_paid(prime: str) -> None:
    joined = told(1, "membership_paid", 0, programme="prime", months=1)
    await tell(prime, 0, joined)
    assert [await tier_at(prime, days) for days in (0.01, 29, 31)] == ["plus", "plus", "guest"]


@pytest.mark.parametrize("undo", ["order_refunded", "order_cancelled"])
async def test_the_refund_of_the_fee_ends_it(prime: str, undo: str) -> None:
    fee = order("e-fee", "fee") | WHO | {"occurred_at": NOW.isoformat()}
    await tell(prime, 0, fee, told(1, "membership_paid", 0, **PAID))
    assert await tier_at(prime, 1) == "plus"
    await tell(prime, 2, told(2, undo, 2, order_id="fee"))
    assert await tier_at(prime, 2) == "guest"


async def test_the_refund_of_another_order_does_not(prime: str) -> None:
    orders = [
        order(f"e-{name}", name) | WHO | {"occurred_at": NOW.isoformat()}
        for name in ("fee", "other")
    ]
    await tell(prime, 0, *orders, told(1, "membership_paid", 0, **PAID))
    await tell(prime, 2, told(2, "order_refunded", 2, order_id="other"))
    assert await tier_at(prime, 2) == "plus"


async def test_an_end_that_is_told_ends_it(prime: str) -> None:
    await tell(prime, 0, told(1, "membership_paid", 0, **PAID))
    await tell(prime, 2, told(2, "membership_ended", 2, programme="prime"))
    assert await tier_at(prime, 2.01) == "guest"
