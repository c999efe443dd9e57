"""CloudEvents in each of their forms, captured and made by the real library."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from tests.integration.ingest.conftest import Body, Shop
from tests.paths import require_shared
from tests.tills import order

AT = "2026-11-20T12:00:00Z"
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"


def cloud_event(kind: str = "com.example.product.viewed", /, **changes: Any) -> Body:
    whole = {"specversion": "1.0", "id": "ev-1", "source": "/shop/1", "type": kind, "time": AT}
    return whole | {"data": {"customer": {"customer_id": "c-1"}, "properties": {}}} | changes


async def post(shop: Shop, body: Any, content_type: str) -> httpx.Response:
    return await shop.http.post(
        "/v1/events", content=json.dumps(body), headers={"Content-Type": content_type}
    )


async def take(shop: Shop, body: Any, content_type: str = STRUCTURED) -> Body:
    answer = await post(shop, body, content_type)
    assert answer.status_code == 200, answer.text
    document: Body = answer.json()
    return document


@pytest.mark.parametrize("form", ["structured", "binary"])
async def test_captured_events_count_once(shop: Shop, form: str) -> None:
    await shop.tell(order("e-0", "o-0"))
    (captured,) = json.loads(require_shared(f"wire/cloudevents/{form}.json").read_text("utf-8"))
    for expected in ({"accepted": 1, "duplicates": 0}, {"accepted": 0, "duplicates": 1}):
        answer = await shop.http.post(
            "/v1/events",
            content=json.dumps(captured["body"]),
            headers={k: v for k, v in captured["headers"].items() if k.lower() != "host"},
        )
        assert expected.items() <= answer.json().items(), answer.text
    assert (await shop.day("u-1"))["net_booked"] == 2750


async def test_a_captured_batch_is_judged_one_by_one(shop: Shop) -> None:
    captured = json.loads(require_shared("wire/cloudevents/batch_composed.json").read_text("utf-8"))
    answer = await take(shop, captured["body"], captured["headers"]["content-type"])
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [
        (0, "missing"),
        (1, "missing"),
    ]


@pytest.mark.parametrize("form", [to_binary_event, to_structured_event])
async def test_the_real_library_is_understood(shop: Shop, form: Any) -> None:
    attributes = {
        "id": "ev-1",
        "source": "/shop/北京",
        "type": "tierline.product_viewed",
        "time": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "subject": "customer/c-1",
    }
    made = form(CloudEvent(attributes=attributes, data={"sku": "tea", "price": 12.5}))
    for _ in range(2):
        answer = await shop.http.post("/v1/events", content=made.body, headers=made.headers)
        assert answer.status_code == 200, answer.text
    assert (await shop.day())["views"] == 1
    assert await shop.value("SELECT body -> 'properties' FROM events") == {
        "sku": "tea",
        "price": 12.5,
    }


async def test_an_event_is_known_by_source_and_id(shop: Shop) -> None:
    batch = [cloud_event(), cloud_event(), cloud_event(source="/shop/2"), cloud_event(id="ev-2")]
    answer = await take(shop, batch, BATCHED)
    assert (answer["accepted"], answer["duplicates"]) == (3, 1)
    ours = {
        "event_id": "ev-1",
        "source": "/shop/1",
        "type": "product_viewed",
        "occurred_at": AT,
    }
    assert len((await shop.tell(ours))["conflicts"]) == 1


async def test_an_event_without_its_instant_may_be_sent_again(shop: Shop) -> None:
    timeless = cloud_event(time=None)
    assert (await take(shop, timeless))["accepted"] == 1
    assert (await take(shop, timeless))["duplicates"] == 1


async def test_our_own_order_lines_are_taken_as_they_are(shop: Shop) -> None:
    lines = [{"line": 1, "sku": "tea", "quantity": "1", "net": "10.00"}]
    properties = {"order_id": "o-1", "currency": "CNY", "lines": lines}
    data = {"customer": {"customer_id": "c-1"}, "properties": properties}
    await take(shop, cloud_event("order_completed", data=data))
    assert (await shop.day())["net_booked"] == 1000


async def test_data_may_be_in_base64(shop: Shop) -> None:
    body = cloud_event(data_base64="eyJwcm9wZXJ0aWVzIjogeyJuIjogMX19")
    del body["data"]
    await take(shop, body)
    assert await shop.value("SELECT body -> 'properties' FROM events") == {"n": 1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (cloud_event(id=None), "missing"),
        (cloud_event(specversion="0.3"), "not_allowed"),
        (cloud_event("com.example.danced"), "not_allowed"),
        (cloud_event(time="now"), "bad_instant"),
        (cloud_event(data=[1]), "wrong_type"),
        (cloud_event(data={"customer": {"email": "x"}}), "bad_email"),
        (cloud_event(datacontenttype="text/xml"), "not_allowed"),
        (cloud_event(data_base64="e30"), "bad_encoding"),
        (cloud_event(data_base64="e3s="), "bad_json"),
        (cloud_event("order_completed", data={"order_id": "o"}), "missing"),
    ],
)
async def test_a_bad_event_is_kept_aside(shop: Shop, body: Body, code: str) -> None:
    await shop.tell(order("e-0", "o-0"))
    answer = await take(shop, body)
    assert [each["code"] for each in answer["rejected"]] == [code]
    assert await shop.value("SELECT route FROM quarantine") == "read_cloud_event"


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "status"),
    [
        ([cloud_event()], STRUCTURED, {}, 422),
        (cloud_event(), BATCHED, {}, 422),
        ([], BATCHED, {}, 422),
        ([{}] * 1001, BATCHED, {}, 422),
        (cloud_event(), f"{STRUCTURED}; charset=utf-16", {}, 415),
        ({}, "text/plain", {"ce-specversion": "1.0"}, 415),
        ({}, "application/json", {"ce-specversion": "1.0", "ce-id": "%FF"}, 400),
        ({}, "application/json", {"ce-specversion": "1.0", "ce-id": "a%00"}, 400),
    ],
)
async def test_what_is_no_cloud_event_is_refused_whole(
    shop: Shop, body: Any, content_type: str, headers: dict[str, str], status: int
) -> None:
    answer = await shop.http.post(
        "/v1/events",
        content=json.dumps(body),
        headers={"Content-Type": content_type} | headers,
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
