"""What is seen of one customer, feature by feature."""

from datetime import date, datetime
from typing import Any, Literal

from shared.contracts.common import LocalText, Money
from shared.wire import ReplyModel

FeatureState = Literal["known", "source_never_seen", "removed_by_consent"]


class FeatureReading(ReplyModel):
    """One feature: its value, how it is computed and from what."""

    name: str
    label: LocalText
    unit: str
    group: str
    #: null where consent was withdrawn; money in minor units, undefined values 0
    value: float | None
    #: the value once more where it is money
    money: Money | None = None
    formula: LocalText
    sources: list[str]
    #: value: offered to the value model; profile: shown only
    role: Literal["value", "profile"]
    needs_consent: bool
    state: FeatureState


class BuyerTypeReading(ReplyModel):
    """How somebody comes to buy, and the rule that says so."""

    key: str
    name: LocalText
    rule: LocalText


class FeatureAnswer(ReplyModel):
    """Everything that is seen of a customer up to the end of a business date."""

    customer_id: str
    business_date: date
    #: true: the customer withdrew consent to personalisation, so features are removed
    consent_withdrawn: bool
    buyer_type: BuyerTypeReading
    #: online from 90 % online orders, offline up to 10 %, else hybrid; null before an order
    channel: Literal["online", "offline", "hybrid"] | None
    features: list[FeatureReading]
    as_of: datetime


EXAMPLE_FEATURES: dict[str, Any] = {
    "customer_id": "c-1",
    "business_date": "2026-11-22",
    "consent_withdrawn": False,
    "buyer_type": {
        "key": "planned",
        "name": {"en": "Planning buyer", "zh": "计划型"},
        "rule": {
            "en": "Most purchases were looked at before, the first time at least 2 days ahead on"
            " average.",
            "zh": "多数购买之前浏览过，平均至少提前2天开始浏览。",
        },
    },
    "channel": "hybrid",
    "features": [
        {
            "name": "net_91d",
            "label": {"en": "Spent in the last 91 days", "zh": "近91天消费"},
            "unit": "money",
            "group": "amount",
            "value": 31240.0,
            "money": {"amount": "312.40", "currency": "CNY"},
            "formula": {
                "en": "sum of net over the 91 days before t",
                "zh": "t 之前91天的净额之和",
            },
            "sources": ["customer_day.net_booked"],
            "role": "value",
            "needs_consent": False,
            "state": "known",
        },
        {
            "name": "views_28d",
            "label": {"en": "Views in the last 28 days", "zh": "近28天浏览次数"},
            "unit": "events",
            "group": "engagement",
            "value": 0.0,
            "money": None,
            "formula": {
                "en": "number of views over the 28 days before t",
                "zh": "t 之前28天的浏览次数",
            },
            "sources": ["customer_day.views"],
            "role": "profile",
            "needs_consent": True,
            "state": "source_never_seen",
        },
    ],
    "as_of": "2026-11-22T01:00:00Z",
}
