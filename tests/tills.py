"""Receipts and orders as tills and web shops post them; a test states only what matters."""

from typing import Any

Body = dict[str, Any]
LINK = ("store_id", "workstation_id", "business_date", "sequence_number")


def line(number: int = 1, *, sku: str = "tea", quantity: str = "1", net: str = "10.00") -> Body:
    """One line of a receipt; what it cost the shop is not known."""
    return {"line": number, "sku": sku, "quantity": quantity, "net": net}


def receipt(number: int, kind: str = "sale", **changes: Any) -> Body:
    """A receipt of one tea at noon; its total is the sum of its lines."""
    lines = changes.pop("lines", [] if kind == "void" else [line()])
    body = {
        "store_id": "s-1",
        "workstation_id": "1",
        "business_date": "2026-11-20",
        "sequence_number": number,
        "type": kind,
        "occurred_at": "2026-11-20T12:00:00Z",
        "currency": "CNY",
        "customer": {"customer_id": "c-1"},
        "lines": lines,
        "total": {"net": f"{sum(float(each['net']) for each in lines):.2f}"},
    }
    return body | changes


def back(number: int, sale: Body | None, **changes: Any) -> Body:
    """A return an hour after the sale, linked unless there is none."""
    link = sale and {name: sale[name] for name in LINK}
    later = {"occurred_at": "2026-11-20T13:00:00Z"}
    return receipt(number, "return", **({"link": link} | later | changes))


def void(number: int, sale: Body, **changes: Any) -> Body:
    """A void of a sale."""
    link = {name: sale[name] for name in LINK}
    return receipt(number, "void", **({"link": link} | changes))


def event(event_id: str, kind: str, /, **properties: Any) -> Body:
    """An event of customer c-1."""
    return {
        "event_id": event_id,
        "type": kind,
        "occurred_at": "2026-11-20T12:00:00Z",
        "customer": {"customer_id": "c-1"},
        "properties": properties,
    }


def order(event_id: str, order_id: str = "o-1", **changes: Any) -> Body:
    """An order completed in the web shop."""
    properties = {"order_id": order_id, "currency": "CNY", "lines": [line()]}
    return event(event_id, "order_completed", **(properties | changes))
