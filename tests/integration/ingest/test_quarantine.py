"""A record kept aside is listed with its reason, can be mended, and is counted once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.tills import event, line, receipt

WRONG = receipt(1, total={"net": "9.99"})


@pytest.fixture(autouse=True)
async def counts_in_yuan(shop: Shop) -> None:
    registry = shop.app.state.ingest.registry
    await registry.base_currency("CNY", shop.app.state.ingest.clock.now())


async def kept(shop: Shop, **filters: Any) -> list[Body]:
    answer = await shop.http.get("/v1/quarantine", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[Body] = answer.json()["items"]
    return items


async def refuse(shop: Shop, item: Body) -> str:
    (rejected,) = (await shop.post(item))["rejected"]
    found: str = rejected["quarantine_id"]
    return found


async def replay(shop: Shop, kept_id: str, **body: Any) -> httpx.Response:
    return await shop.http.post(f"/v1/quarantine/{kept_id}/replay", **body)


async def rate(shop: Shop) -> None:
    rates = [{"currency": "USD", "valid_from": "2026-01-01", "rate": "7"}]
    await shop.http.put("/v1/exchange-rates", json={"base_currency": "CNY", "rates": rates})


async def test_a_record_is_listed_with_its_reason_and_shown_with_its_body(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    await shop.post(WRONG)
    (listed,) = await kept(shop)
    assert (listed["quarantine_id"], listed["reason"]) == (kept_id, "total_mismatch")
    assert (listed["source"], listed["route"]) == ("till", "read_receipt")
    assert (listed["times_seen"], listed["received_at"]) == (2, "2026-11-22T01:00:00Z")
    assert len(listed["sha256"]) == 64
    assert "body" not in listed
    shown = (await shop.http.get(f"/v1/quarantine/{kept_id}")).json()
    assert (shown["body"], shown["is_truncated"]) == (WRONG, False)


async def test_records_are_found_by_source_reason_and_state(shop: Shop) -> None:
    await refuse(shop, WRONG)
    await refuse(shop, receipt(2, lines=[]))
    assert [each["reason"] for each in await kept(shop)] == ["too_few", "total_mismatch"]
    assert [each["reason"] for each in await kept(shop, reason="too_few")] == ["too_few"]
    assert len(await kept(shop, source="till", replayed=False)) == 2
    assert await kept(shop, source="other") == []
    assert await kept(shop, replayed=True) == []


async def test_records_are_listed_page_by_page(shop: Shop) -> None:
    await shop.post(*(receipt(number, lines=[]) for number in range(5)))
    first = (await shop.http.get("/v1/quarantine?limit=3")).json()
    rest = (await shop.http.get(f"/v1/quarantine?cursor={first['next_cursor']}")).json()
    ids = [each["quarantine_id"] for each in first["items"] + rest["items"]]
    assert (len(set(ids)), rest["next_cursor"]) == (5, None)


async def test_a_corrected_record_counts_once_however_often_it_is_replayed(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    first = await replay(shop, kept_id, json={"body": receipt(1)})
    assert first.status_code == 200, first.text
    for again in ({"json": {"body": receipt(1)}}, {}, {"json": {"body": receipt(7)}}):
        assert (await replay(shop, kept_id, **again)).json() == first.json()
    assert ((await shop.day())["orders"], await shop.count("events")) == (1, 1)
    (listed,) = await kept(shop, replayed=True)
    assert listed["replayed_sequence"] == first.json()["sequence"]


async def test_replays_at_once_with_other_keys_count_once(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    answers = await asyncio.gather(
        *(replay(shop, kept_id, json={"body": receipt(number)}) for number in range(8))
    )
    assert [answer.status_code for answer in answers] == [200] * 8, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    assert ((await shop.day())["orders"], await shop.count("events")) == (1, 1)


async def test_what_waited_for_a_rate_counts_as_it_was_sent(shop: Shop) -> None:
    kept_id = await refuse(shop, receipt(1, currency="USD"))
    await rate(shop)
    assert (await replay(shop, kept_id)).status_code == 200
    assert (await shop.day())["net_booked"] == 7000
    assert await shop.value("SELECT source_id FROM events") == "till"


async def test_a_message_of_a_client_is_read_again_as_that_client_s(shop: Shop) -> None:
    message = {
        "type": "track",
        "event": "Order Completed",
        "messageId": "m-1",
        "userId": "c-1",
        "timestamp": "2026-11-20T12:00:00Z",
        "properties": {"order_id": "o-1", "revenue": 10.1, "currency": "USD"},
    }
    answer = await shop.http.post("/v1/batch", json={"batch": [message]})
    assert answer.status_code == 200, answer.text
    (listed,) = await kept(shop)
    assert (listed["route"], listed["reason"]) == ("read_segment", "unknown_rate")
    await rate(shop)
    replayed = await replay(shop, listed["quarantine_id"])
    assert replayed.status_code == 200, replayed.text
    assert (await shop.day())["net_booked"] == 7070


@pytest.mark.parametrize(
    "times",
    [{"timestamp": "2026-11-20T11:00:00Z", "sentAt": "2026-11-20T12:00:00Z"}, {}],
    ids=["by the sender's clock", "without a time"],
)
async def test_a_message_counts_when_it_came_however_late_it_is_replayed(
    shop: Shop, times: Body
) -> None:
    properties = {"order_id": "o-1", "revenue": 10, "currency": "USD"}
    message = {"type": "track", "event": "Order Completed", "messageId": "m-1", "userId": "c-1"}
    await shop.http.post(
        "/v1/batch", json={"batch": [message | times | {"properties": properties}]}
    )
    (listed,) = await kept(shop)
    came = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    await shop.pool.execute("UPDATE quarantine SET received_at = $1", came)
    await rate(shop)
    assert (await replay(shop, listed["quarantine_id"])).status_code == 200
    (stored,) = await shop.pool.fetch("SELECT effective_at, is_time_suspect FROM events")
    assert tuple(stored) == (came - timedelta(hours=1 if times else 0), False)


async def test_what_is_still_bad_says_why_now(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    answer = await replay(shop, kept_id, json={"body": receipt(1, lines=[])})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/body", "too_few")
    (listed,) = await kept(shop, replayed=False)
    assert listed["reason"] == "too_few"
    assert await shop.count("events") == 0


async def test_what_came_right_meanwhile_is_not_counted_again(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    await shop.accept(receipt(1))
    sequence = await shop.value("SELECT sequence FROM events")
    answer = await replay(shop, kept_id, json={"body": receipt(1)})
    assert answer.json()["sequence"] == sequence
    assert (await shop.day())["orders"] == 1


async def test_a_key_that_is_known_with_another_body_stays_as_it_is(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    await shop.accept(receipt(1))
    other = receipt(1, lines=[line(net="20.00")])
    assert (await replay(shop, kept_id, json={"body": other})).status_code == 409
    assert len(await kept(shop, replayed=False)) == 1
    assert (await shop.day())["net_booked"] == 1000


async def test_a_body_too_long_to_be_kept_needs_a_corrected_one(shop: Shop) -> None:
    long = event("e-1", "product_viewed", note="x" * 70_000)
    (rejected,) = (await shop.tell(long))["rejected"]
    kept_id = rejected["quarantine_id"]
    shown = (await shop.http.get(f"/v1/quarantine/{kept_id}")).json()
    assert (shown["is_truncated"], len(shown["body"])) == (True, 64 * 1024)
    answer = await replay(shop, kept_id)
    assert answer.status_code == 409
    assert "body_truncated" in answer.json()["detail"]
    short = event("e-1", "product_viewed", note="x")
    assert (await replay(shop, kept_id, json={"body": short})).status_code == 200
    assert (await shop.day())["views"] == 1


async def test_what_nobody_reads_any_more_is_not_replayed(shop: Shop) -> None:
    kept_id = await refuse(shop, WRONG)
    await shop.pool.execute("UPDATE quarantine SET route = 'read_from_page'")
    assert (await replay(shop, kept_id, json={"body": receipt(1)})).status_code == 409


async def test_records_of_a_reason_are_replayed_together(shop: Shop) -> None:
    dollars = [receipt(number, currency="USD") for number in range(3)]
    await shop.post(*dollars, receipt(9, currency="CHF"), receipt(10, lines=[]))
    await rate(shop)
    wanted = {"reason": "unknown_rate", "limit": 3}
    first = (await shop.http.post("/v1/quarantine/replay", json=wanted)).json()
    assert (first["replayed"], first["refused"]) == (3, [])
    rest = await shop.http.post(f"/v1/quarantine/replay?cursor={first['next_cursor']}", json=wanted)
    assert [each["code"] for each in rest.json()["refused"]] == ["unknown_rate"]
    assert rest.json()["next_cursor"] is None
    assert (await shop.day())["net_booked"] == 3 * 7000


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_only_an_admin_sees_and_replays(shop: Shop, method: str) -> None:
    kept_id = await refuse(shop, WRONG)
    key = await shop.key("events:write", "customers:read", "customers:write", "reports:read")
    path = f"/v1/quarantine/{kept_id}" + ("/replay" if method == "POST" else "")
    answer = await shop.http.request(method, path, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403


async def test_an_unknown_record(shop: Shop) -> None:
    nobody = "01a2026f-c535-719f-8aef-25e55ebee63b"
    assert (await replay(shop, nobody)).status_code == 404
    assert (await shop.http.get(f"/v1/quarantine/{nobody}")).status_code == 404
