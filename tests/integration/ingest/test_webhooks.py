"""Pushes of Shopify and Square: signed, taken in once, kept aside when unreadable."""

import json
from copy import deepcopy
from typing import Any

import httpx
import pytest

from services.ingest.domain.senders.signature import signature_of
from shared.contracts.webhooks import EXAMPLE_ORDER, EXAMPLE_PAYMENT
from tests.integration.ingest.conftest import Shop

Body = dict[str, Any]
SECRET, NEWER = "first-secret", "second-secret"
URL = "https://shop.example/v1/webhooks/square/square"
REFUND: Body = {
    "id": 509562969,
    "order_id": EXAMPLE_ORDER["id"],
    "created_at": "2026-11-21T18:23:46+08:00",
    "refund_line_items": [
        {
            "line_item_id": 466157049,
            "quantity": 1,
            "subtotal": "12.37",
            "line_item": {"sku": "6927165"},
        }
    ],
    "transactions": [{"currency": "CNY"}],
}


async def set_up(shop: Shop, platform: str = "shopify", secret: str = SECRET) -> None:
    setup: Body = {"platform": platform, "secret": secret}
    if platform == "shopify":
        setup["customer_id_field"] = "note"
    else:
        setup["notification_url"] = URL
    answer = await shop.http.put(f"/v1/sources/{platform}/webhook", json=setup)
    assert answer.status_code == 200, answer.text


