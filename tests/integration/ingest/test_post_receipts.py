"""What becomes of each receipt of a batch: stored once, kept aside, or known already."""

import json
from typing import Any

import asyncpg
import pytest

from shared.secrets import Secrets
from tests.integration.ingest.conftest import Shop
from tests.servers import SECRET_KEY
from tests.tills import back, line, receipt, void


def thousand_with_three_bad() -> list[Any]:
    batch: list[Any] = [receipt(number) for number in range(1000)]
    batch[10] = receipt(10, total={"net": "9.99"})
    batch[500] = "not a receipt"
    batch[999] = receipt(999, lines=[line(quantity="0")])
    return batch


async def test_three_bad_receipts_do_not_block_the_other_997(shop: Shop) -> None:
    answer = await shop.post(*thousand_with_three_bad())
    assert answer["accepted"] == 997
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [
        (10, "total_mismatch"),
        (500, "wrong_type"),
        (999, "not_positive"),
    ]
    kept = await shop.pool.fetch("SELECT quarantine_id::text FROM quarantine")
    assert {row[0] for row in kept} == {each["quarantine_id"] for each in answer["rejected"]}
    assert (await shop.day())["orders"] == 997


async def test_a_whole_batch_sent_again_changes_nothing(shop: Shop) -> None:
    batch = [receipt(number) for number in range(50)]
    first = await shop.post(*batch)
    before = await shop.day()
    again = await shop.post(*reversed(batch))
    assert (again["accepted"], again["duplicates"]) == (0, 50)
    assert again["sequence"] == first["sequence"]
    assert await shop.day() == before


async def test_the_same_key_with_another_body_is_a_conflict_and_the_first_stays(
    shop: Shop,
) -> None:
    await shop.accept(receipt(1))
    answer = await shop.post(receipt(1, lines=[line(net="99.00")]))
    assert answer["conflicts"] == [{"index": 0, "code": "same_key_other_body"}]
    assert (await shop.day())["net_booked"] == 1000


async def test_a_batch_that_repeats_itself_counts_once(shop: Shop) -> None:
    other = receipt(1, lines=[line(net="99.00")])
    answer = await shop.post(receipt(1), receipt(1), other)
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [each["index"] for each in answer["conflicts"]] == [2]
    assert (await shop.day())["net_booked"] == 1000


async def test_a_return_that_comes_before_its_sale_takes_effect_with_it(shop: Shop) -> None:
    sale = receipt(1)
    await shop.accept(back(2, sale))
    assert "net_booked" not in await shop.day()
    await shop.accept(sale)
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0), day["sales_net"]) == (
        0,
        0,
        1000,
    )


@pytest.mark.parametrize("customer", [None, {"customer_id": "c-2"}])
async def test_a_linked_return_undoes_the_sale_of_its_owner(
    shop: Shop, customer: dict[str, str] | None
) -> None:
    sale = receipt(1)
    await shop.accept(sale, back(2, sale, customer=customer))
    assert (await shop.day()).get("net_qualifying", 0) == 0
    version = await shop.value("SELECT version FROM customers WHERE customer_id = 'c-1'")
    assert version == 2
    assert "net_booked" not in await shop.day("c-2")


async def test_anonymous_receipts_stay_in_the_figures_of_the_shop(shop: Shop) -> None:
    sale = receipt(1, customer=None, lines=[line(net="10.00"), line(2, net="5.00")])
    await shop.accept(sale, back(2, sale, customer=None, lines=[line(net="10.00")]))
    row = await shop.pool.fetchrow(
        "SELECT sum(receipts), sum(net_booked), sum(sales_net), sum(returns_net) FROM shop_day"
    )
    assert tuple(row) == (1, 500, 1500, 1000)
    counts = [await shop.count(t) for t in ("customers", "customer_day", "orders", "entries")]
    assert counts == [0, 0, 0, 0]


