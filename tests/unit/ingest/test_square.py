"""Square's pushes as events."""

from copy import deepcopy
from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.square import event_of
from services.ingest.domain.senders.webhook_reading import NotForUs
from shared.contracts.webhooks import EXAMPLE_PAYMENT
from shared.money import exponent_of

Body = dict[str, Any]


def make_push(**changes: Any) -> Body:
    push = deepcopy(EXAMPLE_PAYMENT)
    push["data"]["object"]["payment"] |= changes
    return push


def make_refund(**changes: Any) -> Body:
    refund = {
        "id": "ref-1",
        "payment_id": "pay-1",
        "status": "COMPLETED",
        "created_at": "2026-11-22T12:23:46Z",
        "amount_money": {"amount": 237, "currency": "CNY"},
    } | changes
    return {"type": "refund.updated", "data": {"object": {"refund": refund}}}


def test_a_completed_payment_is_an_order_of_one_line() -> None:
    event = event_of(make_push(), exponent_of)
    assert event["properties"]["order_id"] == "pay-1"
    assert event["properties"]["lines"][0]["net"] == "12.37"
    assert event["customer"] == {"external": {"square": "sq-1"}}


@pytest.mark.parametrize(
    ("amount", "currency", "net"),
    [(1237, "JPY", "1237"), (1237, "KWD", "1.237"), (1200, "USD", "12"), (5, "USD", "0.05")],
)
def test_minor_units_follow_the_currency(amount: int, currency: str, net: str) -> None:
    event = event_of(make_push(amount_money={"amount": amount, "currency": currency}), exponent_of)
    assert event["properties"]["lines"][0]["net"] == net


def test_a_refund_takes_its_own_part_off_the_payment() -> None:
    back = event_of(make_refund(), exponent_of)["properties"]
    assert back["order_id"] == "pay-1"
    assert (back["lines"][0]["quantity"], back["lines"][0]["net"]) == ("2.37", "2.37")


@pytest.mark.parametrize(
    "push",
    [
        make_push(status="APPROVED"),
        make_push(amount_money={"amount": 0, "currency": "CNY"}),
        make_refund(status="PENDING"),
        {"type": "order.created", "data": {"object": {"order_created": {}}}},
    ],
)
def test_what_is_not_completed_is_not_for_us(push: Body) -> None:
    with pytest.raises(NotForUs):
        event_of(push, exponent_of)


@pytest.mark.parametrize(
    ("push", "code"),
    [
        ({"type": "payment.updated"}, "missing"),
        (make_push(amount_money={"amount": "12", "currency": "CNY"}), "bad_type"),
        (make_push(amount_money={"amount": True, "currency": "CNY"}), "bad_type"),
        (make_push(updated_at=None), "missing"),
    ],
)
def test_a_push_that_lacks_a_part_is_refused(push: Body, code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        event_of(push, exponent_of)
    assert refused.value.code == code
