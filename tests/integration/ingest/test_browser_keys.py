"""What a page may post with its publishable key to the events route."""

from typing import Any

import pytest

from shared.keys import KeyKind
from tests.integration.ingest.conftest import Shop
from tests.tills import event, order

VISITOR = {"anonymous_id": "a-1", "device_id": "d-1"}


@pytest.fixture
async def page(shop: Shop) -> Shop:
    """The shop as its page sees it."""
    key = await shop.key("browse:write", kind=KeyKind.PUBLISHABLE)
    shop.http.headers["Authorization"] = f"Bearer {key}"
    return shop


async def test_a_page_tells_what_a_visitor_looks_at(page: Shop) -> None:
    seen = event("e-1", "product_viewed", sku="tea") | {"customer": VISITOR}
    assert (await page.tell(seen))["accepted"] == 1
    assert await page.count("identifiers") == 2


async def test_a_page_names_no_person(page: Shop) -> None:
    person = VISITOR | {"customer_id": "c-1", "email": "a@example.com", "loyalty_account": "M"}
    seen = event("e-1", "product_viewed") | {"customer": person}
    assert (await page.tell(seen))["accepted"] == 1
    rows = await page.pool.fetch("SELECT kind FROM identifiers ORDER BY kind")
    assert [row["kind"] for row in rows] == ["anonymous_id", "device_id"]


@pytest.mark.parametrize(
    "body",
    [
        order("e-1"),
        order("e-1", lines=[]),
        event("e-1", "order_refunded", order_id="o-1"),
        event("e-1", "order_cancelled", order_id="o-1"),
        event("e-1", "referral_made"),
        event("e-1", "consent_changed", purpose="marketing"),
        event("e-1", "membership_paid"),
        event("e-1", "feedback_given"),
    ],
)
async def test_a_page_tells_nothing_of_value(page: Shop, body: dict[str, Any]) -> None:
    answer = await page.tell(body, event("e-2", "page_viewed"))
    assert answer["accepted"] == 1
    (rejected,) = answer["rejected"]
    assert (rejected["index"], rejected["code"]) == (0, "not_allowed_for_publishable_key")
    assert await page.count("orders") == 0


async def test_a_page_that_is_wrong_learns_why(page: Shop) -> None:
    answer = await page.tell(event("e-1", "danced"), {"type": 7})
    assert [each["code"] for each in answer["rejected"]] == ["not_allowed", "missing"]


async def test_a_page_may_send_cloud_events(page: Shop) -> None:
    whole = {"specversion": "1.0", "source": "/page", "data": {"customer": VISITOR}}
    batch = [
        whole | {"id": "1", "type": "shop.product.viewed"},
        whole | {"id": "2", "type": "shop.order.completed"},
    ]
    kind = {"Content-Type": "application/cloudevents-batch+json"}
    answer = (await page.http.post("/v1/events", json=batch, headers=kind)).json()
    assert answer["accepted"] == 1
    assert answer["rejected"][0]["code"] == "not_allowed_for_publishable_key"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/receipts"), ("PUT", "/v1/customers/c-1"), ("GET", "/v1/customers/c-1")],
)
async def test_a_page_may_do_nothing_else(page: Shop, method: str, path: str) -> None:
    assert (await page.http.request(method, path, json={})).status_code == 403
