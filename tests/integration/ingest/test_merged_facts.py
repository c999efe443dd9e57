"""What merged profiles buy, return and do counts for the customer they are merged into."""

import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.integration.ingest.conftest import Shop
from tests.tills import back, line, receipt, void

LOSER = {"customer_id": "c-2"}


@pytest.fixture
async def merged(shop: Shop) -> Shop:
    """A shop that takes c-2 for c-1 before either of them bought."""
    for number in (1, 2):
        await shop.put_customer(f"c-{number}")
    await shop.pool.execute(
        "UPDATE customers SET merged_into = w.profile_id FROM customers w"
        " WHERE customers.customer_id = 'c-2' AND w.customer_id = 'c-1'"
    )
    return shop


async def differences(shop: Shop) -> int:
    work = Rebuild(repairs=False)
    return len([found async for found in work.run(shop.pool, lambda _done, _of: None)])


async def test_a_purchase_of_the_loser_is_the_winners(merged: Shop) -> None:
    await merged.accept(receipt(1), receipt(2, customer=LOSER))
    assert ((await merged.day("c-1"))["orders"], await merged.day("c-2")) == (2, {})


async def test_a_purchase_of_the_loser_moves_the_winners_version(merged: Shop) -> None:
    before = await merged.value("SELECT version FROM customers WHERE customer_id = 'c-1'")
    await merged.accept(receipt(2, customer=LOSER))
    after = await merged.value("SELECT version FROM customers WHERE customer_id = 'c-1'")
    assert after == before + 1
    assert await merged.value("SELECT customer_version FROM events") == after


async def test_each_event_keeps_the_profile_it_resolved_to(merged: Shop) -> None:
    await merged.accept(receipt(2, customer=LOSER))
    owner = await merged.value("SELECT customer_id FROM events JOIN customers USING (profile_id)")
    assert owner == "c-2"


@pytest.mark.parametrize("undo", [back, void])
async def test_the_winner_may_undo_what_the_loser_bought(merged: Shop, undo: type) -> None:
    sale = receipt(2, customer=LOSER)
    await merged.accept(sale)
    await merged.accept(undo(3, sale))
    assert (await merged.day("c-1")).get("net_qualifying", 0) == 0


async def test_a_return_without_link_matches_purchases_of_either(merged: Shop) -> None:
    tea, hat = line(sku="tea"), line(sku="hat", net="30.00")
    await merged.accept(receipt(1, lines=[tea]), receipt(2, customer=LOSER, lines=[hat]))
    await merged.accept(back(3, None, lines=[hat]), back(4, None, lines=[tea], customer=LOSER))
    day = await merged.day("c-1")
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0)) == (0, 0)


async def test_a_late_sale_is_matched_by_the_groups_earlier_return(merged: Shop) -> None:
    await merged.accept(back(3, None, customer=LOSER))
    await merged.accept(receipt(1))
    assert (await merged.day("c-1")).get("net_qualifying", 0) == 0


async def test_a_rebuild_of_merged_customers_finds_no_difference(merged: Shop) -> None:
    sale = receipt(2, customer=LOSER)
    await merged.accept(receipt(1), sale, back(3, sale), back(4, None, customer=LOSER))
    await merged.accept(receipt(5, customer=LOSER))
    assert await differences(merged) == 0
