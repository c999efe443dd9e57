"""The first receipt accepted fixes the currency a shop counts in, no bad one does."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from tests.integration.ingest.conftest import platform_at
from tests.servers import add_key
from tests.tills import event, line, order, receipt


@pytest.fixture
async def http(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(IngestSettings(), platform_at(database_url))
    headers = {"Authorization": f"Bearer {add_key(database_url)}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://ingest",
            headers=headers,
        ) as client,
    ):
        yield client


async def codes(http: httpx.AsyncClient, kind: str, *items: object) -> list[str]:
    answer = await http.post(f"/v1/{kind}", json={kind: items})
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["rejected"]]


def yen(number: int, net: str = "500") -> dict[str, object]:
    return receipt(number, currency="JPY", lines=[line(net=net)], total={"net": net})


async def test_a_rejected_receipt_fixes_nothing(http: httpx.AsyncClient) -> None:
    assert await codes(http, "receipts", yen(1, "5.00")) == ["wrong_exponent"]
    assert await codes(http, "receipts", receipt(2)) == []
    assert await codes(http, "receipts", yen(3)) == ["unknown_rate"]


async def test_the_first_good_receipt_of_a_batch_fixes_it(http: httpx.AsyncClient) -> None:
    batch = (receipt(1, total={"net": "1"}), yen(2), receipt(3))
    assert await codes(http, "receipts", *batch) == ["total_mismatch", "unknown_rate"]
    assert await codes(http, "receipts", yen(4)) == []


async def test_a_price_somebody_looked_at_fixes_nothing(http: httpx.AsyncClient) -> None:
    assert await codes(http, "events", event("e-1", "product_viewed", currency="USD")) == []
    assert await codes(http, "events", order("e-2")) == []
    assert await codes(http, "events", order("e-3", "o-2", currency="USD")) == ["unknown_rate"]


async def test_a_second_process_learns_what_the_first_fixed(
    http: httpx.AsyncClient, database_url: str
) -> None:
    assert await codes(http, "receipts", receipt(1)) == []
    app = create_app(IngestSettings(), platform_at(database_url))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://i", headers=http.headers) as second,
    ):
        assert await codes(second, "receipts", yen(2)) == ["unknown_rate"]
        assert await codes(second, "receipts", receipt(3)) == []


async def test_a_record_mended_in_an_empty_shop_fixes_it(http: httpx.AsyncClient) -> None:
    bad = yen(1, "5.00")
    answer = await http.post("/v1/receipts", json={"receipts": [bad]})
    (kept,) = answer.json()["rejected"]
    mended = await http.post(
        f"/v1/quarantine/{kept['quarantine_id']}/replay", json={"body": yen(1)}
    )
    assert mended.status_code == 200, mended.text
    assert await codes(http, "receipts", receipt(2)) == ["unknown_rate"]


async def test_rates_need_a_currency_to_lead_to(http: httpx.AsyncClient) -> None:
    rates = [{"currency": "USD", "valid_from": "2026-01-01", "rate": "7.1"}]
    assert (await http.put("/v1/exchange-rates", json={"rates": rates})).status_code == 409
    named = await http.put("/v1/exchange-rates", json={"base_currency": "CNY", "rates": rates})
    assert named.json() == {"base_currency": "CNY", "stored": 1}
    assert await codes(http, "receipts", yen(1)) == ["unknown_rate"]
    assert await codes(http, "receipts", receipt(2, currency="USD")) == []
