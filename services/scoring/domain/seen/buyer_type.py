"""How somebody comes to buy, by a stated rule: early bird, planned or impulse."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

FEWEST_ORDER_DAYS: Final = 3
EARLY_SHARE: Final = 0.5
IMPULSE_SHARE: Final = 0.5
PLANNED_DAYS: Final = 2.0


class BuyerType(StrEnum):
    """What the features say, or why they do not."""

    EARLY_BIRD = "early_bird"
    PLANNED = "planned"
    IMPULSE = "impulse"
    NOT_ENOUGH_DATA = "not_enough_data"
    NOT_SHOWN = "not_shown"


#: The name of each type and the rule behind it, in the order in which rules are tried.
BUYER_TYPE_WORDS: Final[Mapping[BuyerType, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    BuyerType.NOT_SHOWN: (
        {"en": "Not shown", "zh": "不展示"},
        {
            "en": "The customer withdrew their consent to personalisation.",
            "zh": "顾客已撤回个性化授权。",
        },
    ),
    BuyerType.NOT_ENOUGH_DATA: (
        {"en": "Not enough data", "zh": "数据不足"},
        {
            "en": "Fewer than 3 days with a purchase, or nothing known but the purchases.",
            "zh": "有购买的日子不足3天，或除购买外没有其他数据。",
        },
    ),
    BuyerType.EARLY_BIRD: (
        {"en": "Early bird", "zh": "尝鲜型"},
        {
            "en": "At least half of the lines were bought within 28 days of the article's first"
            " sale in the shop.",
            "zh": "至少一半的商品是在该商品首次上架销售后28天内购买的。",
        },
    ),
    BuyerType.IMPULSE: (
        {"en": "Impulse buyer", "zh": "冲动型"},
        {
            "en": "At least half of the purchases came without browsing before, or the first look"
            " was less than 2 days before the purchase on average.",
            "zh": "至少一半的购买之前没有浏览，或平均在首次浏览后不到2天就购买。",
        },
    ),
    BuyerType.PLANNED: (
        {"en": "Planning buyer", "zh": "计划型"},
        {
            "en": "Most purchases were looked at before, the first time at least 2 days ahead on"
            " average.",
            "zh": "多数购买之前浏览过，平均至少提前2天开始浏览。",
        },
    ),
}


def buyer_type(values: Mapping[str, float], *, is_withdrawn: bool = False) -> BuyerType:
    """Judge by features of one customer, by name; the first rule that holds counts."""
    if is_withdrawn:
        return BuyerType.NOT_SHOWN
    has_browsed = values["days_since_browsing"] > 0
    if values["order_days"] < FEWEST_ORDER_DAYS:
        return BuyerType.NOT_ENOUGH_DATA
    if values["early_share"] >= EARLY_SHARE:
        return BuyerType.EARLY_BIRD
    if not has_browsed:
        return BuyerType.NOT_ENOUGH_DATA
    if values["unbrowsed_share"] >= IMPULSE_SHARE or values["browse_to_buy"] < PLANNED_DAYS:
        return BuyerType.IMPULSE
    return BuyerType.PLANNED
