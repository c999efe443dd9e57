"""Receipts, returns, merges and what is undone of them, through ingest, in the next read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from services.scoring.usecases.rescore import rescore
from services.scoring.worker import make_background
from tests.factories import make_line, make_receipt
from tests.integration.ingest.conftest import FakeScoring
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key
from tests.status_shop import CLUB, club, publish
from tests.trained import NOW, platform_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counterdesk:
    """A till and the tier it shows."""

    ingest: httpx.AsyncClient
    scoring: Scoring
    numbers: "count[int]"

    async def sell(self, customer: str, yuan: int, at: datetime) -> dict[str, Any]:
        """Post one sale and give the receipt."""
        net = f"{yuan}.00"
        receipt = self._receipt(customer, at, lines=[make_line(net=net, discount="0.00")])
        receipt |= {"total": {"net": net}}
        await self._post(receipt)
        return receipt

    async def take_back(self, sold: dict[str, Any], at: datetime) -> None:
        """Post the return of a whole sale."""
        keys = ("store_id", "workstation_id", "business_date", "sequence_number")
        link = {key: sold[key] for key in keys}
        customer = sold["customer"]["customer_id"]
        receipt = self._receipt(customer, at, type="return", link=link, lines=sold["lines"])
        await self._post(receipt | {"total": sold["total"]})

    async def tier(self, customer: str) -> dict[str, Any]:
        path = f"/v1/customers/{customer}/tier?programme={CLUB}"
        answer = await self.scoring.client.get(path)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def history(self, customer: str) -> list[str]:
        path = f"/v1/customers/{customer}/tier/history?programme={CLUB}"
        items = (await self.scoring.client.get(path)).json()["items"]
        return [f"{item['tier_to']}: {item['reason']}" for item in reversed(items)]

    def _receipt(self, customer: str, at: datetime, **changes: Any) -> dict[str, Any]:
        return make_receipt(
            customer={"customer_id": customer},
            occurred_at=at.isoformat(),
            business_date=at.date().isoformat(),
            sequence_number=next(self.numbers),
            **changes,
        )

    async def _post(self, receipt: dict[str, Any]) -> None:
        answer = await self.ingest.post("/v1/receipts", json={"receipts": [receipt]})
        assert answer.json()["accepted"] == 1, answer.text


@asynccontextmanager
async def open_desk(url: str, now: datetime = NOW) -> AsyncIterator[Counterdesk]:
    app = create_app(IngestSettings(), platform_of(url, now.isoformat()), rescorer=FakeScoring())
    headers = {"Authorization": f"Bearer {add_key(url, 'admin', source='till')}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://i", headers=headers) as ingest,
        serving(url, now.isoformat()) as scoring,
    ):
        yield Counterdesk(ingest, scoring, count(1))


@pytest.fixture
async def desk(pool: asyncpg.Pool, shop_url: str) -> AsyncIterator[Counterdesk]:
    """The club in force, a till and its tiers."""
    await publish(pool, shop_url)
    async with open_desk(shop_url) as opened:
        yield opened


async def test_a_sale_and_its_return_show_in_the_reads_after_them(desk: Counterdesk) -> None:
    sold = await desk.sell("ann", 620, NOW - DAY)
    assert (await desk.tier("ann"))["tier"]["key"] == "silver"
    await desk.take_back(sold, NOW)
    answer = await desk.tier("ann")
    assert answer["tier"]["key"] == "regular"
    assert answer["progress"]["next"]["needs"] == [{"metric": "stars", "missing": "500"}]
    assert await desk.history("ann") == ["silver: first_decision", "regular: clawback"]


async def test_a_late_receipt_counts_on_its_own_day(desk: Counterdesk) -> None:
    await desk.sell("ann", 300, NOW - DAY)
    assert (await desk.tier("ann"))["tier"]["key"] == "regular"
    await desk.sell("ann", 300, NOW - 5 * DAY)
    answer = await desk.tier("ann")
    assert (answer["tier"]["key"], answer["since"][:10]) == (
        "silver",
        (NOW - DAY).date().isoformat(),
    )
    assert await desk.history("ann") == ["regular: first_decision", "silver: correction"]


async def test_a_merge_unites_tiers_and_undoing_it_parts_them(desk: Counterdesk) -> None:
    await desk.sell("ann", 300, NOW - 2 * DAY)
    await desk.sell("anna", 300, NOW - DAY)
    alone = [await desk.tier(name) for name in ("ann", "anna")]
    merge = await desk.ingest.post(
        "/v1/merges", json={"winner": {"customer_id": "ann"}, "loser": {"customer_id": "anna"}}
    )
    assert merge.status_code == 201, merge.text
    united = [await desk.tier(name) for name in ("ann", "anna")]
    assert [answer["tier"]["key"] for answer in united] == ["silver", "silver"]
    undone = await desk.ingest.delete(f"/v1/merges/{merge.json()['merge_id']}")
    assert undone.status_code == 200, undone.text
    assert [await desk.tier(name) for name in ("ann", "anna")] == alone


async def test_a_rescore_decides_before_anybody_asks(
    desk: Counterdesk, pool: asyncpg.Pool, shop_url: str
) -> None:
    await desk.sell("ann", 620, NOW - DAY)
    parts = make_background(pool, platform_of(shop_url))
    ann = await pool.fetchval("SELECT profile_id FROM customers WHERE customer_id = 'ann'")
    await rescore([ann], parts.decider, parts.catalog)
    stored = await pool.fetchrow(
        "SELECT tier_key, status FROM tier_current WHERE profile_id = $1 AND programme_key = $2",
        ann,
        CLUB,
    )
    assert tuple(stored) == ("silver", "held")


async def test_a_profile_may_say_since_when_somebody_is_enrolled(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    by_year = club(
        window={"kind": "anniversary"}, validity={"kind": "periods", "after": 1},
        qualification="track",
    )  # fmt: skip
    await publish(pool, shop_url, by_year)
    async with open_desk(shop_url) as desk:
        told = {"enrolled_at": "2026-01-15T00:00:00Z"}
        put = await desk.ingest.put("/v1/customers/ann", json={"attributes": told})
        assert put.status_code in {200, 201}, put.text
        await desk.sell("ann", 620, NOW - DAY)
        answer = await desk.tier("ann")
    assert answer["valid_until"] == "2028-01-15T00:00:00Z"
