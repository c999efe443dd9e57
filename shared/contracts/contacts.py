"""Interactions with customers, and the time line of one, as feedback takes and answers them."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue, model_validator

from shared.contracts.common import CustomerReference, LocalText, Money
from shared.contracts.receipts import Channel
from shared.fields import fault
from shared.forms import form
from shared.money import MoneyFault, parse_minor
from shared.wire import (
    CurrencyCode,
    FreeText,
    Identifier,
    Instant,
    MoneyText,
    ReplyModel,
    ShortText,
    WireModel,
)

InteractionKind = Literal["call", "visit", "mail", "chat", "message", "meeting"]
Direction = Literal["in", "out"]
TimelineKind = Literal[
    "benefit",
    "case",
    "experiment",
    "feedback",
    "interaction",
    "merge",
    "offer",
    "points",
    "points_earned",
    "purchase",
    "return",
    "survey",
    "task",
    "tier",
]
_DAY_S: Final = 86_400
_UUID: Final = form(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "must be a UUID, lower-case")
RowId = Annotated[str, Field(pattern=_UUID, examples=["0198c0de-0000-7000-8000-000000000000"])]


class Cost(WireModel):
    """What something costs the shop; never negative."""

    amount: MoneyText
    currency: CurrencyCode

    @model_validator(mode="after")
    def _fits_its_currency(self) -> Self:
        try:
            parse_minor(self.amount, self.currency)
        except MoneyFault as error:
            raise fault(error.code, "must be an amount of its currency") from None
        return self

    @property
    def minor(self) -> int:
        """Give the amount in minor units."""
        return parse_minor(self.amount, self.currency)


class InteractionRequest(WireModel):
    """One contact with a customer; an `interaction_id` of yours makes sending it twice harmless."""

    kind: InteractionKind
    direction: Direction = "out"
    channel: Channel = "phone"
    customer: CustomerReference
    subject: ShortText | None = None
    note: FreeText | None = None
    agent: Identifier | None = None
    outcome: Identifier | None = None
    duration_s: Annotated[int, Field(ge=0, le=_DAY_S)] | None = None
    case_id: RowId | None = None
    task_id: RowId | None = None
    cost: Cost | None = None
    interaction_id: Identifier | None = None
    occurred_at: Instant | None = None


class InteractionItem(ReplyModel):
    """One contact as stored; `interaction_id` is ours."""

    interaction_id: UUID
    customer_id: str
    kind: InteractionKind
    direction: Direction
    channel: Channel
    subject: str | None
    note: str | None
    agent: str | None
    outcome: str | None
    duration_s: int | None
    case_id: UUID | None
    task_id: UUID | None
    cost: Money | None
    at: datetime
    received_at: datetime


class InteractionAnswer(InteractionItem):
    """A contact that was taken; a duplicate is the one that was stored first."""

    is_duplicate: bool = False


class TimelineItem(ReplyModel):
    """Something that happened with a customer."""

    at: datetime
    kind: TimelineKind
    id: str
    title: LocalText
    details: dict[str, JsonValue]
    #: where feedback tells more of it
    link: str | None = None


EXAMPLE_INTERACTION: Final[dict[str, Any]] = {
    "kind": "call",
    "direction": "out",
    "channel": "phone",
    "customer": {"customer_id": "c-1"},
    "subject": "Called back about a late delivery",
    "note": "已道歉，改为次日送达",
    "agent": "li.na",
    "outcome": "answered",
    "duration_s": 240,
    "cost": {"amount": "6.00", "currency": "CNY"},
    "interaction_id": "call-1",
    "occurred_at": "2026-11-21T15:00:00+08:00",
}
