"""Inbound web hooks: how one is set up, and what a push is answered."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from shared.fields import fault
from shared.wire import Identifier, ReplyModel, WireModel

Platform = Literal["shopify", "square"]
SecretText = Annotated[str, Field(min_length=8, max_length=512)]


class WebhookSetup(WireModel):
    """The body of PUT /v1/sources/{id}/webhook.

    `customer_id_field`: the member of Shopify's customer that is the shop's own customer id.
    `notification_url`: the address as Square knows it; its signature covers it, so Square's
    set-up must give it, also when only the secret changes.
    """

    platform: Platform
    secret: SecretText
    customer_id_field: Identifier | None = None
    notification_url: Annotated[str, Field(max_length=2000)] | None = None

    @model_validator(mode="after")
    def _can_be_verified(self) -> Self:
        if self.platform == "square" and not self.notification_url:
            raise fault("missing", "Square signs its notification_url: give it")
        return self


class WebhookState(ReplyModel):
    """A source that may be pushed to; its secret is never shown again."""

    source_id: str
    platform: Platform
    path: str
    former_secret_valid_for_s: int


class PushAnswer(ReplyModel):
    """What became of a push; bad ones are kept aside and still answered 200."""

    accepted: int
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    ignored: int = 0


EXAMPLE_SETUP: dict[str, Any] = {"platform": "shopify", "secret": "shpss_0123456789abcdef"}
EXAMPLE_PAYMENT: dict[str, Any] = {
    "merchant_id": "M-1",
    "type": "payment.updated",
    "event_id": "6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",
    "created_at": "2026-11-21T12:24:00Z",
    "data": {
        "type": "payment",
        "id": "pay-1",
        "object": {
            "payment": {
                "id": "pay-1",
                "status": "COMPLETED",
                "created_at": "2026-11-21T12:23:46Z",
                "updated_at": "2026-11-21T12:23:58Z",
                "amount_money": {"amount": 1237, "currency": "CNY"},
                "customer_id": "sq-1",
            }
        },
    },
}
EXAMPLE_ORDER: dict[str, Any] = {
    "id": 450789469,
    "created_at": "2026-11-21T12:23:46+08:00",
    "updated_at": "2026-11-21T12:23:46+08:00",
    "currency": "CNY",
    "taxes_included": False,
    "source_name": "web",
    "customer": {"id": 207119551, "email": "lin@example.com"},
    "line_items": [
        {
            "id": 466157049,
            "sku": "6927165",
            "quantity": 1,
            "price": "16.50",
            "discount_allocations": [{"amount": "4.13"}],
        }
    ],
}
