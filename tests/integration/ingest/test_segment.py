"""Segment-compatible clients: the captured bodies, their answers, and what counts of them."""

import gzip
import json
from base64 import b64encode
from datetime import datetime
from typing import Any

import httpx
import pytest

from shared.keys import KeyKind
from tests.integration.ingest.conftest import Body, Shop

SHORT = {
    "batch": "b", "track": "t", "identify": "i", "page": "p", "screen": "s", "group": "g",
    "alias": "a",
}  # fmt: skip
AT = "2026-11-20T12:00:00Z"


def message(kind: str = "track", /, **changes: Any) -> Body:
    return {"type": kind, "messageId": "m-1", "userId": "c-1", "timestamp": AT} | changes


def bought(order_id: str = "o-1", /, **changes: Any) -> Body:
    properties = {"order_id": order_id, "revenue": 25, "currency": "CNY"} | changes
    return message(messageId=f"m-{order_id}", event="Order Completed", properties=properties)


def basic(key: str) -> str:
    return f"Basic {b64encode(f'{key}:'.encode()).decode()}"


async def say(shop: Shop, *messages: Body, **envelope: Any) -> httpx.Response:
    return await shop.http.post("/v1/batch", json={"batch": list(messages)} | envelope)


def check_success(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')


async def refusals(shop: Shop) -> list[str]:
    rows = await shop.pool.fetch("SELECT reason FROM quarantine ORDER BY reason")
    return [row["reason"] for row in rows]


@pytest.mark.parametrize("kind", list(SHORT)[1:])
@pytest.mark.parametrize("is_short", [False, True])
async def test_one_message_may_be_posted_alone(shop: Shop, kind: str, *, is_short: bool) -> None:
    body = message(kind, previousId="a-0") | {"type": None}
    path = SHORT[kind] if is_short else kind
    check_success(await shop.http.post(f"/v1/{path}", json=body))
    assert await refusals(shop) == []
    assert await shop.count("events") == 1


async def test_a_bad_message_is_kept_aside_and_the_rest_counts(shop: Shop) -> None:
    check_success(await say(shop, bought(), {"type": "dance"}, message(timestamp="now")))
    assert await refusals(shop) == ["bad_instant", "not_allowed"]
    assert (await shop.day())["net_booked"] == 2500


async def test_a_message_that_is_no_json_stands_aside_alone(shop: Shop) -> None:
    bad = message(messageId="m-2", properties={"price": float("nan"), "text": "\0"})
    text = json.dumps({"batch": [bought(), bad], "sentAt": "2026-11-22T01:00:00Z"})
    for _ in range(2):
        check_success(await shop.http.post("/v1/batch", content=text))
    assert await refusals(shop) == ["nul_character"]
    assert await shop.value("SELECT times_seen FROM quarantine") == 2
    assert (await shop.day())["net_booked"] == 2500
    kept_id = await shop.value("SELECT quarantine_id FROM quarantine")
    shown = (await shop.http.get(f"/v1/quarantine/{kept_id}")).json()
    assert shown["body"]["properties"] == {"price": "NaN", "text": "\ufffd"}


async def test_a_message_sent_again_later_is_a_duplicate(shop: Shop) -> None:
    bad = message(messageId="m-2", timestamp="now")
    for second in (1, 2):
        check_success(await say(shop, bought(), bad, sentAt=f"2026-11-22T00:59:0{second}Z"))
    assert (await shop.day())["net_booked"] == 2500
    assert await shop.count("events") == 1
    assert await shop.value("SELECT times_seen FROM quarantine") == 2


async def test_a_wrong_clock_is_corrected_and_the_claim_kept(shop: Shop) -> None:
    check_success(await say(shop, bought(), sentAt="2026-11-22T00:00:00Z"))
    row = await shop.pool.fetchrow("SELECT occurred_at, body, is_time_suspect FROM events")
    assert row["occurred_at"] == datetime.fromisoformat("2026-11-20T13:00:00Z")
    assert row["body"]["claimed_at"] == "2026-11-20T12:00:00+00:00"
    assert row["is_time_suspect"] is True


async def test_an_order_counts_once_by_segment_and_events(shop: Shop) -> None:
    check_success(await say(shop, bought()))
    lines = [{"line": 1, "sku": "tea", "quantity": "1", "net": "25.00"}]
    answer = await shop.tell(
        {
            "event_id": "e-1",
            "type": "order_completed",
            "occurred_at": AT,
            "customer": {"customer_id": "c-1"},
            "properties": {"order_id": "o-1", "currency": "CNY", "lines": lines},
        }
    )
    assert answer["accepted"] == 1
    assert (await shop.day())["net_booked"] == 2500


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Order Refunded", {"order_id": "o-1"}),
        ("Order Cancelled", {"orderId": "o-1"}),
        (
            "Order Refunded",
            {"order_id": "o-1", "products": [{"sku": "tea", "price": 12.5, "quantity": 2}]},
        ),
    ],
)
async def test_what_is_undone_is_worth_nothing(shop: Shop, event: str, properties: Body) -> None:
    products = [{"sku": "tea", "price": 12.5, "quantity": 2}]
    undo = message(messageId="m-9", event=event, properties=properties)
    check_success(await say(shop, undo, bought(products=products)))
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0)) == (0, 0)


async def test_an_updated_order_replaces_what_it_was(shop: Shop) -> None:
    changed = {"order_id": "o-1", "revenue": 10, "currency": "CNY"}
    update = message(messageId="m-9", event="Order Updated", properties=changed)
    later = update | {"timestamp": "2026-11-20T13:00:00Z"}
    check_success(await say(shop, later, bought()))
    day = await shop.day()
    assert (day["net_booked"], day["orders"]) == (1000, 1)


