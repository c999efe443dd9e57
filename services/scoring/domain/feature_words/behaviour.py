"""Words for the features of how somebody buys and what else they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.scoring.domain.feature_words.telling import FeatureWords, telling
from services.scoring.domain.why.figures import Kind


def _acts(name: str, en: str, zh: str) -> dict[str, FeatureWords]:
    return {
        f"{name}_28d": telling(
            (f"{en.capitalize()} in 28 days", f"近28天{zh}"),
            Kind.TIMES,
            (f"{en} in the last 28 days: {{}}", f"近28天{zh}{{}}"),
        ),
        f"{name}_decayed_45d": telling(
            (f"{en.capitalize()}, 45 days back counting half", f"加权{zh}（45天前减半）"),
            Kind.PLAIN,
            (
                f"recent {en} come to {{}}, where 45 days back counts half",
                f"近期加权{zh}{{}}次（45天前的按一半计）",
            ),
            is_weighted=True,
        ),
    }


BEHAVIOUR: Final[Mapping[str, FeatureWords]] = {
    "margin": telling(("Margin", "毛利"), Kind.MONEY, ("brought a margin of {}", "带来毛利{}")),
    "margin_share": telling(
        ("Margin share", "毛利率"), Kind.PERCENT, ("the margin is {} of sales", "毛利率{}")
    ),
    "discount_share": telling(
        ("Discount share", "折扣占比"),
        Kind.PERCENT,
        ("discounts are {} of the list price", "折扣占原价的{}"),
    ),
    "discount_share_91d": telling(
        ("Discount share in 91 days", "近91天折扣占比"),
        Kind.PERCENT,
        ("discounts in the last 91 days are {} of the list price", "近91天折扣占原价的{}"),
    ),
    "quantity_per_order_day": telling(
        ("Pieces at a time", "每次购买件数"),
        Kind.PLAIN,
        ("pieces bought at a time: {}", "每次购买{}件"),
    ),
    "online_share": telling(
        ("Bought online", "线上购买占比"),
        Kind.PERCENT,
        ("places {} of orders online", "{}的订单来自线上"),
    ),
    "channel_mix": telling(
        ("Shop and online mixed", "线上线下混合度"),
        Kind.PERCENT,
        ("mixes shop and online by {}", "线上线下混合度{}"),
    ),
    "trend_91d": telling(
        ("Change of spending", "消费变化"),
        Kind.PLAIN,
        (
            "spending of the last 91 days against the 91 before, from -1 to 1: {}",
            "近91天消费与此前91天相比（-1到1）为{}",
        ),
    ),
    "gap_spread": telling(
        ("Spread of gaps", "购买间隔波动"),
        Kind.DAYS,
        ("gaps between purchases differ by about {}", "购买间隔上下相差约{}"),
        fewest_order_days=3,
    ),
    "regularity": telling(
        ("Regularity", "规律性"),
        Kind.PERCENT,
        ("buys with a regularity of {}", "购买规律性{}"),
        fewest_order_days=3,
    ),
    "browsing_days_28d": telling(
        ("Days of browsing in 28 days", "近28天浏览天数"),
        Kind.ON_DAYS,
        ("looked around {} of the last 28", "近28天有{}浏览"),
    ),
    "days_since_browsing": telling(
        ("Last browsing", "上次浏览"), Kind.AGO, ("last looked around {}", "上次浏览是{}")
    ),
    "cart_to_order": telling(
        ("Carts that became orders", "加购后购买占比"),
        Kind.PERCENT,
        ("buys after {} of filled carts", "{}的加购之后会购买"),
    ),
    "browse_to_buy": telling(
        ("From browsing to buying", "从浏览到购买的时间"),
        Kind.DAYS,
        ("looks around for {} before buying", "从浏览到购买平均{}"),
    ),
    "unbrowsed_share": telling(
        ("Bought without browsing", "未浏览直接购买占比"),
        Kind.PERCENT,
        ("buys {} of the time without looking around first", "{}的购买之前没有浏览"),
    ),
    "feedback": telling(
        ("Feedback given", "反馈次数"),
        Kind.TIMES,
        ("gave feedback {}", "给过{}反馈"),
    ).or_none("gave no feedback", "没有给过反馈"),
    "complaints": telling(
        ("Complaints", "投诉次数"),
        Kind.TIMES,
        ("complained {}", "投诉{}"),
    ).or_none("did not complain", "没有投诉"),
    "referrals": telling(
        ("Referrals", "推荐次数"),
        Kind.TIMES,
        ("recommended the shop {}", "推荐过{}"),
    ).or_none("did not recommend the shop", "没有推荐过"),
    **_acts("views", "product views", "浏览商品"),
    **_acts("carts", "things put in the cart", "加购"),
    **_acts("searches", "searches", "搜索"),
    **_acts("checkouts", "checkouts begun", "开始结账"),
    **_acts("social", "social contacts", "社交互动"),
}
