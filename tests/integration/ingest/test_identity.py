"""Who a receipt belongs to, and that no identifier lies about in clear."""

import json

import pytest

from tests.integration.ingest.conftest import Shop
from tests.tills import event, receipt

PHONE, CARD, EMAIL = "+8613800138999", "CARD-7734-canary", "canary@example.org"


async def test_a_card_leads_to_the_customer_who_registered_it(shop: Shop) -> None:
    await shop.put_customer("c-1", identifiers={"loyalty_account": CARD})
    await shop.accept(receipt(1, customer={"loyalty_account": CARD}))
    assert (await shop.day("c-1"))["orders"] == 1


async def test_a_phone_first_seen_at_a_till_is_joined_by_the_profile_later(shop: Shop) -> None:
    await shop.accept(receipt(1, customer={"phone": PHONE}))
    profile = await shop.put_customer("c-1", identifiers={"phone": PHONE})
    assert profile["version"] == 2
    assert (await shop.day("c-1"))["orders"] == 1
    assert await shop.count("customers") == 1


async def test_a_batch_that_first_names_two_identifiers_and_then_one_is_of_one_person(
    shop: Shop,
) -> None:
    await shop.accept(receipt(1, customer={"phone": PHONE}))
    both = receipt(2, customer={"customer_id": "c-1", "phone": PHONE})
    await shop.accept(both, receipt(3), receipt(4))
    assert (await shop.day("c-1"))["orders"] == 4
    assert (await shop.count("customers"), await shop.count("identity_conflicts")) == (1, 0)


async def test_a_contested_phone_stays_and_is_listed_once(shop: Shop) -> None:
    await shop.put_customer("c-1", identifiers={"phone": PHONE})
    both = {"customer_id": "c-2", "phone": PHONE}
    await shop.accept(receipt(1, customer=both), receipt(2, customer=both))
    assert (await shop.day("c-2"))["orders"] == 2
    assert await shop.day("c-1") == {}
    named = await shop.pool.fetch(
        "SELECT claimant.customer_id, holder.customer_id FROM identity_conflicts"
        " JOIN customers claimant ON claimant.profile_id = claimant_id"
        " JOIN customers holder ON holder.profile_id = holder_id"
    )
    assert [tuple(row) for row in named] == [("c-2", "c-1")]


async def test_two_new_customer_ids_with_one_phone_stay_two_people(shop: Shop) -> None:
    batch = [receipt(n, customer={"customer_id": f"c-{n}", "phone": PHONE}) for n in (1, 2)]
    await shop.accept(*batch)
    assert [(await shop.day(f"c-{n}"))["orders"] for n in (1, 2)] == [1, 1]


async def test_one_id_in_two_unicode_forms_is_one_customer(shop: Shop) -> None:
    await shop.accept(receipt(1, customer={"customer_id": "caf\u00e9"}))
    await shop.accept(receipt(2, customer={"customer_id": "cafe\u0301"}))
    assert await shop.count("customers") == 1


@pytest.mark.parametrize("other", ["\u212a-1", "k-1", "\uff2b-1"], ids=("kelvin", "case", "wide"))
async def test_letters_that_merely_look_alike_are_other_people(shop: Shop, other: str) -> None:
    # U+212A is K under NFC: canonically the same letter, unlike the full-width one
    await shop.accept(receipt(1, customer={"customer_id": "K-1"}))
    await shop.accept(receipt(2, customer={"customer_id": other}))
    assert await shop.count("customers") == (1 if other == "\u212a-1" else 2)


async def test_no_identifier_stands_in_clear_anywhere(shop: Shop) -> None:
    who = {"customer_id": "c-1", "phone": PHONE, "email": EMAIL, "loyalty_account": CARD}
    await shop.put_customer("c-1", identifiers={"phone": PHONE, "email": EMAIL})
    await shop.accept(receipt(1, customer=who))
    await shop.tell(event("e-1", "product_viewed") | {"customer": who})
    await shop.post(receipt(2, customer=who, type="gift"))
    assert await stored_with(shop, "c-1")
    for canary in (PHONE, CARD, EMAIL, PHONE[1:]):
        assert await stored_with(shop, canary) == []


async def stored_with(shop: Shop, text: str) -> list[str]:
    """Name the columns of all tables in which a text stands, as characters or as bytes."""
    columns = await shop.pool.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'bytea', 'ARRAY')"
    )
    escaped = json.dumps(text)[1:-1]
    found = []
    for table, column, kind in columns:
        is_in = (
            f"position($1::bytea IN {column}) > 0"
            if kind == "bytea"
            else f"position(convert_from($1, 'UTF8') IN {column}::text) > 0"
        )
        statement = f"SELECT count(*) FROM {table} WHERE {is_in}"
        if await shop.pool.fetchval(statement, escaped.encode()):
            found.append(f"{table}.{column}")
    return found
