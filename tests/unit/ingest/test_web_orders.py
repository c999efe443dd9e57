"""Orders of web senders: exact to the minor unit, whatever numbers they were written with."""

from decimal import Decimal
from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.web_orders import (
    WHOLE_ORDER,
    field_of,
    number_of,
    returned_lines,
    scaled,
    sold_lines,
    spread,
    text_of,
)

TEA = {"sku": "tea", "price": 19, "quantity": 1}
CUP = {"product_id": "cup", "price": 3, "quantity": 2}


def nets(properties: dict[str, Any], exponent: int = 2) -> list[int]:
    return [line.net for line in sold_lines(properties, exponent)]


@pytest.mark.parametrize(
    ("properties", "value"),
    [
        ({"revenue": 25}, 2500),
        ({"revenue": Decimal("25.0"), "total": 99}, 2500),
        ({"total": Decimal("27.5"), "shipping": 3, "tax": 2}, 2250),
        ({"total": Decimal("27.5")}, 2750),
        ({"products": [TEA, CUP]}, 2500),
        ({"revenue": "25.50"}, 2550),
        ({"revenue": Decimal("0.125")}, 12),
        ({"revenue": Decimal("0.135")}, 14),
        ({"revenue": Decimal("1E+2")}, 10000),
        ({"revenue": 0}, 0),
        ({"revenue": None, "total": 10, "tax": None}, 1000),
    ],
)
def test_the_value_is_revenue_else_total_less_shipping_and_tax_else_the_goods(
    properties: dict[str, Any], value: int
) -> None:
    assert sum(nets(properties)) == value


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [(25, [1900, 600]), (20, [1520, 480]), (Decimal("0.01"), [1, 0]), (50, [3800, 1200])],
)
def test_the_lines_add_up_to_the_value(revenue: Any, expected: list[int]) -> None:
    lines = sold_lines({"revenue": revenue, "products": [TEA, CUP]}, 2)
    assert [line.net for line in lines] == expected
    assert [line.discount for line in lines] == [
        max(0, gross - net) for gross, net in zip((1900, 600), expected, strict=True)
    ]


def test_lines_without_prices_share_the_value_by_quantity() -> None:
    products = [{"sku": "a", "quantity": 1}, {"sku": "b", "quantity": 3}]
    lines = sold_lines({"revenue": 10, "products": products}, 2)
    assert [(line.net, line.unit_price) for line in lines] == [(250, None), (750, None)]


def test_an_order_without_products_has_one_line() -> None:
    (line,) = sold_lines({"revenue": 10}, 2)
    assert (line.sku, line.quantity_milli, line.net) == (WHOLE_ORDER, 1000, 1000)


def test_old_callers_write_camel_case() -> None:
    products = [{"productId": "p", "price": 1, "quantity": 1}]
    (line,) = sold_lines({"products": products}, 2)
    assert line.sku == "p"
    assert text_of({"orderId": "o"}, "order_id") == "o"
    assert text_of({"orderID": 7}, "order_id") == "7"
    assert field_of({"order_id": None, "orderId": "o"}, "order_id") == "o"


def test_a_currency_without_decimals_is_rounded_half_to_even() -> None:
    assert nets({"revenue": Decimal("10.5")}, exponent=0) == [10]
    assert nets({"revenue": Decimal("11.5")}, exponent=0) == [12]


def test_long_products_of_numbers_are_not_rounded_on_the_way() -> None:
    third = Decimal("0." + "3" * 60)
    assert scaled(third * 3, 2) == 100
    assert nets({"products": [{"sku": "a", "price": third, "quantity": Decimal("0.5")}]}) == [17]


def test_a_refund_says_what_came_back_or_nothing() -> None:
    assert returned_lines({"total": 5}, 2) is None
    lines = returned_lines({"products": [CUP], "total": Decimal("5.5")}, 2)
    assert lines is not None
    assert [(line.sku, line.quantity_milli, line.net) for line in lines] == [("cup", 2000, 550)]


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({}, "missing"),
        ({"products": []}, "missing"),
        ({"products": [{"sku": "a", "quantity": 1}]}, "missing"),
        ({"products": [{"price": 1}]}, "missing"),
        ({"products": {"a": 1}}, "wrong_type"),
        ({"products": ["a"]}, "wrong_type"),
        ({"products": [{"sku": True, "price": 1}]}, "wrong_type"),
        ({"products": [{"sku": "a", "price": -1}]}, "negative"),
        ({"products": [{"sku": "a", "price": 1, "quantity": -1}]}, "negative"),
        ({"revenue": -1}, "negative"),
        ({"total": 1, "shipping": 2}, "negative"),
        ({"revenue": True}, "wrong_type"),
        ({"revenue": [1]}, "wrong_type"),
        ({"revenue": "1_000"}, "bad_decimal"),
        ({"revenue": "1e3"}, "bad_decimal"),
        ({"revenue": "\uff11"}, "bad_decimal"),
        ({"revenue": Decimal("1e300")}, "out_of_range"),
        ({"revenue": 2**53}, "out_of_range"),
        ({"revenue": 2**53 - 1}, "out_of_range"),
        ({"revenue": float("inf")}, "out_of_range"),
    ],
)
def test_an_order_that_says_no_value_is_refused(properties: dict[str, Any], code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        sold_lines(properties, 2)
    assert refused.value.code == code


def test_a_number_stored_as_a_float_is_what_was_written() -> None:
    assert number_of({"price": 0.1}, "price") == Decimal("0.1")
    assert number_of({"price": ""}, "price") is None


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [0, 0], [3, 2]),
        (0, [3, 4], [0, 0]),
        (10, [1], [10]),
        (7, [5, 0, 5], [4, 0, 3]),
    ],
)
def test_shares_add_up(amount: int, weights: list[int], parts: list[int]) -> None:
    assert spread(amount, weights) == parts
