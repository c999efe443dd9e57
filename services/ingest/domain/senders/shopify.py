"""Shopify's web hooks to our events: orders, their changes and cancellation, refunds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.webhook_reading import (
    NotForUs,
    Payload,
    PushSettings,
    decimal_of,
    line_number,
    members,
    require,
    text_of,
)

Event = dict[str, Any]


def event_of(topic: str, payload: Payload, settings: PushSettings) -> Event:
    """Return what a push says as an event; raises ItemRefused, or NotForUs.

    Keys come from the signed body, never from headers: those are not signed, so a body sent again
    under another web hook id changes nothing.
    """
    reader = _READERS.get(topic)
    if reader is None:
        raise NotForUs
    return reader(payload, settings)


def _created(order: Payload, settings: PushSettings) -> Event:
    if order.get("test") is True:
        raise NotForUs
    if order.get("cancelled_at"):
        return _cancelled(order, settings)
    return _order(order, settings, event_type="order_completed", at="created_at", key="create")


def _updated(order: Payload, settings: PushSettings) -> Event:
    if order.get("test") is True or order.get("cancelled_at"):
        raise NotForUs  # what is cancelled comes as a cancellation too
    key = f"update:{require(order, 'updated_at')}"
    return _order(order, settings, event_type="order_updated", at="updated_at", key=key)


def _order(order: Payload, settings: PushSettings, *, event_type: str, at: str, key: str) -> Event:
    is_taxed = order.get("taxes_included") is True
    lines = [_line(line, is_taxed=is_taxed) for line in members(order, "line_items")]
    return {
        "event_id": f"order:{require(order, 'id')}:{key}",
        "type": event_type,
        "occurred_at": require(order, at),
        "customer": _customer(order, settings),
        "properties": {
            "order_id": str(require(order, "id")),
            "currency": require(order, "currency"),
            "lines": [line for line in lines if line is not None],
            "channel": "store" if order.get("source_name") == "pos" else "web",
        },
    }


def _line(line: Payload, *, is_taxed: bool) -> Event | None:
    quantity = decimal_of(require(line, "quantity"), "quantity")
    if quantity == 0:
        return None  # a line taken out of an edited order
    price = decimal_of(require(line, "price"), "price")
    discount = _total(line, "discount_allocations", "amount")
    tax = _total(line, "tax_lines", "price") if is_taxed else Decimal(0)
    return {
        "line": line_number(require(line, "id")),
        "sku": _sku(line),
        "quantity": text_of(quantity),
        "unit_price": text_of(price),
        "discount": text_of(discount),
        "net": text_of(price * quantity - discount - tax),
    }


def _cancelled(order: Payload, _: PushSettings) -> Event:
    return {
        "event_id": f"order:{require(order, 'id')}:cancel",
        "type": "order_cancelled",
        "occurred_at": require(order, "cancelled_at"),
        "properties": {"order_id": str(require(order, "id"))},
    }


def _refunded(refund: Payload, _: PushSettings) -> Event:
    goods = members(refund, "refund_line_items")
    if not goods:
        # Money without goods: which lines it is taken off, nobody has said.
        raise ItemRefused("refund_without_goods", "/refund_line_items is empty")
    return {
        "event_id": f"refund:{require(refund, 'id')}",
        "type": "order_refunded",
        "occurred_at": require(refund, "created_at"),
        "properties": {
            "order_id": str(require(refund, "order_id")),
            "currency": _refund_currency(refund, goods),
            "lines": [_refunded_line(item) for item in goods],
        },
    }


def _refund_currency(refund: Payload, goods: list[Payload]) -> Any:
    for item in goods:
        shop_money = (item.get("subtotal_set") or {}).get("shop_money") or {}
        if shop_money.get("currency_code"):
            return shop_money["currency_code"]
    for transaction in members(refund, "transactions"):
        if transaction.get("currency"):
            return transaction["currency"]
    raise ItemRefused("missing", "/transactions/currency is required")


def _refunded_line(item: Payload) -> Event:
    line = require(item, "line_item")
    return {
        "line": line_number(require(item, "line_item_id")),
        "sku": _sku(line),
        "quantity": text_of(decimal_of(require(item, "quantity"), "quantity")),
        "net": text_of(decimal_of(require(item, "subtotal"), "subtotal")),
    }


def _total(line: Payload, name: str, amount: str) -> Decimal:
    found = (decimal_of(require(part, amount), amount) for part in members(line, name))
    return sum(found, Decimal(0))


def _sku(line: Payload) -> str:
    for prefix, name in (("", "sku"), ("variant:", "variant_id"), ("product:", "product_id")):
        if line.get(name):
            return f"{prefix}{line[name]}"
    return "unspecified"


def _customer(order: Payload, settings: PushSettings) -> Event | None:
    """Name the buyer: Shopify's id as an external one, unless the shop uses it as its own."""
    buyer = order.get("customer") or {}
    named: Event = {}
    if buyer.get("id"):
        named["external"] = {"shopify": str(buyer["id"])}
    if settings.customer_id_field and buyer.get(settings.customer_id_field):
        named["customer_id"] = str(buyer[settings.customer_id_field])
    for kind in ("email", "phone"):
        value = order.get(kind) or buyer.get(kind)
        if value:
            named[kind] = value
    return named or None


_READERS: Final[dict[str, Callable[[Payload, PushSettings], Event]]] = {
    "orders/create": _created,
    "orders/updated": _updated,
    "orders/cancelled": _cancelled,
    "refunds/create": _refunded,
}
