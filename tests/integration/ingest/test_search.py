"""A customer is found by whatever somebody has in hand; nobody erased is."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.tills import receipt

PEARL = {
    "loyalty_account": "M-88",
    "phone": "+8613800138000",
    "email": "pearl@example.com",
    "external": {"crm": "X-7"},
}


@pytest.fixture
async def pearl(shop: Shop) -> Shop:
    """A shop that knows one customer by everything, with one purchase, and two others."""
    registry = shop.app.state.ingest.registry
    await registry.base_currency("CNY", shop.app.state.ingest.clock.now())
    await shop.put_customer("c-1", identifiers=PEARL, attributes={"name": "珍珠"})
    await shop.put_customer("c-12")
    await shop.put_customer("d-1")
    await shop.accept(receipt(5470, order_id="web-1", customer={"customer_id": "c-1"}))
    return shop


async def found(shop: Shop, query: str, **more: Any) -> list[Body]:
    answer = await shop.send("/v1/customers/search", {"query": query} | more)
    items: list[Body] = answer["items"]
    return items


@pytest.mark.parametrize(
    ("query", "found_by"),
    [
        ("c-1", "customer_id"),
        ("M-88", "loyalty_account"),
        ("+8613800138000", "phone"),
        (" 138-0013 8000 ", "phone"),
        ("0086 138 0013 8000", "phone"),
        ("8613800138000", "phone"),
        ("Pearl@Example.com", "email"),
        ("X-7", "external:crm"),
        ("web-1", "order"),
    ],
)
async def test_anything_known_of_a_customer_finds_them(
    pearl: Shop, query: str, found_by: str
) -> None:
    first = (await found(pearl, query))[0]
    assert (first["customer_id"], first["found_by"]) == ("c-1", [found_by])


async def test_a_receipt_names_who_bought(pearl: Shop) -> None:
    sale = receipt(5470)
    parts = ("store_id", "workstation_id", "business_date", "sequence_number")
    for between in ("/", " "):
        (only,) = await found(pearl, between.join(str(sale[part]) for part in parts))
        assert (only["customer_id"], only["found_by"]) == ("c-1", ["receipt"])


async def test_what_an_id_begins_with_finds_all_who_have_it(pearl: Shop) -> None:
    assert [each["customer_id"] for each in await found(pearl, "c")] == ["c-1", "c-12"]
    exact_first = await found(pearl, "c-1")
    assert [(each["customer_id"], each["found_by"]) for each in exact_first] == [
        ("c-1", ["customer_id"]),
        ("c-12", ["customer_id_prefix"]),
    ]


async def test_more_than_asked_for_is_told(pearl: Shop) -> None:
    answer = await pearl.send("/v1/customers/search", {"query": "c", "limit": 1})
    assert ([each["customer_id"] for each in answer["items"]], answer["has_more"]) == (
        ["c-1"],
        True,
    )


async def test_the_answer_tells_who_it_is_and_since_when(pearl: Shop) -> None:
    (pearl_found,) = await found(pearl, "M-88")
    day = receipt(5470)["business_date"]
    assert pearl_found["name"] == "珍珠"
    assert (pearl_found["first_seen_on"], pearl_found["last_seen_on"]) == (day, day)
    assert pearl_found["merged_into"] is None


async def test_a_merged_customer_is_found_with_whom_they_count_for(pearl: Shop) -> None:
    await pearl.http.post(
        "/v1/merges", json={"winner": {"customer_id": "d-1"}, "loser": {"customer_id": "c-1"}}
    )
    (loser,) = await found(pearl, "M-88")
    assert (loser["customer_id"], loser["merged_into"]["customer_id"]) == ("c-1", "d-1")
    assert loser["last_seen_on"] == receipt(5470)["business_date"]


async def test_nobody_erased_is_found_not_even_by_an_order(pearl: Shop) -> None:
    await pearl.pool.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'c-1'")
    for query in ("c-1", "M-88", "web-1"):
        assert "c-1" not in [each["customer_id"] for each in await found(pearl, query)]


@pytest.mark.parametrize("query", ["nobody", " ", "'; DROP", "%", "_", "\u202egnp", "+", "@"])
async def test_what_fits_nobody_finds_nobody(pearl: Shop, query: str) -> None:
    assert await found(pearl, query) == []
