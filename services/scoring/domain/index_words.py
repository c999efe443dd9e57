"""What people are told of an index: its name, what it claims, its rule, and why it is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.scoring.domain.why.figures import Words

NAMES: Final[Mapping[str, Words]] = {
    "growth": {"en": "Growth potential", "zh": "增长潜力"},
    "loyalty": {"en": "Loyalty", "zh": "忠诚度"},
    "influence": {"en": "Influence", "zh": "影响力"},
    "new_high": {"en": "New customer: high value", "zh": "新客：成为高价值"},
    "new_again": {"en": "New customer: second purchase", "zh": "新客：再次购买"},
}
_CLAIMS: Final[Mapping[str, Words]] = {
    "growth": {
        "en": "How much more is spent in the next {days} days than in the last {days}",
        "zh": "未来{days}天的消费比过去{days}天多出的金额",
    },
    "loyalty": {
        "en": "Buys in both halves of the next {days} days",
        "zh": "未来{days}天的前半段和后半段均有购买",
    },
    "influence": {
        "en": "Refers somebody within the next {days} days",
        "zh": "未来{days}天内推荐他人",
    },
    "new_high": {
        "en": "After one purchase: among the top 20 % by spend in the next {days} days",
        "zh": "首次购买后：未来{days}天消费进入前20%",
    },
    "new_again": {
        "en": "After one purchase: buys again within the next {days} days",
        "zh": "首次购买后：未来{days}天内再次购买",
    },
}
#: The plain rules an index is tested against.
RULES: Final[Mapping[str, Words]] = {
    "past_spend": {"en": "Net spend so far", "zh": "累计净消费"},
    "decayed_spend_45d": {
        "en": "Spend that counts half after 45 days",
        "zh": "按45天半衰期衰减的消费",
    },
    "decayed_spend_120d": {
        "en": "Spend that counts half after 120 days",
        "zh": "按120天半衰期衰减的消费",
    },
    "spent_least_lately": {"en": "Spent least lately", "zh": "近期消费最少"},
    "order_days": {"en": "Days with a purchase so far", "zh": "累计购买天数"},
    "order_days_91d": {
        "en": "Days with a purchase in the last 91 days",
        "zh": "过去91天的购买天数",
    },
    "recency": {"en": "Bought most recently", "zh": "最近购买"},
    "referrals": {"en": "Referrals so far", "zh": "累计推荐次数"},
    "first_amount": {"en": "Amount of the first purchase", "zh": "首次购买金额"},
}
REASONS: Final[Mapping[str, Words]] = {
    "not_recorded": {
        "en": "Nothing of the kind has been recorded yet",
        "zh": "尚无此类记录",
    },
    "history_too_short": {
        "en": "The history is too short to compare with an earlier period",
        "zh": "历史数据太短，无法与前一时期比较",
    },
    "too_few": {
        "en": "Too few customers to test it on",
        "zh": "可供检验的顾客太少",
    },
    "no_better_than_rule": {
        "en": "In the test it was not clearly better than a plain rule",
        "zh": "检验中未明显优于简单规则",
    },
    "only_after_one_purchase": {
        "en": "Only for customers with exactly one purchase",
        "zh": "仅适用于只购买过一次的顾客",
    },
}
SHORT_HISTORY: Final = (
    "season_unknown",
    {
        "en": "Less than two years of history: the amount may be off by season",
        "zh": "历史不足两年：金额可能受季节影响",
    },
)


def claim(key: str, horizon_days: int) -> Words:
    """Say which future outcome an index claims over a horizon."""
    return {language: text.format(days=horizon_days) for language, text in _CLAIMS[key].items()}
