"""Everything that is kept about a person, handed over in one document."""

import asyncio
from typing import Any

from services.ingest.queries.export import SECTIONS
from tests.integration.ingest.conftest import Shop
from tests.integration.ingest.test_erase import ANN, CARD, EMAIL, OWN, PHONE, tell_of_ann
from tests.tills import Body, receipt

#: Tables that name a profile but hold nothing of one person alone.
_OTHERWISE = {
    "erasures": "the erased have nothing to export",
    "order_keys": "keys of orders, which are exported",
    "order_claims": "as above",
    "reversals": "keys of returns, which are exported as events",
}
_SHOWN_AS = {"customers": "profiles", "tier_current": "tiers", "customer_controls": "controls"}
_SHOWN_AS |= {"segment_members": "segments"}
_NAMING = """
SELECT DISTINCT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name IN ('profile_id', 'customer_id', 'loser_id',
    'claimant_id')
"""


async def exported(shop: Shop, customer_id: str = OWN) -> Body:
    answer = await shop.http.get(f"/v1/customers/{customer_id}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: Body = answer.json()
    return body


async def test_everything_said_of_a_person_is_there_in_clear(shop: Shop) -> None:
    await tell_of_ann(shop)
    document = await exported(shop)
    known_by = {row["kind"]: row["value"] for row in document["identifiers"]}
    assert known_by == {
        "customer_id": OWN,
        "phone": PHONE,
        "email": EMAIL,
        "loyalty_account": CARD,
    }
    assert [row["attributes"]["name"] for row in document["profiles"]] == ["Ann Lee"]
    assert len(document["events"]) == 5
    sequences = [row["sequence"] for row in document["events"]]
    assert sequences == sorted(sequences)
    assert len(document["orders"]) == 2
    assert len(document["consents"]) == 2
    assert len(document["quarantine"]) == 2
    assert len(document["identity_conflicts"]) == 1


async def test_nothing_of_others_is_there(shop: Shop) -> None:
    await tell_of_ann(shop)
    await shop.accept(receipt(50, customer={"customer_id": "carl"}))
    text = str(await exported(shop))
    assert "carl" not in text
    assert "bob" not in text


async def test_the_whole_group_is_handed_over_under_any_of_its_ids(shop: Shop) -> None:
    await shop.accept(receipt(1, customer=ANN), receipt(2, customer={"customer_id": "ann-2"}))
    await shop.pool.execute(
        "UPDATE customers SET merged_into = (SELECT profile_id FROM customers"
        " WHERE customer_id = $1) WHERE customer_id = 'ann-2'",
        OWN,
    )
    assert len((await exported(shop, "ann-2"))["events"]) == 2
    assert len((await exported(shop))["events"]) == 2


async def test_every_table_that_names_people_is_handed_over(shop: Shop) -> None:
    naming = {row[0] for row in await shop.pool.fetch(_NAMING)}
    shown = {_SHOWN_AS.get(table, table) for table in naming - _OTHERWISE.keys()}
    assert shown <= set(SECTIONS)


async def test_feedback_is_found_by_the_shops_own_id(shop: Shop) -> None:
    await shop.put_customer(OWN)
    await shop.pool.execute(
        """
        INSERT INTO interactions (customer_id, interaction_id, event_key, fingerprint, kind,
            direction, channel, at, received_at)
        SELECT name, gen_random_uuid(), name::bytea, '', 'call', 'in', 'phone', now(), now()
        FROM unnest($1::text[]) AS name
        """,
        [OWN, "carl"],
    )
    assert [row["customer_id"] for row in (await exported(shop))["interactions"]] == [OWN]


async def test_an_unknown_customer_has_no_export(shop: Shop) -> None:
    assert (await shop.http.get("/v1/customers/nobody/export")).status_code == 404


async def test_a_long_export_is_whole(shop: Shop) -> None:
    many: list[Any] = [receipt(number) for number in range(1_200)]
    await asyncio.gather(*(shop.accept(*many[start : start + 400]) for start in (0, 400, 800)))
    document = await exported(shop, "c-1")
    assert len(document["events"]) == len(document["orders"]) == 1_200


async def test_a_key_without_the_scope_gets_nothing(shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {await shop.key('customers:read')}"}
    answer = await shop.http.get(f"/v1/customers/{OWN}/export", headers=headers)
    assert answer.status_code == 403
