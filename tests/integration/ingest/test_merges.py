"""Two customers made one and taken apart again, chains of them, and what is refused."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.ingest.queries.merges import MERGES_WITH
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.conftest import Shop
from tests.tills import Body, back, line, receipt

CARD, PHONE = "CARD-1", "+8613800138000"
LATER = "2026-11-20T18:00:00Z"


async def merge(shop: Shop, loser: str, winner: str, **headers: str) -> Body:
    answer = await try_merge(shop, {"customer_id": loser}, {"customer_id": winner}, **headers)
    assert answer.status_code == 201, answer.text
    document: Body = answer.json()
    return document


async def try_merge(shop: Shop, loser: Body, winner: Body, **headers: str) -> Any:
    body = {"winner": winner, "loser": loser, "reason": "told us"}
    return await shop.http.post("/v1/merges", json=body, headers=headers)


async def undo(shop: Shop, merge_id: str) -> Body:
    answer = await shop.http.delete(f"/v1/merges/{merge_id}")
    assert answer.status_code == 200, answer.text
    document: Body = answer.json()
    return document


async def orders(shop: Shop, *customer_ids: str) -> list[int]:
    return [(await shop.day(customer_id)).get("orders", 0) for customer_id in customer_ids]


async def shoppers(shop: Shop, *customer_ids: str) -> None:
    """One receipt of each."""
    for number, customer_id in enumerate(customer_ids, 1):
        await shop.accept(receipt(number, customer={"customer_id": customer_id}))


async def is_sound(shop: Shop) -> bool:
    work = Rebuild(repairs=False)
    return not [found async for found in work.run(shop.pool, lambda _done, _of: None)]


async def test_the_winner_has_what_both_did(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    await merge(shop, "a", "b")
    assert await orders(shop, "a", "b") == [0, 2]
    assert await is_sound(shop)


async def test_an_undone_merge_gives_each_their_own_again(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    merged = await merge(shop, "a", "b")
    await shop.accept(receipt(3, customer={"customer_id": "a"}))
    undone = await undo(shop, merged["merge_id"])
    assert await orders(shop, "a", "b") == [2, 1]
    assert undone["undone_sequence"] > merged["sequence"]
    assert await is_sound(shop)


async def test_the_end_of_a_chain_has_everything(shop: Shop) -> None:
    await shoppers(shop, "a", "b", "c", "d")
    for loser, winner in ("ab", "bc", "dc"):
        await merge(shop, loser, winner)
    assert await orders(shop, *"abcd") == [0, 0, 4, 0]
    assert await is_sound(shop)


async def test_undoing_in_the_middle_takes_along_what_hangs_below(shop: Shop) -> None:
    await shoppers(shop, "a", "b", "c", "d")
    await merge(shop, "a", "b")
    middle = await merge(shop, "b", "c")
    await merge(shop, "c", "d")
    await undo(shop, middle["merge_id"])
    assert await orders(shop, *"abcd") == [0, 2, 0, 2]
    assert await is_sound(shop)


async def test_a_return_matches_across_both_and_only_while_they_are_one(shop: Shop) -> None:
    await shop.accept(receipt(1, customer={"customer_id": "a"}, lines=[line()]))
    await shop.accept(back(2, None, customer={"customer_id": "b"}))
    merged = await merge(shop, "b", "a")
    assert (await shop.day("a")).get("net_qualifying", 0) == 0
    await undo(shop, merged["merge_id"])
    assert (await shop.day("a"))["net_qualifying"] == 1000
    await shop.accept(receipt(3, customer={"customer_id": "b"}, lines=[line()]))
    assert await is_sound(shop)


async def test_the_loser_is_read_as_the_winner(shop: Shop) -> None:
    await shop.put_customer("a", attributes={"city": "Wuhan", "pet": "cat"})
    await shop.put_customer("b", attributes={"city": "Lijiang"}, identifiers={"phone": PHONE})
    await merge(shop, "a", "b")
    loser = (await shop.http.get("/v1/customers/a")).json()
    assert loser == (await shop.http.get("/v1/customers/b")).json()
    assert (loser["customer_id"], loser["merged_from"]) == ("b", ["a"])
    assert loser["attributes"] == {"city": "Lijiang", "pet": "cat"}


async def test_what_is_put_for_the_loser_is_the_winners(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    await merge(shop, "a", "b")
    written = await shop.put_customer("a", attributes={"pet": "dog"}, consents={"service": True})
    assert (written["customer_id"], written["attributes"]) == ("b", {"pet": "dog"})
    assert written["consents"] == {"service": True}


async def test_both_versions_move_on_with_a_merge_and_its_undoing(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    seen = [await versions(shop)]
    merged = await merge(shop, "a", "b")
    seen.append(await versions(shop))
    await undo(shop, merged["merge_id"])
    seen.append(await versions(shop))
    assert merged["customer_version"] == seen[1]["b"]
    assert all(seen[n][name] < seen[n + 1][name] for n in (0, 1) for name in "ab")


async def versions(shop: Shop) -> dict[str, int]:
    return dict(await shop.pool.fetch("SELECT customer_id, version FROM customers"))


async def test_each_merge_and_undoing_is_written_down_and_told(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    await shop.pool.execute("DELETE FROM outbox")
    await undo(shop, (await merge(shop, "a", "b"))["merge_id"])
    notes = await shop.pool.fetch("SELECT actor, action FROM audit_log ORDER BY audit_id")
    assert [tuple(row) for row in notes] == [("till", "merge"), ("till", "unmerge")]
    told = await shop.pool.fetch("SELECT payload -> 'profile_ids' AS ids FROM outbox")
    assert [len(row["ids"]) for row in told] == [2, 2]


async def test_a_merge_is_named_by_any_identifier(shop: Shop) -> None:
    await shop.accept(receipt(9, customer={"loyalty_account": CARD}))
    await shoppers(shop, "b")
    answer = await try_merge(shop, {"loyalty_account": CARD}, {"customer_id": "b"})
    assert answer.json()["loser"]["customer_id"] is None
    assert answer.json()["winner"]["customer_id"] == "b"


@pytest.mark.parametrize(
    ("loser", "winner", "status"),
    [
        ({"customer_id": "a"}, {"customer_id": "a"}, 409),
        ({"customer_id": "nobody"}, {"customer_id": "a"}, 404),
        ({"customer_id": "a"}, {"phone": PHONE}, 404),
        ({"customer_id": "b"}, {"customer_id": "a"}, 409),
        ({"customer_id": "a"}, {"customer_id": "c"}, 409),
        ({"customer_id": "c"}, {"loyalty_account": CARD}, 409),
        ({}, {"customer_id": "a"}, 422),
    ],
    ids=("self", "unknown", "unknown-winner", "cycle", "merged-before", "nameless", "nobody"),
)
async def test_what_cannot_be_merged_is_refused(
    shop: Shop, loser: Body, winner: Body, status: int
) -> None:
    await shoppers(shop, "a", "b", "c")
    await shop.accept(receipt(9, customer={"loyalty_account": CARD}))
    await merge(shop, "a", "b")
    assert (await try_merge(shop, loser, winner)).status_code == status
    assert await shop.count("identity_links") == 1


async def test_only_a_standing_merge_can_be_undone(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    merge_id = (await merge(shop, "a", "b"))["merge_id"]
    await undo(shop, merge_id)
    again = await shop.http.delete(f"/v1/merges/{merge_id}")
    unknown = await shop.http.delete(f"/v1/merges/{'0' * 32}")
    assert (again.status_code, unknown.status_code) == (409, 404)


async def test_a_merge_sent_again_under_its_key_is_done_once(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    first = await merge(shop, "a", "b", **{"Idempotency-Key": "m-1"})
    assert await merge(shop, "a", "b", **{"Idempotency-Key": "m-1"}) == first
    assert await shop.count("identity_links") == 1


async def test_after_an_undoing_the_same_two_can_be_merged_again(shop: Shop) -> None:
    await shoppers(shop, "a", "b")
    await undo(shop, (await merge(shop, "a", "b"))["merge_id"])
    await merge(shop, "b", "a")
    assert await orders(shop, "a", "b") == [2, 0]


async def test_merges_are_listed_page_by_page_newest_first(shop: Shop) -> None:
    await shoppers(shop, "a", "b", "c")
    ids = [(await merge(shop, loser, "c"))["merge_id"] for loser in "ab"]
    first = (await shop.http.get("/v1/merges?limit=1")).json()
    rest = (await shop.http.get(f"/v1/merges?cursor={first['next_cursor']}")).json()
    assert [each["merge_id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_merges_of_a_customer_are_those_they_won_or_lost(shop: Shop) -> None:
    await shoppers(shop, "a", "b", "c", "d", "e")
    lost = await merge(shop, "a", "b")
    won = await merge(shop, "b", "c")
    undone = await merge(shop, "d", "b")
    await undo(shop, undone["merge_id"])
    await merge(shop, "e", "c")
    of_b = "/v1/merges?customer_id=b&limit=2"
    first = (await shop.http.get(of_b)).json()
    rest = (await shop.http.get(f"{of_b}&cursor={first['next_cursor']}")).json()
    found = [each["merge_id"] for each in first["items"] + rest["items"]]
    assert found == [each["merge_id"] for each in (undone, won, lost)]
    assert (await shop.http.get("/v1/merges?customer_id=nobody")).json()["items"] == []


async def test_merges_of_a_customer_are_read_by_index(shop: Shop) -> None:
    """Of a shop with so many merges that its newest are not those of one customer."""
    await shop.pool.execute(
        """
        INSERT INTO identity_links (loser_id, sequence, winner_id, customer_version, linked_at,
            merge_id)
        SELECT gen_random_uuid(), n, gen_random_uuid(), 1, now(), gen_random_uuid()
        FROM generate_series(1, 20000) n
        """
    )
    await shop.pool.execute("ANALYZE identity_links")
    rows = await shop.pool.fetch(f"EXPLAIN {MERGES_WITH}", b"a", UUID(int=2**128 - 1), 200)
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan on identity_links" not in plan
    assert "ix_identity_links_winner_id" in plan
    assert "pk_identity_links" in plan


async def test_merges_and_receipts_at_once_lose_nothing(shop: Shop) -> None:
    names = ("a", "b", "c", "d")
    await shoppers(shop, *names)
    posts = [shop.post(receipt(10 + n, customer={"customer_id": names[n % 4]})) for n in range(12)]
    tries = [
        try_merge(shop, {"customer_id": loser}, {"customer_id": winner})
        for loser, winner in ("ab", "bc", "ca", "dc", "ad")
    ]
    *posted, _, _, _, _, _ = await asyncio.gather(*posts, *tries)
    assert [answer["accepted"] for answer in posted] == [1] * 12
    assert sum(await orders(shop, *names)) == 16
    assert await is_sound(shop)
    chained = await shop.value(
        "SELECT count(*) FROM customers l JOIN customers w ON w.profile_id = l.merged_into"
        " WHERE w.merged_into IS NOT NULL"
    )
    assert chained == 0


async def test_a_late_sale_of_one_meets_a_return_the_other_made_before_the_merge(
    shop: Shop,
) -> None:
    await shoppers(shop, "a")
    await shop.accept(back(2, None, customer={"customer_id": "b"}, occurred_at=LATER))
    merged = await merge(shop, "b", "a")
    await shop.accept(receipt(3, customer={"customer_id": "a"}, lines=[line(net="20.00")]))
    assert await is_sound(shop)
    await undo(shop, merged["merge_id"])
    await shop.accept(receipt(4, customer={"customer_id": "b"}))
    assert (await shop.day("b")).get("net_qualifying", 0) == 0
    assert await is_sound(shop)
