"""Why a score and a tier are what they are, as scoring answers it."""

from datetime import date, datetime
from typing import Any, Final, Literal

from shared.contracts.common import LocalText, Money
from shared.contracts.tier import Reason, Tier
from shared.wire import ReplyModel


class ExplainedTier(ReplyModel):
    """The tier held, as the tier answer tells it, and the rule that holds it.

    `reached`: today's score reaches the mark to enter; `kept`: it lies between that mark and the
    one to leave; `falling`: below the mark to leave for `days_below` days, not yet long enough to
    fall; `entry`: the tier everybody has. Low confidence: it rests on one purchase.
    """

    tier: Tier
    since: datetime
    rests_on: Literal["reached", "kept", "falling", "entry"]
    days_below: int
    is_low_confidence: bool
    text: LocalText


class ExplainedScore(ReplyModel):
    """The served score on the scale it adds up on: `base` and all contributions make `log_score`.

    `base` is the log score of the typical (median) customer, who is worth `typical_value`;
    exp(log_score) is spend relative to the mean customer the model learnt from, and
    `season_free_score` is that divided by the mean of today's base.
    """

    scale: Literal["log"] = "log"
    log_score: float
    base: float
    season_free_score: float
    value: Money
    typical_value: Money
    horizon_days: int


class ExplainedFeature(ReplyModel):
    """What one feature adds to the log score; `factor` is what that multiplies spending by.

    `value` and `typical` (the median customer) are in `unit`, money in minor units, as the model
    reads them: where its season is strong, money is freed of it.
    """

    name: str
    label: LocalText
    unit: str
    value: float
    typical: float | None
    contribution: float
    factor: float
    text: LocalText


class ExplainedGroup(ReplyModel):
    """Features of one kind: their contributions add up to the group's."""

    key: str
    name: LocalText
    contribution: float
    factor: float
    text: LocalText
    features: list[ExplainedFeature]


class OrdersToRise(ReplyModel):
    """Equal orders that lift the tier, the first of them today."""

    tier: Tier
    orders: int
    each: Money
    every_days: int | None


class RiseHint(ReplyModel):
    """The smallest changes found that lift the tier.

    `order`: one order today, in whole units of the currency, at most `searched_up_to`; one unit
    less does not do. `usual_orders`: orders of the customer's mean amount.
    """

    order: OrdersToRise | None
    searched_up_to: Money
    usual_orders: OrdersToRise | None
    text: LocalText


class FallHint(ReplyModel):
    """The first date on which the tier falls without a purchase; null up to `searched_until`."""

    tier: Tier | None
    on: date | None
    searched_until: date
    text: LocalText


class Flip(ReplyModel):
    """The smallest change that flips the tier; `up` is null at the top, `down` at the bottom."""

    up: RiseHint | None
    down: FallHint | None
    assumes: LocalText


class ExplanationAnswer(ReplyModel):
    """Why one customer has the score and the tier they have; no score before a purchase."""

    customer_id: str
    known: bool
    programme: str
    summary: LocalText
    tier: ExplainedTier
    score: ExplainedScore | None
    reasons: list[Reason]
    groups: list[ExplainedGroup]
    flip: Flip
    business_date: date
    model_version: str
    release: str
    as_of: datetime


