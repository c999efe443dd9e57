"""Events of shops and services (CONTRACT: POST /v1/events)."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.common import CustomerReference
from shared.contracts.receipts import MAX_ITEMS, MAX_LINES, Channel, ReceiptLine
from shared.fields import fault
from shared.wire import CurrencyCode, Identifier, Instant, WireModel

EventType = Literal[
    "order_completed",
    "order_updated",
    "order_refunded",
    "order_cancelled",
    "product_viewed",
    "product_list_viewed",
    "searched",
    "cart_added",
    "cart_removed",
    "cart_viewed",
    "checkout_started",
    "checkout_step_viewed",
    "checkout_step_completed",
    "payment_info_entered",
    "coupon_entered",
    "coupon_applied",
    "coupon_denied",
    "coupon_removed",
    "page_viewed",
    "product_clicked",
    "promotion_viewed",
    "promotion_clicked",
    "wishlist_added",
    "wishlist_removed",
    "social_engaged",
    "referral_made",
    "membership_paid",
    "membership_ended",
    "consent_changed",
    "survey_answered",
    "feedback_given",
]


class ShopEvent(WireModel):
    """Something a customer did; known for ever by source and event id."""

    event_id: Identifier
    type: EventType
    occurred_at: Instant
    source: Identifier | None = None
    customer: CustomerReference | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class OrderProperties(WireModel):
    """Properties of `order_completed`, and of `order_updated`, which replaces all lines."""

    order_id: Identifier
    currency: CurrencyCode
    lines: list[ReceiptLine] = Field(min_length=1, max_length=MAX_LINES)
    channel: Channel = "web"
    store_id: Identifier | None = None


class RefundProperties(WireModel):
    """Properties of `order_refunded` and `order_cancelled`; without lines all of it came back."""

    order_id: Identifier
    currency: CurrencyCode | None = None
    lines: list[ReceiptLine] | None = Field(default=None, min_length=1, max_length=MAX_LINES)
    channel: Channel = "web"
    store_id: Identifier | None = None


class MembershipProperties(WireModel):
    """Properties of `membership_paid`: for months, until an instant, or without an end.

    Months paid before the former ones are over follow on them. `order_id`: the order it was paid
    with; when all of that is returned or cancelled, the membership is over.
    """

    programme: Identifier
    tier: Identifier | None = None
    months: int | None = Field(default=None, ge=1, le=1200)
    ends_at: Instant | None = None
    order_id: Identifier | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> Self:
        if self.months is not None and self.ends_at is not None:
            raise fault("ambiguous", "give months or ends_at, not both")
        return self


class MembershipEndProperties(WireModel):
    """Properties of `membership_ended`: of a programme, of one of its tiers, or of one order."""

    programme: Identifier
    tier: Identifier | None = None
    order_id: Identifier | None = None


class EventBatch(WireModel):
    """1 to 1,000 events; each is judged by itself."""

    events: list[ShopEvent] = Field(min_length=1, max_length=MAX_ITEMS)


class RawEventBatch(WireModel):
    """The envelope alone: items are validated one by one."""

    events: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


EXAMPLE_EVENTS: dict[str, Any] = {
    "events": [
        {
            "event_id": "e-1",
            "type": "product_viewed",
            "occurred_at": "2026-11-21T12:20:00+08:00",
            "customer": {"customer_id": "c-1"},
            "properties": {"sku": "6927165"},
        }
    ]
}