async def push(
    shop: Shop, topic: str, body: Body | bytes, *, secret: str = SECRET, webhook_id: str = "w-1"
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await shop.http.post(
        "/v1/webhooks/shopify/shopify",
        content=raw,
        headers={
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Hmac-SHA256": signature_of(secret, raw).decode(),
        },
    )


async def push_square(shop: Shop, body: Body, *, url: str = URL) -> httpx.Response:
    raw = json.dumps(body).encode()
    signature = signature_of(SECRET, url.encode() + raw).decode()
    headers = {
        "Content-Type": "application/json",
        "X-Square-HmacSha256-Signature": signature,
    }
    return await shop.http.post("/v1/webhooks/square/square", content=raw, headers=headers)


def make_order(**changes: Any) -> Body:
    order = deepcopy(EXAMPLE_ORDER) | changes
    order["customer"]["note"] = "c-1"
    return order


async def test_an_order_and_its_refund_count_once_each(shop: Shop) -> None:
    await set_up(shop)
    for webhook_id in ("w-1", "w-1", "w-2"):
        assert (await push(shop, "orders/create", make_order(), webhook_id=webhook_id)).is_success
    assert (await shop.day())["net_booked"] == 1237
    for webhook_id in ("w-3", "w-3", "w-4"):
        assert (await push(shop, "refunds/create", REFUND, webhook_id=webhook_id)).is_success
    assert (await shop.day()).get("net_booked", 0) == 0


async def test_a_refund_that_comes_first_waits_for_its_order(shop: Shop) -> None:
    await set_up(shop)
    await push(shop, "refunds/create", REFUND)
    await push(shop, "orders/create", make_order())
    day = await shop.day()
    assert (day["sales_net"], day["returns_net"]) == (1237, 1237)


async def test_a_cancelled_order_never_was(shop: Shop) -> None:
    await set_up(shop)
    await push(shop, "orders/create", make_order())
    await push(shop, "orders/cancelled", make_order(cancelled_at="2026-11-21T15:00:00+08:00"))
    assert (await shop.day()).get("net_booked", 0) == 0


async def test_a_changed_order_replaces_what_it_was_in_any_order(shop: Shop) -> None:
    await set_up(shop)
    lines = [EXAMPLE_ORDER["line_items"][0] | {"quantity": 2, "discount_allocations": []}]
    changed = make_order(updated_at="2026-11-21T14:00:00+08:00", line_items=lines)
    await push(shop, "orders/updated", changed)
    await push(shop, "orders/create", make_order())
    assert (await shop.day())["net_booked"] == 3300


@pytest.mark.parametrize("secret", [SECRET, NEWER])
async def test_the_former_secret_is_valid_for_an_hour_more(shop: Shop, secret: str) -> None:
    await set_up(shop)
    await set_up(shop, secret=NEWER)
    assert (await push(shop, "orders/create", make_order(), secret=secret)).status_code == 200


async def test_after_the_hour_only_the_new_secret_opens(shop: Shop) -> None:
    await set_up(shop)
    await set_up(shop, secret=NEWER)
    await shop.pool.execute(
        "UPDATE webhook_secrets SET valid_until = now() WHERE valid_until IS NOT NULL"
    )
    assert (await push(shop, "orders/create", make_order())).status_code == 401
    assert await shop.count("events") == 0


async def test_a_wrong_signature_is_refused_like_an_unknown_source(shop: Shop) -> None:
    unknown = await push(shop, "orders/create", make_order())
    await set_up(shop)
    forged = await push(shop, "orders/create", make_order(), secret="guessed-secret")
    assert (unknown.status_code, forged.status_code) == (401, 401)
    for part in ("type", "title", "detail"):
        assert unknown.json()[part] == forged.json()[part]
    assert "/v1/sources/{id}/webhook" in forged.json()["detail"]
    assert await shop.count("events") == await shop.count("quarantine") == 0


async def test_a_push_that_cannot_be_read_is_kept_aside_and_still_answered(shop: Shop) -> None:
    await set_up(shop)
    answer = await push(shop, "orders/create", make_order(line_items=[{"id": 1}]))
    assert (answer.status_code, answer.json()["rejected"]) == (200, 1)
    assert await shop.value("SELECT reason FROM quarantine") == "missing"


async def test_a_push_about_something_else_is_acknowledged_and_ignored(shop: Shop) -> None:
    await set_up(shop)
    answer = await push(shop, "products/update", {"id": 1})
    assert answer.json() == {
        "accepted": 0, "duplicates": 0, "conflicts": 0, "rejected": 0, "ignored": 1,
    }  # fmt: skip


async def test_a_signed_body_that_is_no_json_is_refused(shop: Shop) -> None:
    await set_up(shop)
    assert (await push(shop, "orders/create", b'{"id": NaN}')).status_code == 400


async def test_a_secret_is_never_shown_nor_stored_in_clear(shop: Shop) -> None:
    await set_up(shop)
    sealed = await shop.value("SELECT secret_encrypted FROM webhook_secrets")
    assert SECRET.encode() not in sealed
    assert SECRET not in await shop.value(
        "SELECT settings::text FROM sources WHERE source_id = 'shopify'"
    )


async def test_a_payment_told_twice_counts_once_and_by_its_latest_state(shop: Shop) -> None:
    await set_up(shop, "square")
    later = deepcopy(EXAMPLE_PAYMENT)
    later["data"]["object"]["payment"] |= {
        "updated_at": "2026-11-21T12:30:00Z",
        "amount_money": {"amount": 1300, "currency": "CNY"},
    }
    for body in (later, EXAMPLE_PAYMENT, EXAMPLE_PAYMENT):
        assert (await push_square(shop, body)).is_success
    assert await shop.value("SELECT sum(net_booked)::bigint FROM customer_day") == 1300


async def test_square_cannot_be_set_up_without_the_address_it_signs(shop: Shop) -> None:
    setup = {"platform": "square", "secret": SECRET}
    answer = await shop.http.put("/v1/sources/square/webhook", json=setup)
    assert answer.status_code == 422
    assert "notification_url" in answer.json()["errors"][0]["message"]


async def test_squares_signature_covers_the_address(shop: Shop) -> None:
    await set_up(shop, "square")
    answer = await push_square(shop, EXAMPLE_PAYMENT, url="https://evil.example/")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b\x08", 400),
        ({"Content-Type": "application/json"}, b" " * (8 * 1024 * 1024 + 1), 413),
        ({"Content-Type": "application/json"}, b"\xff\xfe", 401),
        ({"Content-Type": "application/json"}, b"", 401),
    ],
)
async def test_an_unsigned_stranger_is_refused_before_anything_is_read(
    shop: Shop, headers: Body, body: bytes, status: int
) -> None:
    answer = await shop.http.post("/v1/webhooks/shopify/shopify", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
