"""What a customer's tiers entitle to, and the use they make of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText
from shared.contracts.tier import Tier
from shared.wire import Identifier, ReplyModel, WireModel

MAX_QUANTITY: Final = 1000


class QuotaLeft(ReplyModel):
    """How often a benefit may be used in a period; null while the database is away."""

    count: int
    per: str
    used: int | None
    left: int | None
    #: when the next period begins; null: never, or not known yet
    renews_at: datetime | None = None


class ServiceLevel(ReplyModel):
    """How service treats the customer."""

    response_hours: int | None = None
    agent: str | None = None
    hotline: str | None = None


class PromisedServiceLevel(ServiceLevel):
    """How service treats the customer, and which programme's version promises it."""

    programme: str | None = None
    programme_version: int | None = None


class PriceBenefit(ReplyModel):
    """Taken off prices, in per cent."""

    percent: str


class Entitlement(ReplyModel):
    """One benefit that the customer's tier has."""

    key: str
    kind: str
    name: LocalText
    quota: QuotaLeft | None = None
    price: PriceBenefit | None = None
    service_level: ServiceLevel | None = None
    details: dict[str, JsonValue] = Field(default_factory=dict)


class ProgrammeEntitlements(ReplyModel):
    """What one programme entitles to."""

    programme: str
    programme_version: int
    tier: Tier
    benefits: list[Entitlement]


class EntitlementsAnswer(ReplyModel):
    """What all programmes entitle to; `service_level` is the one that answers soonest."""

    customer_id: str | None
    known: bool
    programmes: list[ProgrammeEntitlements]
    service_level: PromisedServiceLevel | None = None
    as_of: datetime


class ServiceLevelsQuery(WireModel):
    """Customers by the shop's id."""

    customer_ids: list[Identifier] = Field(min_length=1, max_length=500)


class ServiceLevelsAnswer(ReplyModel):
    """Their service levels in the order asked; null where their tiers promise nothing."""

    levels: list[PromisedServiceLevel | None]


class RedeemRequest(WireModel):
    """Use a benefit; without a programme the first one whose tier has it."""

    quantity: int = Field(default=1, ge=1, le=MAX_QUANTITY)
    reference: Identifier | None = None
    programme: Identifier | None = None


class Redemption(ReplyModel):
    """A use of a benefit; `quota` is what is left after it."""

    redemption_id: UUID
    customer_id: str | None
    programme: str
    benefit: str
    tier: str
    quantity: int
    reference: str | None = None
    used_at: datetime
    cancelled_at: datetime | None = None
    quota: QuotaLeft | None = None


EXAMPLE_REDEEM: Final[dict[str, Any]] = {"quantity": 1, "reference": "receipt-5470"}
EXAMPLE_ENTITLEMENTS: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "programmes": [
        {
            "programme": "coffee",
            "programme_version": 1,
            "tier": {"key": "gold", "rank": 2, "name": {"en": "Gold", "zh": "金星"}},
            "benefits": [
                {
                    "key": "free_shipping",
                    "kind": "shipping",
                    "name": {"en": "Free delivery", "zh": "免配送费"},
                    "quota": {
                        "count": 4,
                        "per": "month",
                        "used": 1,
                        "left": 3,
                        "renews_at": "2026-11-30T16:00:00Z",
                    },
                    "details": {},
                },
                {
                    "key": "quick_answers",
                    "kind": "service_level",
                    "name": {"en": "Answers within four hours", "zh": "四小时内回复"},
                    "service_level": {"response_hours": 4},
                    "details": {},
                },
            ],
        }
    ],
    "service_level": {"response_hours": 4, "programme": "coffee", "programme_version": 1},
    "as_of": "2026-11-22T01:00:00Z",
}
