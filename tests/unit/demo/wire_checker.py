"""An independent reading of CONTRACT section 3: says what is wrong with a receipt or an event."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Body = dict[str, Any]
NaturalKey = tuple[str, str, str, int]

MONEY = re.compile(r"(0|[1-9][0-9]*)\.[0-9]{2}")
QUANTITY = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,3})?")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")
RECEIPT_FIELDS = {
    "store_id", "workstation_id", "business_date", "sequence_number", "type", "occurred_at",
    "channel", "currency", "customer", "lines", "total", "link",
}  # fmt: skip
LINE_FIELDS = {
    "line", "sku", "category", "quantity", "unit_price", "discount", "net", "cost",
}  # fmt: skip
KEY_FIELDS = ("store_id", "workstation_id", "business_date", "sequence_number")
IDENTIFIERS = {"customer_id", "loyalty_account", "phone", "email"}
CHANNELS = {"store", "web", "app", "phone", "partner", "social"}
EVENT_TYPES = {
    "order_completed", "order_refunded", "order_cancelled", "product_viewed",
    "product_list_viewed", "searched", "cart_added", "cart_removed", "checkout_started",
    "page_viewed", "social_engaged", "referral_made", "membership_paid", "membership_ended",
    "consent_changed", "survey_answered", "feedback_given",
}  # fmt: skip


def natural_key(body: Body) -> NaturalKey:
    store, workstation, day, sequence = (body[name] for name in KEY_FIELDS)
    return str(store), str(workstation), str(day), int(sequence)


def receipt_faults(body: Body) -> Iterator[str]:
    if set(body) - RECEIPT_FIELDS or {*KEY_FIELDS, "type", "occurred_at"} - set(body):
        yield f"fields {sorted(body)}"
    if not INSTANT.fullmatch(body["occurred_at"]):
        yield "occurred_at is not RFC 3339 with an offset"
    if datetime.fromisoformat(body["occurred_at"]).date() != date.fromisoformat(
        body["business_date"]
    ):
        yield "occurred_at lies outside the business date"
    if body["type"] not in {"sale", "return", "void"} or body["channel"] not in CHANNELS:
        yield "type or channel"
    yield from _link_faults(body)
    yield from _customer_faults(body["customer"])
    if body["type"] != "void":
        yield from _money_faults(body)


def event_faults(body: Body) -> Iterator[str]:
    allowed = {"event_id", "type", "occurred_at", "source", "customer", "properties"}
    if set(body) - allowed or {"event_id", "type", "occurred_at"} - set(body):
        yield f"fields {sorted(body)}"
    if body["type"] not in EVENT_TYPES:
        yield f"type {body['type']}"
    if not INSTANT.fullmatch(body["occurred_at"]):
        yield "occurred_at is not RFC 3339 with an offset"
    yield from _customer_faults(body["customer"])


def _link_faults(body: Body) -> Iterator[str]:
    link = body["link"]
    if body["type"] == "void" and link is None:
        yield "a void without a link"
    if body["type"] == "sale" and link is not None:
        yield "a sale with a link"
    if link is not None and set(link) != set(KEY_FIELDS):
        yield "link fields"


def _customer_faults(customer: Body | None) -> Iterator[str]:
    if customer is not None and (not customer or set(customer) - IDENTIFIERS):
        yield "customer identifiers"


def _money_faults(body: Body) -> Iterator[str]:
    lines = body["lines"]
    for line in lines:
        amounts = [line[name] for name in ("unit_price", "discount", "net", "cost")]
        if set(line) != LINE_FIELDS or not all(MONEY.fullmatch(text) for text in amounts):
            yield f"line {line}"
        if not QUANTITY.fullmatch(line["quantity"]) or Decimal(line["quantity"]) <= 0:
            yield f"quantity {line['quantity']}"
        gross = Decimal(line["unit_price"]) * Decimal(line["quantity"])
        if gross - Decimal(line["discount"]) != Decimal(line["net"]):
            yield f"line does not add up: {line}"
    if len({line["line"] for line in lines}) != len(lines) or not lines:
        yield "line numbers"
    if sum(Decimal(line["net"]) for line in lines) != Decimal(body["total"]["net"]):
        yield "lines do not add up to the total"
