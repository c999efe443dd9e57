"""Whoever changes something of ingest over HTTP is in the audit log, with what was changed."""

from typing import Any

import pytest

from shared.contracts.exchange_rates import EXAMPLE_RATES
from shared.contracts.products import EXAMPLE_PRODUCT
from shared.contracts.sources import EXAMPLE_SOURCE
from shared.contracts.webhooks import EXAMPLE_SETUP
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import receipt

STORE = {"name": {"en": "One", "zh": "一"}, "time_zone": "Asia/Shanghai"}
CHANGES = [
    ("PUT", "/v1/sources/s-1", EXAMPLE_SOURCE, "source.written", "s-1"),
    ("PUT", "/v1/sources/s-1/webhook", EXAMPLE_SETUP, "source.webhook_set_up", "s-1"),
    ("PUT", "/v1/stores/0747", STORE, "store.written", "0747"),
    ("PUT", "/v1/exchange-rates", EXAMPLE_RATES, "exchange_rates.written", "CNY"),
    ("PUT", "/v1/products/6927165", EXAMPLE_PRODUCT, "products.written", "6927165"),
]


async def noted(shop: Shop, action: str) -> list[Body]:
    items: list[Body] = (await shop.http.get("/v1/audit", params={"action": action})).json()[
        "items"
    ]
    return items


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "subject"), CHANGES, ids=[row[3] for row in CHANGES]
)
async def test_a_change_is_noted_with_who_made_it(  # noqa: PLR0917 - a row of the table
    shop: Shop, method: str, path: str, body: Body, action: str, subject: str
) -> None:
    await shop.accept(receipt(1))
    answer = await shop.http.request(method, path, json=body)
    assert answer.status_code == 200, answer.text
    (item,) = await noted(shop, action)
    assert (item["actor"], item["subject"]) == ("till", subject)
    assert item["action_text"] is not None
    assert EXAMPLE_SETUP["secret"] not in str(item)


async def test_a_replay_is_noted_once(shop: Shop) -> None:
    await shop.accept(receipt(1))
    refused = await shop.post(receipt(2, currency="XXX"))
    kept = refused["rejected"][0]["quarantine_id"]
    for _ in range(2):
        await shop.http.post(f"/v1/quarantine/{kept}/replay", json={"body": receipt(2)})
    (item,) = await noted(shop, "quarantine.replayed")
    assert (item["actor"], item["subject"]) == ("till", kept)
    assert item["details"] == {"source": "till", "is_corrected": True}


async def test_what_is_refused_again_is_not_noted(shop: Shop) -> None:
    await shop.accept(receipt(1))
    refused = await shop.post(receipt(2, currency="XXX"))
    await shop.http.post(f"/v1/quarantine/{refused['rejected'][0]['quarantine_id']}/replay")
    assert await noted(shop, "quarantine.replayed") == []


async def test_a_merge_and_an_erasure_are_noted_with_their_reasons(shop: Shop) -> None:
    for number, name in enumerate(("c-1", "c-2")):
        await shop.accept(receipt(number, customer={"customer_id": name}))
    sides: dict[str, Any] = {"loser": {"customer_id": "c-2"}, "winner": {"customer_id": "c-1"}}
    await shop.http.post("/v1/merges", json=sides | {"reason": "same person"})
    await shop.http.post("/v1/customers/c-1/erase", json={"reason": "asked by letter"})
    reasons = [(await noted(shop, action))[0]["reason"] for action in ("merge", "erasure.asked")]
    assert reasons == ["same person", "asked by letter"]


async def test_an_upload_is_noted(shop: Shop) -> None:
    await shop.accept(receipt(1))
    answer = await shop.http.post(
        "/v1/imports", content=b"{}\n", headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status_code == 202, answer.text
    (item,) = await noted(shop, "import.asked")
    assert (item["actor"], item["subject"]) == ("till", answer.json()["import_id"])
