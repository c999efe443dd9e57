"""Identifiers given to a customer: gained, contested, taken over; conflicts and their end."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Shop
from tests.tills import Body, event, receipt

CARD, PHONE = "CARD-1", "+8613800138000"
EVERY_KIND: Body = {
    "loyalty_account": CARD,
    "phone": PHONE,
    "email": "Ann@Example.org",
    "wechat_openid": "o-1",
    "device_id": "d-1",
    "anonymous_id": "w-1",
    "external": {"erp": "77", "crm": "77"},
}


async def give(
    shop: Shop, customer_id: str, *, take_over: bool = False, **identifiers: Any
) -> Body:
    return await shop.send(
        f"/v1/customers/{customer_id}/identifiers",
        {"identifiers": identifiers, "take_over": take_over},
    )


async def conflicts(shop: Shop, query: str = "") -> list[Body]:
    answer = await shop.http.get(f"/v1/identity-conflicts{query}")
    items: list[Body] = answer.json()["items"]
    return items


async def test_every_kind_can_be_given_and_leads_back(shop: Shop) -> None:
    await shop.put_customer("c-1")
    given = await give(shop, "c-1", **EVERY_KIND)
    assert len(given["gained"]) == len(given["customer"]["identifiers"]) == 8
    for number, kind in enumerate(EVERY_KIND):
        await shop.accept(receipt(number, customer={kind: EVERY_KIND[kind]}))
    assert (await shop.day("c-1"))["orders"] == len(EVERY_KIND)


async def test_a_profile_may_be_put_with_every_kind(shop: Shop) -> None:
    written = await shop.put_customer("c-1", identifiers=EVERY_KIND)
    kinds = {each["kind"]: each["value"] for each in written["identifiers"]}
    assert kinds["email"] == "ann@example.org"
    assert (kinds["external:erp"], kinds["external:crm"]) == ("77", "77")


async def test_identifiers_of_an_unknown_customer_are_refused(shop: Shop) -> None:
    body = {"identifiers": {"phone": PHONE}}
    answer = await shop.http.post("/v1/customers/nobody/identifiers", json=body)
    assert (answer.status_code, await shop.count("identifiers")) == (404, 0)


async def test_a_browser_nobody_owns_comes_with_its_history(shop: Shop) -> None:
    await shop.tell(event("e-1", "product_viewed") | {"customer": {"anonymous_id": "w-1"}})
    await shop.put_customer("c-1")
    assert (await give(shop, "c-1", anonymous_id="w-1"))["merged"] == 1
    assert (await shop.day("c-1"))["views"] == 1


async def test_a_contested_card_stays_and_is_listed(shop: Shop) -> None:
    await shop.put_customer("c-1", identifiers={"loyalty_account": CARD})
    await shop.put_customer("c-2")
    assert (await give(shop, "c-2", loyalty_account=CARD))["contested"] == ["loyalty_account"]
    (found,) = await conflicts(shop)
    assert (found["holder"]["customer_id"], found["claimant"]["customer_id"]) == ("c-1", "c-2")


async def test_a_card_taken_over_leads_to_its_new_holder_and_history_stays(shop: Shop) -> None:
    await shop.put_customer("c-1", identifiers={"loyalty_account": CARD})
    await shop.put_customer("c-2")
    await shop.accept(receipt(1, customer={"loyalty_account": CARD}))
    taken = await give(shop, "c-2", loyalty_account=CARD, take_over=True)
    await shop.accept(receipt(2, customer={"loyalty_account": CARD}))
    assert taken["taken_over"] == ["loyalty_account"]
    assert [(await shop.day(name))["orders"] for name in ("c-1", "c-2")] == [1, 1]
    note = await shop.pool.fetchrow("SELECT actor, action FROM audit_log")
    assert tuple(note) == ("till", "move_identifier")


@pytest.mark.parametrize(("keep", "buyer"), [("holder", "c-1"), ("claimant", "c-2")])
async def test_a_conflict_is_settled_for_either(shop: Shop, keep: str, buyer: str) -> None:
    await shop.put_customer("c-1", identifiers={"phone": PHONE})
    await shop.put_customer("c-2", identifiers={"phone": PHONE})
    (open_one,) = await conflicts(shop)
    path = f"/v1/identity-conflicts/{open_one['conflict_id']}/resolve"
    settled = await shop.send(path, {"keep": keep})
    await shop.accept(receipt(1, customer={"phone": PHONE}))
    assert (await shop.day(buyer))["orders"] == 1
    assert settled["resolved_at"] is not None
    assert (await conflicts(shop), len(await conflicts(shop, "?is_open=false"))) == ([], 1)
    assert (await shop.http.post(path, json={"keep": keep})).status_code == 409


async def test_an_unknown_conflict_is_not_found(shop: Shop) -> None:
    path = f"/v1/identity-conflicts/{'0' * 32}/resolve"
    assert (await shop.http.post(path, json={"keep": "holder"})).status_code == 404
