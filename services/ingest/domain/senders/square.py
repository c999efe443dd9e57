"""Square's web hooks to our events: completed payments and completed refunds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.webhook_reading import NotForUs, Payload, require, text_of

Event = dict[str, Any]
#: How many decimals a currency has.
ExponentOf = Callable[[str], int]
_PAYMENTS = ("payment.created", "payment.updated")
_REFUNDS = ("refund.created", "refund.updated")


def event_of(payload: Payload, exponent_of: ExponentOf) -> Event:
    """Return what a push says as an event; raises ItemRefused, or NotForUs.

    A payment is an order of its own, known by its id (an order may be paid in several). Square
    tells every change of it, so all but the latest state is a correction of the former.
    """
    kind = require(payload, "type")
    parts = require(require(payload, "data"), "object")
    if kind in _PAYMENTS:
        return _payment(require(parts, "payment"), exponent_of)
    if kind in _REFUNDS:
        return _refund(require(parts, "refund"), exponent_of)
    raise NotForUs


def _payment(payment: Payload, exponent_of: ExponentOf) -> Event:
    if payment.get("status") != "COMPLETED":
        raise NotForUs
    amount, currency = _money(require(payment, "amount_money"), exponent_of)
    if amount == "0":
        raise NotForUs
    at = require(payment, "updated_at")
    return {
        "event_id": f"payment:{require(payment, 'id')}:{at}",
        "type": "order_updated",
        "occurred_at": at,
        "customer": _customer(payment),
        "properties": {
            "order_id": str(require(payment, "id")),
            "currency": currency,
            "lines": [_goods(amount)],
            "channel": "store",
        },
    }


def _refund(refund: Payload, exponent_of: ExponentOf) -> Event:
    if refund.get("status") != "COMPLETED":
        raise NotForUs
    amount, currency = _money(require(refund, "amount_money"), exponent_of)
    return {
        "event_id": f"refund:{require(refund, 'id')}",
        "type": "order_refunded",
        "occurred_at": require(refund, "created_at"),
        "properties": {
            "order_id": str(require(refund, "payment_id")),
            "currency": currency,
            "lines": [_goods(amount)],
            "channel": "store",
        },
    }


def _goods(amount: str) -> Event:
    """Return the one line of a payment, which names no goods: one unit a unit of money.

    So a part that is refunded takes off just its part, in whatever order parts come back.
    """
    return {"line": 1, "sku": "unspecified", "quantity": amount, "net": amount}


def _money(money: Payload, exponent_of: ExponentOf) -> tuple[str, str]:
    """Return an amount in minor units as a decimal text, and its currency."""
    amount, currency = require(money, "amount"), require(money, "currency")
    if isinstance(amount, bool) or not isinstance(amount, int) or not isinstance(currency, str):
        raise ItemRefused("bad_type", "/amount_money must be minor units and a currency")
    return text_of(Decimal(amount).scaleb(-exponent_of(currency))), currency


def _customer(payment: Payload) -> Event | None:
    named: Event = {}
    if payment.get("customer_id"):
        named["external"] = {"square": str(payment["customer_id"])}
    if payment.get("buyer_email_address"):
        named["email"] = payment["buyer_email_address"]
    return named or None
