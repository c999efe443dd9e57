"""One source has the authority over an order namespace; what each sends is counted by day."""

import asyncio
from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.tills import event, order, receipt


@pytest.fixture(autouse=True)
async def no_sources(shop: Shop) -> None:
    await shop.app.state.ingest.counts.flush()
    await shop.pool.execute("DELETE FROM source_day")
    await shop.pool.execute("DELETE FROM sources")
    shop.app.state.ingest.registry.forget()


async def put(shop: Shop, source_id: str, status: int = 200, **update: Any) -> Body:
    answer = await shop.http.put(f"/v1/sources/{source_id}", json={"kind": "web"} | update)
    assert answer.status_code == status, answer.text
    document: Body = answer.json()
    return document


async def listed(shop: Shop) -> dict[str, Body]:
    answer = await shop.http.get("/v1/sources")
    assert answer.status_code == 200, answer.text
    return {each["source_id"]: each for each in answer.json()["items"]}


async def test_a_source_has_a_namespace_of_its_own_unless_it_names_one(shop: Shop) -> None:
    assert (await put(shop, "web-1"))["order_namespace"] == "web-1"
    assert (await put(shop, "hook-1", order_namespace="shop"))["order_namespace"] == "shop"


async def test_a_namespace_has_one_authority_and_the_other_is_named(shop: Shop) -> None:
    await put(shop, "web-1", order_namespace="shop")
    refused = await put(shop, "hook-1", 409, order_namespace="shop")
    assert "web-1" in refused["detail"]
    assert list(await listed(shop)) == ["web-1"]
    await put(shop, "hook-1", order_namespace="shop", is_authoritative=False)


async def test_authority_moves_only_when_it_is_said(shop: Shop) -> None:
    await put(shop, "web-1", order_namespace="shop")
    assert (await put(shop, "hook-1", order_namespace="shop", take_over=True))["is_authoritative"]
    found = await listed(shop)
    assert not found["web-1"]["is_authoritative"]


async def test_a_source_keeps_its_authority_when_it_is_written_again(shop: Shop) -> None:
    await put(shop, "web-1", order_namespace="shop", settings={"a": 1})
    again = await put(shop, "web-1", order_namespace="shop", kind="sdk", settings={"b": 2})
    assert (again["kind"], again["is_authoritative"], again["settings"]) == ("sdk", True, {"b": 2})


async def test_two_who_want_a_namespace_at_once_do_not_both_get_it(shop: Shop) -> None:
    wanted = {"kind": "web", "order_namespace": "shop"}
    answers = await asyncio.gather(
        *(shop.http.put(f"/v1/sources/s-{number}", json=wanted) for number in range(4))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 503}


async def test_a_new_sender_has_no_authority_over_a_namespace_that_is_taken(shop: Shop) -> None:
    await put(shop, "web-1", order_namespace="till")
    await shop.accept(receipt(1))
    assert not (await listed(shop))["till"]["is_authoritative"]


async def test_orders_of_a_source_without_authority_carry_no_value(shop: Shop) -> None:
    await put(shop, "web-1", order_namespace="shop")
    await put(shop, "till", order_namespace="shop", is_authoritative=False)
    await shop.tell(order("e-1"))
    assert "net_booked" not in await shop.day()
    await put(shop, "till", order_namespace="shop", take_over=True)
    await shop.tell(order("e-2", "o-2"))
    assert (await shop.day())["net_booked"] == 1000


async def test_what_a_web_hook_keeps_in_the_settings_stays(shop: Shop) -> None:
    await put(shop, "hook-1")
    await shop.pool.execute(
        "UPDATE sources SET settings = $1 WHERE source_id = 'hook-1'", {"webhook_shopify": {"a": 1}}
    )
    stored = await put(shop, "hook-1", settings={"note": "x"})
    assert stored["settings"] == {"webhook_shopify": {"a": 1}, "note": "x"}


async def test_what_a_source_sends_is_counted_by_day(shop: Shop) -> None:
    await shop.post(receipt(1), receipt(1), receipt(2), {})
    await shop.post(receipt(1, total={"net": "9.99"}), receipt(2, channel="web"))
    await shop.tell(event("e-1", "searched"))
    await shop.app.state.ingest.counts.flush()
    (row,) = await shop.pool.fetch("SELECT * FROM source_day")
    assert dict(row) | {"received_on": str(row["received_on"])} == {
        "source_id": "till",
        "received_on": "2026-11-22",
        "received": 7,
        "accepted": 3,
        "duplicates": 1,
        "conflicts": 1,
        "rejected": 2,
    }
    assert (await listed(shop))["till"]["last_seen_at"] == "2026-11-22T01:00:00Z"


async def test_sources_are_listed_page_by_page(shop: Shop) -> None:
    for name in ("a", "b", "c"):
        await put(shop, name)
    first = (await shop.http.get("/v1/sources?limit=2")).json()
    rest = (await shop.http.get(f"/v1/sources?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["source_id"] for each in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next_cursor"] is None


async def test_only_an_admin_registers_sources(shop: Shop) -> None:
    key = await shop.key("events:write", "customers:write", "reports:read")
    headers = {"Authorization": f"Bearer {key}"}
    answer = await shop.http.put("/v1/sources/x", json={"kind": "web"}, headers=headers)
    assert answer.status_code == 403
    assert (await shop.http.get("/v1/sources", headers=headers)).status_code == 200
