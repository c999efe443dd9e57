"""What web senders say about an order, as the properties of our own order events."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic_core import PydanticCustomError

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.web_orders import (
    WebLine,
    field_of,
    number_of,
    returned_lines,
    sold_lines,
    text_of,
)
from services.ingest.usecases.read_items import Reading
from shared.fields import identifier
from shared.money import exponent_of, format_milli, format_minor, is_currency

_STATED: Final = ("revenue", "total", "shipping", "tax", "discount")


def order_properties(
    kind: str, said: Mapping[str, Any], reading: Reading, *, channel: str
) -> dict[str, Any]:
    """Return the properties of an order event of this type; raises ItemRefused."""
    order_id = text_of(said, "order_id")
    if order_id is None:
        raise ItemRefused("missing", "/properties/order_id is required")
    properties: dict[str, Any] = {"order_id": order_id, "channel": channel}
    if kind == "order_cancelled":
        return properties
    currency = _currency(said, reading)
    exponent = exponent_of(currency)
    lines = (returned_lines if kind == "order_refunded" else sold_lines)(said, exponent)
    if lines is None:
        return properties
    return properties | {"currency": currency, "lines": list(_documents(lines, currency))}


def currency_said(said: object) -> str | None:
    """Return the currency that properties name, if they name one."""
    code = field_of(said, "currency") if isinstance(said, Mapping) else None
    code = code.strip().upper() if isinstance(code, str) else ""
    return code if is_currency(code) else None


def stated_amounts(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the sums a sender states, as text: kept beside the lines they were turned into."""
    found = {name: number_of(said, name) for name in _STATED}
    return {name: str(number) for name, number in found.items() if number is not None}


def _currency(said: Mapping[str, Any], reading: Reading) -> str:
    """Return the currency of an order: what it names, else the one the shop counts in."""
    if field_of(said, "currency") is None and reading.base_currency:
        return reading.base_currency
    currency = currency_said(said)
    if currency is None:
        raise ItemRefused("bad_currency", "/properties/currency must be an ISO 4217 code")
    return currency


def _documents(lines: Iterable[WebLine], currency: str) -> Iterable[dict[str, Any]]:
    for line in lines:
        yield {
            "line": line.line,
            "sku": line.sku,
            "category": _label(line.category),
            "quantity": format_milli(line.quantity_milli),
            "unit_price": None
            if line.unit_price is None
            else format_minor(line.unit_price, currency),
            "discount": format_minor(line.discount, currency),
            "net": format_minor(line.net, currency),
        }


def _label(category: str | None) -> str | None:
    """Return a category that can be kept; a strange one is no reason to lose the order."""
    try:
        return None if category is None else identifier(category)
    except PydanticCustomError:
        return None
