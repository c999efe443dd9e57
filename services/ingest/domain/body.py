"""Records to the stored body of an event and back; rebuilds read what acceptance wrote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.ingest.domain.records import (
    Activity,
    Membership,
    Occasion,
    OrderKey,
    Record,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
    Void,
)


def kind_of(record: Record) -> str:
    """Return the kind an event is stored under."""
    match record:
        case Sale():
            return "sale"
        case Return():
            return "return"
        case Void():
            return "void"
        case Activity():
            return "activity"
        case Membership():
            return "membership"


def order_key_of(record: Record) -> OrderKey | None:
    """Return the order a record is about: its own for a sale, the undone one for a return."""
    match record:
        case Sale():
            return record.order_key
        case Return() | Void():
            return record.link
        case Activity() | Membership():
            return None


def to_body(record: Record) -> dict[str, Any]:
    """Return the JSON body of a record; instants, places and keys are columns of the event."""
    match record:
        case Sale():
            return _sale_body(record)
        case Return(lines=None):
            return {"lines": None}
        case Return():
            return {
                "lines": [
                    [x.line, x.sku, x.category, x.quantity_milli, x.net, x.cost]
                    for x in record.lines or ()
                ]
            }
        case Void():
            return {}
        case Activity():
            return {"counts": dict(record.counts)}
        case Membership():
            return _membership_body(record)


def _membership_body(record: Membership) -> dict[str, Any]:
    return {
        "programme": record.programme,
        "tier": record.tier,
        "zone": record.zone,
        "months": record.months,
        "ends_at": None if record.ends_at is None else record.ends_at.isoformat(),
        "order": None if record.order_key is None else record.order_key.hex(),
        "is_end": record.is_end,
    }


def _membership(body: Mapping[str, Any], occasion: Occasion) -> Membership:
    ends_at, order = body["ends_at"], body["order"]
    return Membership(
        occasion,
        body["programme"],
        body["tier"],
        body["zone"],
        months=body["months"],
        ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
        order_key=None if order is None else OrderKey(bytes.fromhex(order)),
        is_end=body["is_end"],
    )


def _sale_body(sale: Sale) -> dict[str, Any]:
    body: dict[str, Any] = {
        "keys": [key.hex() for key in sale.order_keys],
        "slot": sale.habit_slot,
        "lines": [
            [x.line, x.sku, x.category, x.quantity_milli, x.discount, x.net, x.cost]
            for x in sale.lines
        ],
    }
    if not sale.is_valued:  # most are, and events are kept for ever
        body["unvalued"] = True
    if sale.is_correction:
        body["correction"] = True
    return body


def _sale(body: Mapping[str, Any], occasion: Occasion, sequence: int) -> Sale:
    return Sale(
        occasion,
        sequence,
        tuple(OrderKey(bytes.fromhex(key)) for key in body["keys"]),
        tuple(SaleLine(*line) for line in body["lines"]),
        body["slot"],
        is_valued=not body.get("unvalued", False),
        is_correction=body.get("correction", False),
    )


def from_body(
    kind: str,
    body: Mapping[str, Any],
    *,
    occasion: Occasion,
    sequence: int,
    order_key: OrderKey | None,
) -> Record:
    """Return the record an event was stored from; ValueError for a kind that has none."""
    match kind:
        case "sale":
            return _sale(body, occasion, sequence)
        case "return":
            rows = body["lines"]
            returned = None if rows is None else tuple(ReturnLine(*line) for line in rows)
            return Return(occasion, order_key, returned)
        case "void" if order_key is not None:
            return Void(occasion, order_key)
        case "activity":
            return Activity(occasion, tuple(body["counts"].items()))
        case "membership":
            return _membership(body, occasion)
        case _:
            raise ValueError(f"an event of kind {kind!r} has no record")