async def test_an_unlinked_return_is_booked_and_matched_to_the_latest_sale(shop: Shop) -> None:
    await shop.accept(receipt(1, lines=[line(net="10.00")]), receipt(2, lines=[line(net="30.00")]))
    await shop.accept(back(3, None, lines=[line(7, net="8.00")]))
    day = await shop.day()
    assert (day["net_booked"], day["returns_net"]) == (3200, 800)
    orders = await shop.pool.fetch("SELECT net - returned_net FROM orders ORDER BY sequence")
    assert sorted(row[0] for row in orders) in ([0, 3000], [0, 1000])  # sold at one instant


async def test_a_void_makes_the_sale_as_if_never_made(shop: Shop) -> None:
    sale = receipt(1)
    await shop.accept(sale, void(2, sale))
    assert await shop.day() == {}
    assert await shop.value("SELECT is_void FROM orders") is True
    assert await shop.count("entries") == 0


async def test_more_than_was_bought_cannot_be_returned(shop: Shop) -> None:
    sale = receipt(1)
    returned = [
        back(2, sale),
        back(3, sale),
        back(4, sale, lines=[line(quantity="5", net="50.00")]),
    ]
    assert (await shop.post(sale, *returned))["accepted"] == 4
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0)) == (0, 0)
    assert await shop.value("SELECT returned_quantity_milli FROM orders") == 1000


async def test_a_suspect_clock_counts_at_reception(shop: Shop) -> None:
    await shop.accept(receipt(1, occurred_at="2026-11-22T09:00:00Z"))
    row = await shop.pool.fetchrow("SELECT is_time_suspect, effective_at = received_at FROM events")
    assert tuple(row) == (True, True)


async def test_the_customers_of_a_batch_are_looked_at_again(shop: Shop) -> None:
    await shop.accept(receipt(1), receipt(2, customer={"customer_id": "c-2"}))
    known = {row[0] for row in await shop.pool.fetch("SELECT profile_id FROM customers")}
    assert set(shop.scoring.asked) == known
    payload = await shop.value("SELECT payload FROM outbox WHERE topic = 'customers_changed'")
    assert set(payload["profile_ids"]) == {profile_id.hex for profile_id in known}


async def test_what_is_kept_aside_is_sealed_and_whole(shop: Shop) -> None:
    item = receipt(1, type="gift", customer={"phone": "+8613800138000"})
    answer = await shop.post(item)
    row = await shop.pool.fetchrow("SELECT * FROM quarantine")
    opened = Secrets.from_hex(SECRET_KEY).decrypt_identifier("quarantine", row["body_encrypted"])
    assert json.loads(opened) == item
    assert (row["reason"], row["source_id"]) == ("not_allowed", "till")
    assert str(row["quarantine_id"]) == answer["rejected"][0]["quarantine_id"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET store_id = 'x'", "DELETE FROM events"],
    ids=("update", "delete"),
)
async def test_the_log_cannot_be_changed(shop: Shop, statement: str) -> None:
    await shop.accept(receipt(1))
    with pytest.raises(asyncpg.RaiseError, match="immutable"):
        await shop.pool.execute(statement)


async def test_only_the_receipts_whose_sums_no_integer_holds_are_kept_aside(shop: Shop) -> None:
    huge = "90071992547409.91"
    batch = [receipt(number, lines=[line(net=huge)], total={"net": huge}) for number in range(1023)]
    await shop.accept(*batch[:1000])
    await shop.accept(*batch[1000:])
    other = receipt(4000, customer={"customer_id": "c-2"})
    more = [one | {"sequence_number": 2000 + one["sequence_number"]} for one in batch[:3]]
    answer = await shop.post(more[0], other, *more[1:])
    assert answer["accepted"] == 2
    assert [(x["index"], x["code"]) for x in answer["rejected"]] == [
        (2, "out_of_range"),
        (3, "out_of_range"),
    ]
    assert (await shop.count("events"), await shop.count("quarantine")) == (1025, 2)