async def test_amounts_are_read_from_their_text(shop: Shop) -> None:
    text = json.dumps({"batch": [bought()]}).replace("25", "0.285")
    check_success(await shop.http.post("/v1/batch", content=text.encode()))
    assert (await shop.day())["net_booked"] == 28


async def test_what_was_done_before_is_the_persons(shop: Shop) -> None:
    seen = message(messageId="m-0", event="Product Viewed", userId=None, anonymousId="a-1")
    check_success(await say(shop, seen))
    traits = {"city": "Shanghai", "email": "ann@example.com"}
    known = message("identify", anonymousId="a-1", traits=traits)
    check_success(await say(shop, known))
    assert (await shop.day())["views"] == 1
    profile = (await shop.http.get("/v1/customers/c-1")).json()
    assert profile["attributes"] == {"city": "Shanghai"}
    assert {"kind": "email", "value": "ann@example.com"}.items() <= profile["identifiers"][
        1
    ].items()


async def test_an_alias_brings_along_what_was_done_under_the_former_name(shop: Shop) -> None:
    seen = message(messageId="m-0", event="Product Viewed", userId=None, anonymousId="a-1")
    check_success(await say(shop, seen, bought()))
    check_success(await say(shop, message("alias", messageId="m-2", previousId="a-1")))
    day = await shop.day()
    assert (day["views"], day["net_booked"]) == (1, 2500)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, 400),
        (b"nothing", {}, 400),
        (b"[]", {}, 400),
        (b"{}", {}, 400),
        (b'{"batch": {}}', {}, 400),
        (b'{"batch": [], "batch": []}', {}, 400),
        (b'{"batch": [], "n": 1e400}', {}, 400),
        (b'{"batch": [], "n": NaN}', {}, 400),
        (b"\xef\xbb\xbf{}", {}, 400),
        (gzip.compress(b'{"batch": []}', mtime=0)[:-9], {"Content-Encoding": "gzip"}, 400),
        (b'{"batch": []}', {"Content-Encoding": "br"}, 415),
        (gzip.compress(b" " * 20_000_000, mtime=0), {"Content-Encoding": "gzip"}, 413),
        (b" " * (8 * 2**20 + 1), {}, 413),
        (b'{"batch": []}', {"Authorization": "Basic dGxfc2s6"}, 401),
        (b'{"batch": []}', {"Authorization": "Bearer tl_sk_x"}, 401),
    ],
)
async def test_refusals_are_what_the_clients_understand(
    shop: Shop, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await shop.http.post("/v1/batch", content=content, headers=headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message"}
    assert answer.headers["content-type"] == "application/json"


async def test_a_full_house_says_when_to_come_again(shop: Shop) -> None:
    gate = shop.app.state.ingest.admission.gate
    gate.inside += gate.most_bytes
    answer = await say(shop, bought())
    gate.inside -= gate.most_bytes
    assert (answer.status_code, set(answer.json())) == (503, {"code", "message"})
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_key_of_other_scopes_is_refused(shop: Shop) -> None:
    key = await shop.key("customers:read")
    answer = await shop.http.post(
        "/v1/batch", json={"batch": []}, headers={"Authorization": basic(key)}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_page_posts_with_its_key_in_the_body(shop: Shop, content_type: str) -> None:
    key = await shop.key("browse:write", kind=KeyKind.PUBLISHABLE)
    del shop.http.headers["Authorization"]
    seen = message(event="Product Viewed", anonymousId="a-1", writeKey=key)
    headers = {"Content-Type": content_type} if content_type else {}
    check_success(await shop.http.post("/v1/t", content=json.dumps(seen), headers=headers))
    kinds = await shop.pool.fetch("SELECT kind FROM identifiers")
    assert [row["kind"] for row in kinds] == ["anonymous_id"]


async def test_a_key_in_a_message_is_kept_nowhere(shop: Shop) -> None:
    key = await shop.key("browse:write", kind=KeyKind.PUBLISHABLE)
    check_success(await say(shop, bought() | {"writeKey": key, "timestamp": "now"}))
    check_success(await shop.http.post("/v1/track", json=message(timestamp="n", writeKey=key)))
    kept = (await shop.http.get("/v1/quarantine")).text
    assert await shop.count("quarantine") == 2
    assert key not in kept


async def test_a_page_posts_no_value_and_names_nobody(shop: Shop) -> None:
    key = await shop.key("browse:write", kind=KeyKind.PUBLISHABLE)
    del shop.http.headers["Authorization"]
    check_success(await say(shop, bought(), message("identify"), message("page"), writeKey=key))
    assert await refusals(shop) == ["not_allowed_for_publishable_key"] * 2
    assert await shop.count("orders") == 0
    assert await shop.count("identifiers") == 0
    kept = await shop.value("SELECT count(*) FROM quarantine WHERE route LIKE '%from_page'")
    assert kept == 2


@pytest.mark.parametrize("kind", list(KeyKind))
async def test_a_secret_key_in_a_body_is_no_key(shop: Shop, kind: KeyKind) -> None:
    scopes = ["browse:write"] if kind is KeyKind.PUBLISHABLE else ["events:write"]
    key = await shop.key(*scopes, kind=kind)
    del shop.http.headers["Authorization"]
    answer = await say(shop, writeKey=key)
    assert answer.status_code == (200 if kind is KeyKind.PUBLISHABLE else 401)


async def test_more_messages_than_a_batch_of_ours_holds(shop: Shop) -> None:
    many = [message("page", messageId=f"m-{n}") for n in range(1500)]
    check_success(await say(shop, *many))
    assert (await shop.day())["views"] == 1500
