"""The words of what would change a tier."""

from __future__ import annotations

from datetime import date
from typing import Final

from services.scoring.domain.why.figures import Words

HIGHEST: Final[Words] = {"en": "This is the highest tier.", "zh": "已是最高等级。"}
LOWEST: Final[Words] = {
    "en": "This is the tier that everybody has; there is none below.",
    "zh": "这是所有人都有的基础等级，不会再降。",
}
ASSUMES: Final[Words] = {
    "en": "Made-up orders hold what the customer usually buys at a time, and nothing is given back."
    " The season is taken to stay as today.",
    "zh": "假设的订单按该顾客平常的购买构成计算，且不退货；季节水平按今天计。",
}


def by_one(tier: Words, amount: Words) -> Words:
    """Say the one purchase that lifts the tier."""
    return {
        "en": f"One purchase of {amount['en']} today would reach {tier['en']}.",
        "zh": f"今天再消费{amount['zh']}即可达到{tier['zh']}。",
    }


def by_several(tier: Words, amount: Words, orders: int, every_days: int) -> Words:
    """Say the usual purchases that lift the tier."""
    pace = "a day" if every_days == 1 else f"every {every_days} days"
    return {
        "en": f"{orders} purchases of {amount['en']}, one {pace} from today,"
        f" would reach {tier['en']}.",
        "zh": f"从今天起每{every_days}天消费{amount['zh']}，共{orders}次，可达到{tier['zh']}。",
    }


def by_none(most: Words) -> Words:
    """Say that no purchase was found that lifts the tier."""
    return {
        "en": f"No single purchase of up to {most['en']} today would reach the next tier.",
        "zh": f"今天单次消费在{most['zh']}以内都无法升至上一等级。",
    }


def drop(tier: Words, on: date) -> Words:
    """Say when the tier is lost if nothing is bought."""
    return {
        "en": f"Without a purchase it falls to {tier['en']} on {on}.",
        "zh": f"若不再购买，将于{on}降为{tier['zh']}。",
    }


def kept(until: date) -> Words:
    """Say that the tier is not lost as far as was looked."""
    return {
        "en": f"Without a purchase it is kept at least until {until}.",
        "zh": f"即使不再购买，至少保留到{until}。",
    }
