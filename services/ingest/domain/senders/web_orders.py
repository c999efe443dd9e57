"""Orders as web senders tell them: value exact to the minor unit, spread over their lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from services.ingest.domain.arrival import ItemRefused

#: The one line of an order that names no products.
WHOLE_ORDER: Final = "whole-order"
_LIMIT: Final = 2**53 - 1
_TEXT = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,16})?", re.ASCII)
# Wide enough for the product of two numbers of 64 characters: nothing is rounded on the way.
_EXACT: Final = Context(prec=200, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class WebLine:
    """One line: quantity in thousandths, money in minor units of the order's currency."""

    line: int
    sku: str
    category: str | None
    quantity_milli: int
    unit_price: int | None
    discount: int
    net: int


@dataclass(frozen=True, slots=True)
class _Good:
    sku: str
    category: str | None
    quantity: Decimal
    price: Decimal | None

    def gross(self, exponent: int) -> int:
        price = Decimal(0) if self.price is None else self.price
        return scaled(_EXACT.multiply(price, self.quantity), exponent)


def field_of(holder: Mapping[str, Any], name: str) -> Any:
    """Return a field by its snake_case or, for old callers, camelCase name; null is missing."""
    value = holder.get(name)
    if value is not None:
        return value
    first, *rest = name.split("_")
    value = holder.get(first + "".join(part.capitalize() for part in rest))
    # `orderID` is what some of them wrote
    return holder.get(f"{first}ID") if value is None and rest == ["id"] else value


def text_of(holder: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of these fields that is there, as text; numbers are ids too."""
    for name in names:
        value = field_of(holder, name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise ItemRefused("wrong_type", f"{name} must be a string")
        if value is not None and value != "":
            return str(value)
    return None


def number_of(holder: Mapping[str, Any], name: str) -> Decimal | None:
    """Return a number exactly as it was written, as a JSON number or a plain decimal string."""
    value = field_of(holder, name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ItemRefused("wrong_type", f"{name} must be a number")
    if isinstance(value, str) and _TEXT.fullmatch(value) is None:
        raise ItemRefused("bad_decimal", f"{name} must be a plain decimal number")
    # a float comes only from what was stored as one; its shortest text is what was written
    number = Decimal(repr(value) if isinstance(value, float) else value)
    if not number.is_finite() or abs(number) > _LIMIT:
        raise ItemRefused("out_of_range", f"{name} is too large")
    return number


def scaled(number: Decimal, exponent: int) -> int:
    """Return a number in units of 10**-exponent, rounded half to even."""
    units = int(_EXACT.to_integral_value(_EXACT.scaleb(number, exponent)))
    if abs(units) > _LIMIT:
        raise ItemRefused("out_of_range", "an amount is too large")
    return units


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weight so that the parts add up to it (largest remainder).

    Weights are not negative; where all are zero the parts are equal. Of equal remainders the
    earlier gets the unit.
    """
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in by_remainder[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def sold_lines(properties: Mapping[str, Any], exponent: int) -> tuple[WebLine, ...]:
    """Return the lines of an order; their nets add up to its value."""
    return _lines(properties, exponent, _goods(properties))


def returned_lines(properties: Mapping[str, Any], exponent: int) -> tuple[WebLine, ...] | None:
    """Return what a refund says came back; None when it names no products: all of it did."""
    goods = _goods(properties)
    return _lines(properties, exponent, goods) if goods else None


def _lines(
    properties: Mapping[str, Any], exponent: int, goods: Sequence[_Good]
) -> tuple[WebLine, ...]:
    stated = _stated_value(properties)
    if stated is None and (not goods or any(good.price is None for good in goods)):
        raise ItemRefused("missing", "revenue, total or a price for each of products is required")
    goods = goods or [_Good(WHOLE_ORDER, None, Decimal(1), None)]
    gross = [good.gross(exponent) for good in goods]
    nets = gross if stated is None else _nets(scaled(stated, exponent), gross, goods)
    return tuple(
        WebLine(
            number,
            good.sku,
            good.category,
            scaled(good.quantity, 3),
            None if good.price is None else scaled(good.price, exponent),
            max(0, before - net),
            net,
        )
        for number, (good, before, net) in enumerate(zip(goods, gross, nets, strict=True), 1)
    )


def _nets(value: int, gross: Sequence[int], goods: Sequence[_Good]) -> list[int]:
    """Give each line its share of the value; lines without any price share it by quantity."""
    if value < 0:
        raise ItemRefused("negative", "the value of an order must not be negative")
    return spread(value, gross if any(gross) else [scaled(good.quantity, 3) for good in goods])


def _stated_value(properties: Mapping[str, Any]) -> Decimal | None:
    revenue = number_of(properties, "revenue")
    if revenue is not None:
        return revenue
    total = number_of(properties, "total")
    if total is None:
        return None
    for name in ("shipping", "tax"):
        total = _EXACT.subtract(total, number_of(properties, name) or Decimal(0))
    return total


def _goods(properties: Mapping[str, Any]) -> list[_Good]:
    products = field_of(properties, "products")
    if products is None:
        return []
    if not isinstance(products, list) or not all(isinstance(x, Mapping) for x in products):
        raise ItemRefused("wrong_type", "products must be a list of objects")
    return [_good(product) for product in products]


def _good(product: Mapping[str, Any]) -> _Good:
    sku = text_of(product, "sku", "product_id", "id")
    if sku is None:
        raise ItemRefused("missing", "each of products needs sku or product_id")
    quantity = number_of(product, "quantity")
    price = number_of(product, "price")
    if (quantity is not None and quantity < 0) or (price is not None and price < 0):
        raise ItemRefused("negative", "price and quantity must not be negative")
    category = field_of(product, "category")
    label = category.strip() if isinstance(category, str) else ""
    return _Good(sku, label or None, Decimal(1) if quantity is None else quantity, price)
