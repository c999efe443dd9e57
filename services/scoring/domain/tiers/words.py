"""The words of a tier answer: why this class, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from services.scoring.domain.tiers.overlay import Control
from services.scoring.domain.tiers.programme import ValueTier
from services.scoring.domain.why.figures import Words

#: What pushes a score up or down, by the model's groups of features: (up, down).
GROUP_WORDS: Final[Mapping[str, tuple[Words, Words]]] = {
    "recency": (
        {"en": "Bought recently", "zh": "最近有购买"},
        {"en": "Has not bought for a while", "zh": "有一段时间没有购买"},
    ),
    "frequency": (
        {"en": "Buys often", "zh": "购买频繁"},
        {"en": "Buys seldom", "zh": "购买次数少"},
    ),
    "amount": (
        {"en": "Spends more than most", "zh": "消费金额高于多数顾客"},
        {"en": "Spends less than most", "zh": "消费金额低于多数顾客"},
    ),
    "trend": (
        {"en": "Bought more lately", "zh": "近期购买增加"},
        {"en": "Bought less lately", "zh": "近期购买减少"},
    ),
    "rhythm": (
        {"en": "The rhythm of buying speaks for more purchases", "zh": "购买节奏预示更多购买"},
        {"en": "The rhythm of buying weighs against", "zh": "购买节奏降低了预期"},
    ),
    "returns": (
        {"en": "Returns speak for more purchases", "zh": "退货情况预示更多购买"},
        {"en": "Returns weigh against", "zh": "退货降低了预期"},
    ),
    "breadth": (
        {"en": "What is bought speaks for more purchases", "zh": "所购商品预示更多购买"},
        {"en": "What is bought weighs against", "zh": "所购商品降低了预期"},
    ),
    "engagement": (
        {"en": "Looks around in the shop", "zh": "浏览互动活跃"},
        {"en": "Seldom looks around", "zh": "浏览互动较少"},
    ),
    "feedback": (
        {"en": "Gives good feedback", "zh": "反馈积极"},
        {"en": "Gave critical feedback", "zh": "反馈中有不满"},
    ),
    "habits": (
        {"en": "Shopping habits speak for more purchases", "zh": "购物习惯预示更多购买"},
        {"en": "Shopping habits weigh against", "zh": "购物习惯降低了预期"},
    ),
}
#: What a group is about, where no direction is claimed.
GROUP_NAMES: Final[Mapping[str, Words]] = {
    "recency": {"en": "Last purchase", "zh": "最近购买"},
    "frequency": {"en": "How often", "zh": "购买频率"},
    "amount": {"en": "Spending", "zh": "消费金额"},
    "trend": {"en": "Lately", "zh": "近期购买"},
    "rhythm": {"en": "Rhythm of buying", "zh": "购买节奏"},
    "returns": {"en": "Returns", "zh": "退货"},
    "breadth": {"en": "What is bought", "zh": "所购商品"},
    "engagement": {"en": "Browsing", "zh": "浏览互动"},
    "feedback": {"en": "Feedback and referrals", "zh": "反馈与推荐"},
    "habits": {"en": "Shopping habits", "zh": "购物习惯"},
}

#: Groups whose words speak of more than one purchase.
NEED_TWO_PURCHASES: Final = frozenset({"frequency", "rhythm", "trend"})

UNKNOWN_CUSTOMER: Final = ("unknown_customer", {"en": "Not known yet", "zh": "尚无该顾客的记录"})
NO_MODEL_YET: Final = (
    "no_model_yet",
    {"en": "No value model has been trained yet", "zh": "尚未训练价值模型"},
)
NO_PURCHASE_YET: Final = ("no_purchase_yet", {"en": "No purchase yet", "zh": "尚无购买"})
ONE_PURCHASE: Final = (
    "one_purchase",
    {"en": "Only one purchase so far: low confidence", "zh": "仅有一次购买，置信度较低"},
)


_CONTROLS: Final[Mapping[str, tuple[str, str]]] = {
    "floor": ("Set by hand to {en} or above", "人工设定不低于{zh}"),
    "ceiling": ("Set by hand to {en} or below", "人工设定不高于{zh}"),
    "exact": ("Set by hand to {en}", "人工设定为{zh}"),
    "paid": ("{en} has been paid for", "已付费获得{zh}"),
    "invited": ("{en} by invitation", "受邀获得{zh}"),
    "imported": ("{en} was brought along", "{zh}由其他计划转入"),
}


def control_reason(control: Control, name: Mapping[str, str]) -> tuple[str, Words]:
    """Say which pin or grant shows the tier, and until when."""
    is_pin = control.kind == "pin"
    en, zh = _CONTROLS[control.mode if is_pin else control.kind]
    if control.ends_at is not None:
        until = f"{control.ends_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        en, zh = f"{en} until {until}", f"{zh}，至{until}"
    return "pinned" if is_pin else "granted", {
        "en": en.format(en=name["en"]),
        "zh": zh.format(zh=name["zh"]),
    }


def earned_reason(name: Mapping[str, str]) -> tuple[str, Words]:
    """Say which tier would be held without a pin or grant."""
    return "earned_tier", {
        "en": f"{name['en']} without it",
        "zh": f"若无此设定则为{name['zh']}",
    }


def percent(share: float) -> str:
    """Write a share as people read it: 20 for 0.2, 12.5 for 0.125."""
    return f"{share * 100:g}"


def rank_reason(tier: ValueTier, above: ValueTier | None, *, is_kept: bool) -> tuple[str, Words]:
    """Say what rank the class stands for; `is_kept`: below the enter cut, not yet fallen."""
    if is_kept:
        return "value_kept", {
            "en": f"Was among the top {percent(tier.enter_share)} % by expected spending",
            "zh": f"此前预期消费位列前{percent(tier.enter_share)}%",
        }
    if tier.rank == 0 and above is not None:
        return "value_rank", {
            "en": f"Below the top {percent(above.enter_share)} % by expected spending",
            "zh": f"预期消费未进入前{percent(above.enter_share)}%",
        }
    return "value_rank", {
        "en": f"Among the top {percent(tier.enter_share)} % by expected spending",
        "zh": f"预期消费位列前{percent(tier.enter_share)}%",
    }