_HIGH: Final = {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}}
_LOW: Final = {"key": "low", "rank": 0, "name": {"en": "Standard", "zh": "普通"}}
_AMOUNT: Final = {
    "en": "Spends more than most: spent CNY 620 in the last 91 days; the typical customer CNY 150."
    " This alone makes the expected spending 2.1 times as high.",
    "zh": "消费金额高于多数顾客：近91天消费620元，一般顾客150元。仅此一项使预期消费提高到2.1倍。",
}
_RECENCY: Final = {
    "en": "Bought recently: last bought 12 days ago; the typical customer 49 days ago."
    " This alone makes the expected spending 28 % higher.",
    "zh": "最近有购买：上次购买是12天前，一般顾客49天前。仅此一项使预期消费提高28%。",
}
_GROUPS: Final[list[dict[str, Any]]] = [
    {
        "key": "amount",
        "name": {"en": "Spending", "zh": "消费金额"},
        "contribution": 0.75,
        "factor": 2.117000016612675,
        "text": _AMOUNT,
        "features": [
            {
                "name": "net_91d",
                "label": {"en": "Spent in 91 days", "zh": "近91天消费"},
                "unit": "money",
                "value": 62000.0,
                "typical": 15000.0,
                "contribution": 0.5,
                "factor": 1.6487212707001282,
                "text": {
                    "en": "Spent CNY 620 in the last 91 days; the typical customer CNY 150.",
                    "zh": "近91天消费620元，一般顾客150元。",
                },
            },
            {
                "name": "mean_order_day",
                "label": {"en": "Spent at a time", "zh": "平均每次消费"},
                "unit": "money",
                "value": 20700.0,
                "typical": 15000.0,
                "contribution": 0.25,
                "factor": 1.2840254166877414,
                "text": {
                    "en": "Spends CNY 207 at a time on average; the typical customer CNY 150.",
                    "zh": "平均每次消费207元，一般顾客150元。",
                },
            },
        ],
    },
    {
        "key": "recency",
        "name": {"en": "Last purchase", "zh": "最近购买"},
        "contribution": 0.25,
        "factor": 1.2840254166877414,
        "text": _RECENCY,
        "features": [
            {
                "name": "recency",
                "label": {"en": "Last purchase", "zh": "上次购买"},
                "unit": "days",
                "value": 13.0,
                "typical": 50.0,
                "contribution": 0.25,
                "factor": 1.2840254166877414,
                "text": {
                    "en": "Last bought 12 days ago; the typical customer 49 days ago.",
                    "zh": "上次购买是12天前，一般顾客49天前。",
                },
            }
        ],
    },
]
_FLIP: Final[dict[str, Any]] = {
    "up": {
        "order": {
            "tier": _HIGH,
            "orders": 1,
            "each": {"amount": "460.00", "currency": "CNY"},
            "every_days": None,
        },
        "searched_up_to": {"amount": "100000.00", "currency": "CNY"},
        "usual_orders": {
            "tier": _HIGH,
            "orders": 3,
            "each": {"amount": "207.00", "currency": "CNY"},
            "every_days": 7,
        },
        "text": {
            "en": "One purchase of CNY 460 today would lift the class to High value;"
            " or 3 purchases of CNY 207, one every 7 days from today.",
            "zh": "今天再消费460元即可升至高价值；或者从今天起每7天消费207元，共3次。",
        },
    },
    "down": {
        "tier": _LOW,
        "on": "2027-01-14",
        "searched_until": "2027-01-14",
        "text": {
            "en": "Without a purchase the class falls to Standard on 2027-01-14.",
            "zh": "若不再购买，将于2027-01-14降为普通。",
        },
    },
    "assumes": {
        "en": "The season is taken to stay as today, an order to hold 3 products"
        " and nothing to be given back.",
        "zh": "假定季节水平与今天相同，每笔订单含3种商品且不退货。",
    },
}
#: With fewer features than a model has.
EXAMPLE_EXPLANATION: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "programme": "value",
    "summary": {
        "en": "Mid value: about CNY 468 expected in the next 91 days;"
        " the typical customer CNY 172.",
        "zh": "中等价值：未来91天预期消费约468元，一般顾客约172元。",
    },
    "tier": {
        "tier": {"key": "mid", "rank": 1, "name": {"en": "Mid value", "zh": "中等价值"}},
        "since": "2026-10-02T00:00:00Z",
        "rests_on": "reached",
        "days_below": 0,
        "is_low_confidence": False,
        "text": {"en": "Among the top 50 % by expected spending.", "zh": "预期消费位列前50%。"},
    },
    "score": {
        "scale": "log",
        "log_score": 0.5,
        "base": -0.5,
        "season_free_score": 1.7,
        "value": {"amount": "468.00", "currency": "CNY"},
        "typical_value": {"amount": "172.17", "currency": "CNY"},
        "horizon_days": 91,
    },
    "reasons": [{"code": "amount", "text": _AMOUNT}, {"code": "recency", "text": _RECENCY}],
    "groups": _GROUPS,
    "flip": _FLIP,
    "business_date": "2026-11-22",
    "model_version": "2026-11-21-1",
    "release": "r-17",
    "as_of": "2026-11-22T01:00:00Z",
}
