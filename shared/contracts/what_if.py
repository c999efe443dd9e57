"""What a tier would be if the customer bought or waited, as scoring answers it."""

from datetime import date
from typing import Any, Final, Literal

from pydantic import Field

from shared.contracts.common import LocalText, Money
from shared.contracts.tier import Tier, TierAnswer
from shared.wire import BusinessDate, CurrencyCode, Identifier, MoneyText, ReplyModel, WireModel

MOST_PURCHASES: Final = 24
MOST_DAYS: Final = 730


class MadeUpPurchase(WireModel):
    """One order that nobody made: its net amount, and its date, by default today."""

    amount: MoneyText
    currency: CurrencyCode | None = Field(default=None, description="the shop's, if any")
    on: BusinessDate | None = Field(default=None, description="from today to the last day asked")


class WhatIfQuery(WireModel):
    """What is made up; nothing of it is stored."""

    programme: Identifier | None = None
    purchases: list[MadeUpPurchase] = Field(default_factory=list, max_length=MOST_PURCHASES)
    days_passed: int = Field(default=0, ge=0, le=MOST_DAYS)


class WayUp(ReplyModel):
    """One way to the next tier, in words; `none` says how far was looked in vain.

    `purchase`: the smallest single one today, one unit of the currency less does not do;
    `purchases`: as many of the usual amount, at a pace; `rule`: what published rules still ask.
    """

    kind: Literal["purchase", "purchases", "rule", "none"]
    tier: Tier | None
    amount: Money | None = None
    orders: int | None = None
    every_days: int | None = None
    text: LocalText


class WayDown(ReplyModel):
    """When the tier is lost without a purchase; `on` is null where it is kept `searched_until`."""

    tier: Tier | None
    on: date | None
    searched_until: date | None
    text: LocalText


class WhatIfAnswer(ReplyModel):
    """The tier as it is and as it would be on a date; `up`, `down`: what changes it as it is."""

    customer_id: str
    on: date
    now: TierAnswer
    then: TierAnswer
    up: list[WayUp]
    down: WayDown
    assumes: LocalText


EXAMPLE_WHAT_IF: Final[dict[str, Any]] = {
    "programme": "value",
    "purchases": [{"amount": "200.00"}, {"amount": "80.00"}],
    "days_passed": 30,
}
