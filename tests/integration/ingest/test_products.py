"""Lines that lack category or cost take them from the shop's products, for ever."""

from pathlib import Path
from typing import Any

import pytest

from tests.import_runs import Run
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import back, line, order, receipt


@pytest.fixture(autouse=True)
async def counts_in_yuan(shop: Shop) -> None:
    registry = shop.app.state.ingest.registry
    await registry.base_currency("CNY", shop.app.state.ingest.clock.now())
    registry.shelf.forget()


def product(sku: str = "tea", cost: str = "4.00", **changes: Any) -> Body:
    return {
        "sku": sku,
        "category": "drinks",
        "cost": {"amount": cost, "currency": "CNY"},
    } | changes


async def put(shop: Shop, *products: Body) -> None:
    answer = await shop.http.put("/v1/products", json={"products": list(products)})
    assert (answer.status_code, answer.json()) == (200, {"stored": len(products)})


async def test_margin_and_breadth_exist_where_only_skus_are_sent(shop: Shop) -> None:
    await put(shop, product(), product("hat", "7.50", category="clothes"))
    await shop.accept(receipt(1, lines=[line(quantity="2"), line(2, sku="hat")]))
    assert (await shop.day())["cost"] == 800 + 750
    found = await shop.pool.fetch("SELECT category FROM customer_category ORDER BY 1")
    assert [row[0] for row in found] == ["clothes", "drinks"]


async def test_a_product_that_changes_later_alters_nothing_counted(shop: Shop) -> None:
    await put(shop, product())
    await shop.accept(receipt(1))
    await put(shop, product(cost="6.00", category="tea"))
    assert (await shop.post(receipt(1)))["duplicates"] == 1
    await shop.accept(receipt(2))
    assert (await shop.day())["cost"] == 400 + 600
    lines = await shop.pool.fetch("SELECT body -> 'lines' FROM events ORDER BY sequence")
    assert [row[0][0][2] for row in lines] == ["drinks", "tea"]


async def test_a_return_gives_the_cost_back(shop: Shop) -> None:
    await put(shop, product())
    await shop.accept(receipt(1), back(2, receipt(1)))
    assert (await shop.day()).get("cost", 0) == 0


async def test_orders_of_the_web_take_them_too(shop: Shop) -> None:
    await put(shop, product())
    await shop.tell(order("e-1"))
    assert (await shop.day())["cost"] == 400


async def test_a_product_that_comes_when_there_were_none_is_seen_at_once(shop: Shop) -> None:
    await shop.accept(receipt(1))
    await put(shop, product())
    await shop.accept(receipt(2))
    assert (await shop.day())["cost"] == 400


async def test_a_mended_record_takes_them_too(shop: Shop) -> None:
    (rejected,) = (await shop.post(receipt(1, total={"net": "9"})))["rejected"]
    await put(shop, product())
    path = f"/v1/quarantine/{rejected['quarantine_id']}/replay"
    assert (await shop.http.post(path, json={"body": receipt(1)})).status_code == 200
    assert (await shop.day())["cost"] == 400


async def test_a_file_that_knows_only_skus_takes_them_too(shop: Shop, tmp_path: Path) -> None:
    await put(shop, product())
    file, mapping = tmp_path / "file.csv", tmp_path / "mapping.json"
    file.write_text("customer_id,occurred_at,amount,quantity,sku\nc-1,2026-01-01,10,2,tea\n")
    mapping.write_text('{"constants": {"currency": "CNY"}}')
    assert (await Run(file, str(mapping)).into(shop.pool)).accepted == 1
    assert (await shop.day())["cost"] == 800


async def test_products_are_read_one_by_one_and_page_by_page(shop: Shop) -> None:
    body = product(brand="House", name={"en": "Tea", "zh": "茶"})
    del body["sku"]
    stored = await shop.http.put("/v1/products/tea", json=body)
    assert stored.status_code == 200, stored.text
    assert stored.json() == {"sku": "tea", "updated_at": "2026-11-22T01:00:00Z"} | body
    assert (await shop.http.get("/v1/products/tea")).json() == stored.json()
    await put(shop, product("hat"), {"sku": "bare"})
    first = (await shop.http.get("/v1/products?limit=2")).json()
    rest = (await shop.http.get(f"/v1/products?cursor={first['next_cursor']}")).json()
    assert [each["sku"] for each in first["items"] + rest["items"]] == ["bare", "hat", "tea"]
    assert (first["items"][0]["cost"], rest["next_cursor"]) == (None, None)
    assert (await shop.http.get("/v1/products/none")).status_code == 404


@pytest.mark.parametrize(
    ("cost", "pointer", "code"),
    [
        ({"amount": "1", "currency": "USD"}, "/products/1/cost/currency", "other_currency"),
        ({"amount": "1.001", "currency": "CNY"}, "/products/1/cost/amount", "wrong_exponent"),
        ({"amount": "-1", "currency": "CNY"}, "/products/1/cost/amount", "negative"),
        ({"amount": "1e3", "currency": "CNY"}, "/products/1/cost/amount", "bad_decimal"),
    ],
)
async def test_a_cost_that_cannot_be_kept_is_refused_with_its_place(
    shop: Shop, cost: Body, pointer: str, code: str
) -> None:
    body = {"products": [product(), product("hat") | {"cost": cost}]}
    answer = await shop.http.put("/v1/products", json=body)
    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]
    assert await shop.count("products") == 0
