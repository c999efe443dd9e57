"""Shopify's pushes as events: money, keys and people."""

from decimal import Decimal
from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.shopify import event_of
from services.ingest.domain.senders.webhook_reading import NotForUs, PushSettings

PLAIN = PushSettings()
Body = dict[str, Any]


def make_line(**changes: Any) -> Body:
    return {
        "id": 466157049,
        "sku": "6927165",
        "quantity": 2,
        "price": "16.50",
        "discount_allocations": [{"amount": "4.13"}],
        "tax_lines": [{"price": "1.50"}],
    } | changes


def make_order(**changes: Any) -> Body:
    return {
        "id": 450789469,
        "created_at": "2026-11-21T12:23:46+08:00",
        "updated_at": "2026-11-21T13:00:00+08:00",
        "currency": "CNY",
        "customer": {"id": 207119551, "email": "lin@example.com", "note": "c-9"},
        "line_items": [make_line()],
    } | changes


def make_refund(**changes: Any) -> Body:
    return {
        "id": 509562969,
        "order_id": 450789469,
        "created_at": "2026-11-22T12:23:46+08:00",
        "refund_line_items": [
            {
                "line_item_id": 466157049,
                "quantity": 1,
                "subtotal": Decimal("14.43"),
                "line_item": {"sku": "6927165"},
            }
        ],
        "transactions": [{"kind": "refund", "currency": "CNY"}],
    } | changes


def test_an_order_is_worth_its_lines_after_discounts() -> None:
    event = event_of("orders/create", make_order(), PLAIN)
    (line,) = event["properties"]["lines"]
    assert (line["quantity"], line["discount"], line["net"]) == ("2", "4.13", "28.87")
    assert event["customer"] == {"external": {"shopify": "207119551"}, "email": "lin@example.com"}


def test_a_tax_that_is_in_the_price_is_not_value() -> None:
    event = event_of("orders/create", make_order(taxes_included=True), PLAIN)
    assert event["properties"]["lines"][0]["net"] == "27.37"


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({}, "6927165"),
        ({"sku": "", "variant_id": 808950810}, "variant:808950810"),
        ({"sku": None, "product_id": 632910392}, "product:632910392"),
        ({"sku": None}, "unspecified"),
    ],
)
def test_goods_without_a_sku_keep_an_identity(changes: Body, sku: str) -> None:
    order = make_order(line_items=[make_line(**changes)])
    event = event_of("orders/create", order, PLAIN)
    assert event["properties"]["lines"][0]["sku"] == sku


def test_a_line_taken_out_of_an_edited_order_is_gone() -> None:
    order = make_order(line_items=[make_line(), make_line(id=2, quantity=0)])
    event = event_of("orders/updated", order, PLAIN)
    assert event["type"] == "order_updated"
    assert len(event["properties"]["lines"]) == 1


def test_a_refund_names_the_line_that_the_order_had() -> None:
    sold = event_of("orders/create", make_order(), PLAIN)["properties"]
    back = event_of("refunds/create", make_refund(), PLAIN)["properties"]
    assert back["order_id"] == sold["order_id"]
    assert back["lines"][0]["line"] == sold["lines"][0]["line"]
    assert back["lines"][0]["net"] == "14.43"


def test_a_platform_line_id_fits_a_line_number() -> None:
    order = make_order(line_items=[make_line(id=14487621402668)])
    line = event_of("orders/create", order, PLAIN)["properties"]["lines"][0]
    assert 0 <= line["line"] < 2**31


def test_the_shops_own_customer_id_is_taken_from_the_field_it_names() -> None:
    event = event_of("orders/create", make_order(), PushSettings(customer_id_field="note"))
    assert event["customer"]["customer_id"] == "c-9"


def test_an_order_that_comes_cancelled_is_a_cancellation() -> None:
    order = make_order(cancelled_at="2026-11-21T14:00:00+08:00")
    assert event_of("orders/create", order, PLAIN)["type"] == "order_cancelled"


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("orders/create", make_order(test=True)),
        ("orders/updated", make_order(cancelled_at="2026-11-21T14:00:00+08:00")),
        ("products/update", {"id": 1}),
        ("", {}),
    ],
)
def test_what_says_nothing_that_counts_is_not_for_us(topic: str, body: Body) -> None:
    with pytest.raises(NotForUs):
        event_of(topic, body, PLAIN)


@pytest.mark.parametrize(
    ("topic", "body", "code"),
    [
        ("orders/create", make_order(id=None), "missing"),
        ("orders/create", make_order(line_items="x"), "bad_type"),
        ("orders/create", make_order(line_items=[make_line(price="1e9999x")]), "bad_decimal"),
        ("orders/create", make_order(line_items=[make_line(price="NaN")]), "bad_decimal"),
        ("orders/create", make_order(line_items=[make_line(price=True)]), "bad_decimal"),
        ("orders/create", make_order(line_items=[make_line(id="x")]), "bad_type"),
        # a body of another topic, sent again under a header of the sender's choice
        ("orders/cancelled", make_order(), "missing"),
        ("refunds/create", make_order(), "refund_without_goods"),
        ("refunds/create", make_refund(refund_line_items=[]), "refund_without_goods"),
        ("refunds/create", make_refund(transactions=[]), "missing"),
    ],
)
def test_a_push_that_lacks_a_part_is_refused_by_its_name(topic: str, body: Body, code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        event_of(topic, body, PLAIN)
    assert refused.value.code == code
