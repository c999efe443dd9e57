"""Writers who want the same people at once: all get in, or are told to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from tests.integration.ingest.conftest import Shop, platform_at
from tests.tills import back, receipt

PHONE = "+8613800138000"


async def test_writers_of_one_new_customer_all_get_in(shop: Shop) -> None:
    who = {"customer_id": "c-1", "phone": PHONE}
    posts = [shop.post(receipt(number, customer=who)) for number in range(12)]
    assert [answer["accepted"] for answer in await asyncio.gather(*posts)] == [1] * 12
    assert (await shop.day())["orders"] == 12
    assert await shop.value("SELECT version FROM customers") == 12


async def test_one_receipt_sent_by_many_at_once_counts_once(shop: Shop) -> None:
    answers = await asyncio.gather(*(shop.post(receipt(1)) for _ in range(12)))
    assert sum(answer["accepted"] for answer in answers) == 1
    assert sum(answer["duplicates"] for answer in answers) == 11
    assert (await shop.day())["net_booked"] == 1000


async def test_a_sale_and_its_return_at_once_never_miss_each_other(shop: Shop) -> None:
    for number in range(8):
        sale = receipt(number)
        await asyncio.gather(shop.post(sale), shop.post(back(100 + number, sale)))
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0)) == (0, 0)


async def test_a_nameless_profile_is_named_once(shop: Shop) -> None:
    await shop.accept(receipt(1, customer={"phone": PHONE}))
    rivals = [receipt(n, customer={"customer_id": f"c-{n}", "phone": PHONE}) for n in (2, 3, 4)]
    await asyncio.gather(*(shop.post(rival) for rival in rivals))
    assert await shop.count("customers") == 3
    counts = [(await shop.day(f"c-{n}"))["orders"] for n in (2, 3, 4)]
    assert sorted(counts) == [1, 1, 2]


@asynccontextmanager
async def impatient(shop: Shop, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service that waits 10 ms for a lock."""
    app = create_app(IngestSettings(lock_timeout_s=0.01), platform_at(url))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://i", headers=shop.http.headers
        ) as http,
    ):
        yield http


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/receipts", {"receipts": [receipt(2), "no receipt"]}),
        ("PUT", "/v1/customers/c-1", {"attributes": {"city": "Shanghai"}}),
    ],
    ids=("post", "put"),
)
async def test_who_waits_too_long_is_told_to_come_again(
    shop: Shop, module_database_url: str, method: str, path: str, body: object
) -> None:
    await shop.accept(receipt(1))
    async with impatient(shop, module_database_url) as http:
        async with held(shop.pool):
            answer = await http.request(method, path, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["type"].endswith("/overloaded")
        assert (await shop.count("events"), await shop.count("quarantine")) == (1, 0)
        assert (await http.request(method, path, json=body)).status_code == 200


@asynccontextmanager
async def held(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """Every customer locked by somebody else."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM customers FOR UPDATE")
        yield
