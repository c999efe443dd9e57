"""Profiles, consents and stores as people write and read them."""

import asyncio

from tests.integration.ingest.conftest import Shop
from tests.tills import event, receipt

PHONE = "+8613800138000"


async def test_a_profile_is_read_as_it_was_written(shop: Shop) -> None:
    written = await shop.put_customer(
        "c-1",
        attributes={"city": "Shanghai"},
        identifiers={"phone": PHONE, "email": "Ann@Example.org"},
        consents={"service": True, "marketing": False},
    )
    read = (await shop.http.get("/v1/customers/c-1")).json()
    assert read == written
    assert read["identifiers"] == [
        {"kind": "email", "value": "ann@example.org"},
        {"kind": "phone", "value": PHONE},
    ]
    assert read["consents"] == {"service": True, "marketing": False}


async def test_a_put_replaces_attributes_and_adds_identifiers(shop: Shop) -> None:
    await shop.put_customer("c-1", attributes={"city": "A"}, identifiers={"phone": PHONE})
    after = await shop.put_customer("c-1", attributes={"age": 30})
    assert after["attributes"] == {"age": 30}
    assert [each["value"] for each in after["identifiers"]] == [PHONE]
    assert after["version"] == 2


async def test_of_two_who_change_what_they_read_at_once_one_is_told(shop: Shop) -> None:
    await shop.put_customer("c-1", attributes={"city": "A"})
    tag = (await shop.http.get("/v1/customers/c-1")).headers["ETag"]
    texts = [{"attributes": {"city": city}} for city in "BC"]
    headers = {"If-Match": tag}
    answers = await asyncio.gather(
        *(shop.http.put("/v1/customers/c-1", json=text, headers=headers) for text in texts)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (made,) = [answer for answer in answers if answer.is_success]
    assert (await shop.http.get("/v1/customers/c-1")).headers["ETag"] == made.headers["ETag"] != tag


async def test_what_is_refused_as_changed_leaves_no_trace(shop: Shop) -> None:
    for tag in ('"0"', '"7"'):
        update = {"identifiers": {"phone": PHONE}}
        answer = await shop.http.put("/v1/customers/c-2", json=update, headers={"If-Match": tag})
        assert answer.status_code == 412
    assert (await shop.http.get("/v1/customers/c-2")).status_code == 404


async def test_a_merged_customer_is_changed_under_the_tag_of_their_winner(shop: Shop) -> None:
    for customer_id in ("c-1", "c-2"):
        await shop.put_customer(customer_id)
    who = {"winner": {"customer_id": "c-1"}, "loser": {"customer_id": "c-2"}}
    await shop.http.post("/v1/merges", json=who)
    tag = (await shop.http.get("/v1/customers/c-2")).headers["ETag"]
    update, headers = {"attributes": {"city": "A"}}, {"If-Match": tag}
    answer = await shop.http.put("/v1/customers/c-2", json=update, headers=headers)
    assert (answer.status_code, answer.json()["customer_id"]) == (200, "c-1")


async def test_consents_keep_their_history(shop: Shop) -> None:
    for is_granted in (True, False, True):
        await shop.put_customer("c-1", consents={"marketing": is_granted})
    profile = (await shop.http.get("/v1/customers/c-1")).json()
    assert profile["consents"] == {"marketing": True}
    rows = await shop.pool.fetch(
        "SELECT is_granted, customer_version FROM consents ORDER BY sequence"
    )
    assert [tuple(row) for row in rows] == [(True, 1), (False, 2), (True, 3)]


async def test_a_contested_identifier_stays_with_its_holder(shop: Shop) -> None:
    await shop.put_customer("c-1", identifiers={"phone": PHONE})
    other = await shop.put_customer("c-2", identifiers={"phone": PHONE})
    assert other["identifiers"] == []
    assert await shop.count("identity_conflicts") == 1


async def test_writers_of_one_new_customer_all_succeed(shop: Shop) -> None:
    puts = [shop.put_customer("c-1", attributes={"turn": turn}) for turn in range(8)]
    versions = [profile["version"] for profile in await asyncio.gather(*puts)]
    assert sorted(versions) == list(range(1, 9))
    assert await shop.count("customers") == 1


async def test_a_change_of_a_profile_is_told_to_scoring(shop: Shop) -> None:
    await shop.put_customer("c-1")
    payload = await shop.value("SELECT payload FROM outbox WHERE topic = 'customers_changed'")
    profile_id = await shop.value("SELECT profile_id FROM customers")
    assert payload == {"profile_ids": [profile_id.hex]}


async def test_an_unknown_and_an_erased_customer_get_one_answer(shop: Shop) -> None:
    await shop.put_customer("c-1")
    await shop.pool.execute("UPDATE customers SET erased_at = now()")
    answers = [await shop.http.get(f"/v1/customers/{name}") for name in ("c-1", "nobody")]
    bodies = [{k: v for k, v in a.json().items() if k != "instance"} for a in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert bodies[0] == bodies[1]


async def put_store(shop: Shop, zone: str | None) -> dict[str, object]:
    body = {"name": {"en": "One", "zh": "一"}, "time_zone": zone}
    answer = await shop.http.put("/v1/stores/s-1", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, object] = answer.json()
    return document


async def test_a_store_without_a_zone_has_that_of_the_shop(shop: Shop) -> None:
    assert (await put_store(shop, None))["time_zone"] == "UTC"


async def test_the_zone_of_a_store_decides_the_date_of_an_order(shop: Shop) -> None:
    late = "2026-11-20T20:00:00Z"
    properties = {"order_id": "o", "currency": "CNY", "store_id": "s-1"}
    for number, zone in enumerate(("UTC", "Asia/Shanghai")):
        await put_store(shop, zone)
        lines = [{"line": 1, "sku": "a", "quantity": "1", "net": "1.00"}]
        mine = properties | {"order_id": f"o-{number}", "lines": lines}
        told = event(f"e-{number}", "order_completed", **mine) | {"occurred_at": late}
        assert (await shop.tell(told))["accepted"] == 1
    dates = await shop.pool.fetch("SELECT business_date FROM orders ORDER BY sequence")
    assert [str(row[0]) for row in dates] == ["2026-11-20", "2026-11-21"]


async def test_the_date_on_a_receipt_is_the_date_of_the_till(shop: Shop) -> None:
    await put_store(shop, "Asia/Shanghai")
    await shop.accept(receipt(1, occurred_at="2026-11-20T20:00:00Z"))
    assert str(await shop.value("SELECT business_date FROM orders")) == "2026-11-20"
    assert await shop.value("SELECT slot FROM customer_habit") == 5 * 24 + 4


async def test_stores_are_read_one_by_one_and_page_by_page(shop: Shop) -> None:
    stored = await put_store(shop, "Asia/Shanghai")
    body = {"name": {"en": "Two", "zh": "二"}, "currency": "USD", "region": "North"}
    await shop.http.put("/v1/stores/s-2", json=body)
    assert (await shop.http.get("/v1/stores/s-1")).json() == stored
    first = (await shop.http.get("/v1/stores?limit=1")).json()
    rest = (await shop.http.get(f"/v1/stores?cursor={first['next_cursor']}")).json()
    assert first["items"] == [stored]
    assert [(s["store_id"], s["time_zone"]) for s in rest["items"]] == [("s-2", "UTC")]
    assert rest["next_cursor"] is None
    assert (await shop.http.get("/v1/stores/s-3")).status_code == 404


async def test_a_store_that_moves_changes_nothing_that_was_accepted(shop: Shop) -> None:
    late = {"occurred_at": "2026-11-20T20:00:00Z"}
    lines = [{"line": 1, "sku": "a", "quantity": "1", "net": "1.00"}]
    sold = {"currency": "CNY", "store_id": "s-1", "lines": lines}
    first = event("e-1", "order_completed", order_id="o-1", **sold) | late
    await put_store(shop, "UTC")
    await shop.tell(first)
    await put_store(shop, "Asia/Shanghai")
    assert (await shop.tell(first))["duplicates"] == 1
    await shop.tell(event("e-2", "order_completed", order_id="o-2", **sold) | late)
    days = await shop.pool.fetch("SELECT business_date FROM events ORDER BY sequence")
    assert [str(row[0]) for row in days] == ["2026-11-20", "2026-11-21"]
