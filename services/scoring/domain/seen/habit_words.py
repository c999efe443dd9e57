"""What people call the features of goods and hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HABIT_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "skus": {"en": "Different articles", "zh": "购买过的商品数"},
    "categories": {"en": "Different categories", "zh": "购买过的品类数"},
    "top_category_share": {"en": "Share of the favourite category", "zh": "最爱品类占比"},
    "category_concentration": {"en": "Concentration on categories", "zh": "品类集中度"},
    "night_share": {"en": "Orders at night", "zh": "夜间订单占比"},
    "morning_share": {"en": "Orders in the morning", "zh": "上午订单占比"},
    "afternoon_share": {"en": "Orders in the afternoon", "zh": "下午订单占比"},
    "evening_share": {"en": "Orders in the evening", "zh": "晚间订单占比"},
    "weekend_share": {"en": "Orders at the weekend", "zh": "周末订单占比"},
    "favourite_hour": {"en": "Favourite hour", "zh": "最常下单的钟点"},
    "early_share": {"en": "Bought soon after launch", "zh": "新品购买占比"},
}
