"""Words for the features of what somebody bought; a day with a purchase is a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.scoring.domain.feature_words.telling import FeatureWords, telling
from services.scoring.domain.why.figures import Kind

#: A shorter past would be told as a month that never was: one purchase today as 30 a month.
_RATE_DAYS: Final = 30
_NO_RETURNS: Final = ("gave nothing back", "没有退货")


def window_words(window: int) -> dict[str, FeatureWords]:
    """Name the sums over the last days."""
    return {
        f"net_{window}d": telling(
            (f"Spent in {window} days", f"近{window}天消费"),
            Kind.MONEY,
            (f"spent {{}} in the last {window} days", f"近{window}天消费{{}}"),
        ),
        f"orders_{window}d": telling(
            (f"Purchases in {window} days", f"近{window}天购买次数"),
            Kind.TIMES,
            (f"bought {{}} in the last {window} days", f"近{window}天购买{{}}"),
        ).or_none(f"did not buy in the last {window} days", f"近{window}天没有购买"),
    }


def decayed_words(half_life: int) -> dict[str, FeatureWords]:
    """Name the sums in which the past fades."""
    return {
        f"net_decayed_{half_life}d": telling(
            (
                f"Spending, {half_life} days back counting half",
                f"加权消费（{half_life}天前减半）",
            ),
            Kind.MONEY,
            (
                f"recent spending comes to {{}}, where {half_life} days back counts half",
                f"近期加权消费{{}}（{half_life}天前的按一半计）",
            ),
            is_weighted=True,
        ),
        f"orders_decayed_{half_life}d": telling(
            (
                f"Purchases, {half_life} days back counting half",
                f"加权购买次数（{half_life}天前减半）",
            ),
            Kind.COUNT,
            (
                f"recent purchases come to {{}}, where {half_life} days back counts half",
                f"近期加权购买{{}}（{half_life}天前的按一半计）",
            ),
            is_weighted=True,
        ),
    }


PURCHASES: Final[Mapping[str, FeatureWords]] = {
    "recency": telling(("Last purchase", "上次购买"), Kind.AGO, ("last bought {}", "上次购买是{}")),
    "tenure": telling(
        ("First purchase", "首次购买"), Kind.AGO, ("first bought {}", "首次购买是{}")
    ),
    "order_days": telling(
        ("Purchases", "购买次数"), Kind.TIMES, ("bought {} in all", "累计购买{}")
    ),
    "net": telling(("Spent in all", "累计消费"), Kind.MONEY, ("spent {} in all", "累计消费{}")),
    "mean_order_day": telling(
        ("Spent at a time", "平均每次消费"),
        Kind.MONEY,
        ("spends {} at a time on average", "平均每次消费{}"),
    ),
    "max_order_day": telling(
        ("Largest purchase", "最大一次消费"),
        Kind.MONEY,
        ("the largest purchase was {}", "最大一次消费{}"),
    ),
    "span": telling(
        ("From the first to the last purchase", "首次到末次购买的时间"),
        Kind.DAYS,
        ("first and last purchase lie {} apart", "首次与末次购买相隔{}"),
        fewest_order_days=2,
    ),
    "gap": telling(
        ("Usual gap between purchases", "平均购买间隔"),
        Kind.EVERY,
        ("buys {} on average", "平均{}购买一次"),
        fewest_order_days=2,
    ),
    "recency_over_gap": telling(
        ("Present pause over the usual gap", "当前间隔与平均间隔之比"),
        Kind.FOLD,
        (
            "the pause since the last purchase is {} the usual gap",
            "距上次购买的时间是平均间隔的{}",
        ),
        fewest_order_days=2,
    ),
    "order_rate": telling(
        ("Purchases a month", "平均每月购买次数"),
        Kind.MONTHLY_TIMES,
        ("has bought {} a month since the first purchase", "首次购买以来平均每月购买{}"),
        fewest_order_days=2,
    ).after(_RATE_DAYS),
    "net_rate": telling(
        ("Spent a month", "平均每月消费"),
        Kind.MONTHLY_MONEY,
        ("has spent {} a month since the first purchase", "首次购买以来平均每月消费{}"),
        fewest_order_days=2,
    ).after(_RATE_DAYS),
    "spread_order_day": telling(
        ("Spread of purchases", "消费金额波动"),
        Kind.MONEY,
        ("purchases differ by about {}", "每次消费金额上下相差约{}"),
        fewest_order_days=2,
    ),
    "last_order_day": telling(
        ("Latest purchase", "最近一次消费"),
        Kind.MONEY,
        ("the latest purchase was {}", "最近一次消费{}"),
    ),
    "last_gap": telling(
        ("Gap before the latest purchase", "最近两次购买的间隔"),
        Kind.DAYS,
        ("the latest two purchases lie {} apart", "最近两次购买相隔{}"),
        fewest_order_days=2,
    ),
    "returns": telling(
        ("Returns", "退货次数"),
        Kind.TIMES,
        ("gave goods back {}", "退货{}"),
    ).or_none(*_NO_RETURNS),
    "returns_net": telling(
        ("Goods given back", "退货金额"),
        Kind.MONEY,
        ("gave back goods worth {}", "退货金额{}"),
    ).or_none(*_NO_RETURNS),
    "returns_share": telling(
        ("Share given back", "退货占比"),
        Kind.PERCENT,
        ("gave back {} of what was bought", "退货占消费的{}"),
    ).or_none(*_NO_RETURNS),
    "lines_per_order_day": telling(
        ("Products at a time", "每次购买的商品种数"),
        Kind.PLAIN,
        ("products bought at a time: {}", "每次购买商品{}种"),
    ),
}
