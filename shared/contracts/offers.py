"""Offers, how customers answer them, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.contracts.common import LocalText
from shared.contracts.contacts import Cost
from shared.contracts.feedback import FeedbackChannel, OfferAnswer
from shared.fields import fault
from shared.forms import KEY
from shared.wire import Identifier, Instant, ReplyModel, WireModel

OfferKey = Annotated[str, Field(pattern=KEY, examples=["welcome-back"])]


class OfferedBenefit(WireModel):
    """The benefit of a programme that is offered."""

    programme: Identifier
    benefit: Identifier


class OfferBody(WireModel):
    """An offer as marketers write it: what it is, through which channel, what one costs."""

    name: LocalText
    description: LocalText | None = None
    playbook: OfferKey | None = None
    benefit: OfferedBenefit | None = None
    channel: FeedbackChannel = "app"
    cost: Cost | None = Field(default=None, description="What an accepted one costs the shop")
    valid_until: Instant | None = None

    @model_validator(mode="after")
    def _comes_one_way(self) -> Self:
        if self.playbook is not None and self.benefit is not None:
            raise fault("one_of", "name a playbook or a benefit, not both")
        return self


class OfferRequest(OfferBody):
    """A new offer."""

    key: OfferKey


class Offer(ReplyModel):
    """An offer as it stands; `version` counts its changes and is its ETag."""

    key: str
    version: int
    name: LocalText
    description: LocalText | None = None
    playbook: str | None = None
    benefit: OfferedBenefit | None = None
    channel: FeedbackChannel
    cost: Cost | None = None
    valid_until: datetime | None = None
    created_at: datetime
    updated_at: datetime


class ResponseRequest(WireModel):
    """How a customer answered; `sending` tells one time they were offered it from another."""

    customer_id: Identifier
    answer: OfferAnswer
    sending: Identifier | None = None
    at: Instant | None = None


class OfferResponse(ReplyModel):
    """The answer that counts: the latest of this customer to this sending.

    `tier` and `lifecycle` are those of the moment it was told, as last decided.
    """

    response_id: UUID
    offer: str
    customer_id: str
    sending: str | None = None
    answer: OfferAnswer
    at: datetime
    programme: str | None = None
    tier: str | None = None
    lifecycle: str | None = None
    #: what was told now counts; false where a later answer was there, or the same
    counts: bool
    #: told after the offer had ended
    is_late: bool


class ResponseShares(ReplyModel):
    """Answers counted; shares of all of them, with an interval of 95 % (Wilson), null for none."""

    accepted: int
    declined: int
    ignored: int
    responses: int
    response_rate: float | None = Field(default=None, description="accepted or declined")
    acceptance_rate: float | None = None
    acceptance_low: float | None = None
    acceptance_high: float | None = None


class SharesOf(ResponseShares):
    """The answers of one tier or lifecycle; null: they held none that we knew of."""

    key: str | None


class OfferResults(ReplyModel):
    """What came of an offer."""

    offer: str
    total: ResponseShares
    by_tier: list[SharesOf]
    by_lifecycle: list[SharesOf]


EXAMPLE_OFFER_BODY: Final[dict[str, Any]] = {
    "name": {"en": "A coffee on us", "zh": "请您喝一杯"},
    "description": {"en": "We have missed you.", "zh": "好久不见。"},
    "channel": "app",
    "cost": {"amount": "9.00", "currency": "CNY"},
    "valid_until": "2026-12-31T23:59:59+08:00",
}
EXAMPLE_OFFER: Final[dict[str, Any]] = {"key": "welcome-back", **EXAMPLE_OFFER_BODY}
EXAMPLE_RESPONSE: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "answer": "accepted",
    "sending": "2026-11",
    "at": "2026-11-21T18:00:00+08:00",
}
