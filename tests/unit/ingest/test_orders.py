"""Which sales are one order, what it is worth, whose it is, and what is said when that changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.ingest.domain.corrections import corrections
from services.ingest.domain.orders import (
    Order,
    books_of,
    combine,
    groups_of,
    keys_named,
    orders_of,
)
from services.ingest.domain.records import (
    Activity,
    EventKey,
    Occasion,
    OrderKey,
    Record,
    Return,
    Sale,
    SaleLine,
    Void,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
A, B, STORE = UUID(int=1), UUID(int=2), UUID(int=3)


def key(name: str) -> OrderKey:
    return OrderKey(name.encode().ljust(16))


def where(name: str, hour: int = 0, profile_id: UUID = A) -> Occasion:
    at = NOON + timedelta(hours=hour)
    is_anonymous = profile_id == STORE
    event_key = EventKey(name.encode().ljust(16))
    return Occasion(
        profile_id, event_key, "s", "store", date(2026, 11, 20), at, at, is_anonymous=is_anonymous
    )


def sale(name: str, *names: str, hour: int = 0, net: int = 100, **more: Any) -> Sale:
    """A sale known by its own name and by others."""
    line = SaleLine(1, "tea", None, 1000, 0, net, 0)
    keys = tuple(key(each) for each in (name, *names))
    flags = {flag: more[flag] for flag in ("is_valued", "is_correction") if flag in more}
    return Sale(where(name, hour, more.get("owner", A)), 0, keys, (line,), 0, **flags)


def only(*sales: Sale) -> Order:
    order = combine(sales)
    assert order is not None
    return order


def test_sales_are_one_order_through_keys_of_others() -> None:
    sales = [sale("a", "x"), sale("b", "y"), sale("c"), sale("d", "x", "y")]
    assert sorted(len(group) for group in groups_of(sales)) == [1, 3]


def test_the_first_sale_says_when_and_what_and_all_say_its_names() -> None:
    order = only(sale("b", "o", hour=2, net=7), sale("a", "o", hour=1, net=5)).sale
    assert (order.occasion.event_key, order.lines[0].net) == (where("a").event_key, 5)
    assert order.order_keys == (key("a"), key("b"), key("o"))


def test_an_order_no_authority_told_of_is_none() -> None:
    assert combine([sale("a", is_valued=False)]) is None
    assert orders_of([sale("a", "o", is_valued=False), sale("b", "o", is_valued=False)]) == []


def test_a_route_without_authority_adds_its_names_alone() -> None:
    order = only(sale("a", "o", hour=3), sale("b", "o", net=9, is_valued=False))
    assert (order.net, order.sale.order_keys[0]) == (100, key("a"))
    assert key("b") in order.sale.order_keys


def test_the_latest_correction_says_what_and_the_sale_when() -> None:
    late = sale("u2", "o", hour=9, net=8, is_correction=True)
    early = sale("u1", "o", hour=-9, net=6, is_correction=True)
    order = only(late, sale("a", "o"), early)
    assert (order.net, order.sale.occasion.occurred_at) == (8, NOON)
    assert [version.order_key for version in order.versions] == [key("a"), key("u1"), key("u2")]


def test_corrections_alone_are_an_order_on_the_day_of_the_first() -> None:
    order = only(
        sale("u2", "o", hour=2, net=8, is_correction=True),
        sale("u1", "o", hour=1, net=6, is_correction=True),
    )
    assert (order.net, order.sale.occasion.event_key) == (8, where("u1").event_key)


def test_who_is_named_has_the_order_before_nobody() -> None:
    order = only(sale("a", "o", owner=STORE), sale("b", "o", hour=1, owner=B))
    assert (order.sale.occasion.profile_id, order.sale.occasion.is_anonymous) == (B, False)
    assert order.sale.occasion.event_key == where("a").event_key


@pytest.mark.parametrize(
    ("record", "names"),
    [
        (sale("a", "o"), (key("a"), key("o"))),
        (Return(where("r"), key("o"), None), (key("o"),)),
        (Return(where("r"), None, ()), ()),
        (Void(where("v"), key("o")), (key("o"),)),
        (Activity(where("v"), ()), ()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_record_names_what_it_is_or_undoes(record: Record, names: tuple[OrderKey, ...]) -> None:
    assert keys_named(record) == names


def test_a_return_is_booked_where_the_sale_is_and_waits_with_whoever_brought_it() -> None:
    returned = Return(where("r", 1, B), key("o"), None)
    assert books_of([returned], lambda profile: profile) == {B: [returned]}
    sold = sale("a", "o")
    assert books_of([returned, sold], lambda profile: profile) == {A: [sold, returned]}


def test_what_merged_profiles_bought_is_in_the_book_of_their_root() -> None:
    books = books_of([sale("a"), sale("b", owner=B)], lambda _: B)
    assert {owner: len(records) for owner, records in books.items()} == {B: 2}


def test_a_changed_order_says_what_it_was_and_whose() -> None:
    before, after = [sale("a", "o", hour=1, owner=B)], [sale("b", "o", net=70)]
    (found,) = corrections(orders_of(before), orders_of([*before, *after]))
    assert (found.old_net, found.new_net) == (100, 70)
    assert (found.former_profile_ids, found.profile_id) == ((B,), A)


def test_two_orders_that_are_one_are_worth_less() -> None:
    before = [sale("a", "x"), sale("b", "y")]
    joining = sale("c", "x", "y", hour=1)
    (found,) = corrections(orders_of(before), orders_of([*before, joining]))
    assert (found.old_net, found.new_net, found.old_quantity_milli) == (200, 100, 2000)


def test_a_new_order_and_one_told_again_alike_correct_nothing() -> None:
    before = [sale("a", "o")]
    after = [*before, sale("b", "o", hour=1), sale("c")]
    assert corrections(orders_of(before), orders_of(after)) == []
