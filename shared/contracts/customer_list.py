"""Lists of customers by what they are worth, as scoring answers them."""

from datetime import date, datetime
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from shared.contracts.common import LocalText, Money
from shared.contracts.tier import Tier
from shared.fields import fault
from shared.wire import BusinessDate, Identifier, MoneyText, ReplyModel, WireModel

Stage = Literal["prospect", "new", "active", "at_risk", "churned", "reactivated"]
MOST_CUSTOMERS: Final = 200
MAX_CURSOR: Final = 512


class CustomerListQuery(WireModel):
    """Whom to list, in which order, and which page; all that is given must hold.

    `condition` is a condition tree as segments use it. Amounts are in the shop's currency.
    """

    programme: Identifier | None = Field(default=None, description="whose tiers; else the default")
    tier: Identifier | None = None
    lifecycle: Stage | None = None
    segment: Identifier | None = None
    condition: dict[str, Any] | None = None
    min_value: MoneyText | None = Field(default=None, description="expected value, at least")
    max_value: MoneyText | None = Field(default=None, description="expected value, at most")
    bought_from: BusinessDate | None = Field(default=None, description="last purchase, earliest")
    bought_until: BusinessDate | None = Field(default=None, description="last purchase, latest")
    sort: Literal["value", "customer_id"] = "value"
    limit: int = Field(default=50, ge=1, le=MOST_CUSTOMERS)
    cursor: str | None = Field(default=None, min_length=1, max_length=MAX_CURSOR)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.segment is not None and self.condition is not None:
            raise fault("one_of", "give either segment or condition")
        return self


class ListedCustomer(ReplyModel):
    """One customer: the tier as it was decided last, worth and purchases as of now.

    `value` and `probability_to_buy` are null for who has not bought yet; `value` is expected over
    the horizon of the model. Before there is a model nothing but the id is told.
    """

    customer_id: str | None
    tier: Tier | None
    since: datetime | None
    lifecycle: str | None
    value: Money | None
    probability_to_buy: float | None
    last_purchase: date | None
    net_spend_365_days: Money | None


class CustomerListPage(ReplyModel):
    """One page; it may hold fewer than asked for, or nobody, before the last one.

    `next_cursor` is null on the last page alone: whoever filters strongly is not kept waiting.
    """

    programme: str
    programme_name: LocalText
    horizon_days: int | None
    business_date: date
    items: list[ListedCustomer]
    next_cursor: str | None = None


EXAMPLE_LIST: Final[dict[str, Any]] = {
    "tier": "high",
    "lifecycle": "at_risk",
    "bought_until": "2026-10-31",
    "sort": "customer_id",
    "limit": 50,
}
EXAMPLE_LIST_PAGE: Final[dict[str, Any]] = {
    "programme": "value",
    "programme_name": {"en": "Customer value", "zh": "客户价值"},
    "horizon_days": 91,
    "business_date": "2026-11-22",
    "items": [
        {
            "customer_id": "c-1",
            "tier": {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
            "since": "2026-10-02T00:00:00Z",
            "lifecycle": "at_risk",
            "value": {"amount": "312.40", "currency": "CNY"},
            "probability_to_buy": 0.41,
            "last_purchase": "2026-10-18",
            "net_spend_365_days": {"amount": "1480.00", "currency": "CNY"},
        }
    ],
    "next_cursor": None,
}
