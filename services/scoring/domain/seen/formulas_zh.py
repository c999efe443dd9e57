"""Every feature's formula in Chinese; the English one stands in the table of features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.scoring.domain.features import HALF_LIVES, WINDOWS
from services.scoring.domain.features.behaviour_table import ACTS, BEHAVIOUR_HALF_LIFE, RECENT_DAYS
from services.scoring.domain.seen.habits import DAYPARTS, EARLY_DAYS

_ACT_WORDS: Final = ("浏览", "加购", "搜索", "结账", "社交互动")
_AGE: Final = "年龄 = t - 当日"

_PURCHASES: Final[Mapping[str, str]] = {
    "recency": "t - 最近购买日；从未购买：t - 店铺首日",
    "tenure": "t - 首次购买日，不超过 t - 店铺首日",
    "order_days": "有订单的天数",
    "net": "净额之和，退货计入退货当日",
    "mean_order_day": "销售额之和 / 订单天数",
    "max_order_day": "单日最高销售额",
    "span": "最近购买日 - 首次购买日",
    "gap": "span / (订单天数 - 1)",
    "recency_over_gap": "recency / gap",
    "order_rate": "订单天数 / tenure",
    "net_rate": "net / tenure",
    "spread_order_day": "sqrt((单日销售额 - mean_order_day)^2 的均值)",
    "last_order_day": "最近购买日的销售额",
    "last_gap": "最近购买日 - 前一购买日",
    "returns": "退货次数",
    "returns_net": "退款之和",
    "returns_share": "returns_net / 销售额之和",
    "lines_per_order_day": "订单日的小票行数 / 订单天数",
    **{f"net_{days}d": f"t 之前{days}天的净额之和" for days in WINDOWS},
    **{f"orders_{days}d": f"t 之前{days}天有订单的天数" for days in WINDOWS},
    **{f"net_decayed_{half}d": f"净额 × 2^(-年龄 / {half}) 之和，{_AGE}" for half in HALF_LIVES},
    **{
        f"orders_decayed_{half}d": f"各订单日 2^(-年龄 / {half}) 之和，{_AGE}"
        for half in HALF_LIVES
    },
}
_BEHAVIOUR: Final[Mapping[str, str]] = {
    "margin": "成本已知之日的(净额 - 成本)之和",
    "margin_share": "margin / 同样日期的净额之和",
    "discount_share": "折扣之和 / 折前金额之和",
    "discount_share_91d": "同上，t 之前91天",
    "quantity_per_order_day": "件数之和 / 订单天数",
    "online_share": "p = 网站、应用或社交渠道的订单 / 全部订单",
    "channel_mix": "4p(1 - p)：0为单一渠道，1为各半",
    "trend_91d": "(a - b) / (|a| + |b|)：a = net_91d，b = 再往前91天的净额",
    "gap_spread": "sqrt((购买间隔 - gap)^2 的均值)，至少三个订单日",
    "regularity": "gap / (gap + gap_spread)，至少三个订单日：1为完全规律",
    **{
        f"{act}_{RECENT_DAYS}d": f"t 之前{RECENT_DAYS}天的{words}次数"
        for act, words in zip(ACTS, _ACT_WORDS, strict=True)
    },
    **{
        f"{act}_decayed_{BEHAVIOUR_HALF_LIFE}d": (
            f"{words}次数 × 2^(-年龄 / {BEHAVIOUR_HALF_LIFE}) 之和，{_AGE}"
        )
        for act, words in zip(ACTS, _ACT_WORDS, strict=True)
    },
    "browsing_days_28d": "t 之前28天内有浏览、加购、搜索或结账的天数（不统计会话，以此代替）",
    "days_since_browsing": "t - 最近浏览日，至少为1；从未浏览：0",
    "cart_to_order": "加购后7天内（含当日）有订单的加购天数 / 加购天数",
    "browse_to_buy": "订单日 - 上一订单日之后首个浏览日，取均值；没有浏览的订单日不计",
    "unbrowsed_share": "上一订单日之后没有浏览的订单天数 / 订单天数；从未浏览：0",
    "feedback": "反馈次数",
    "complaints": "投诉次数",
    "referrals": "推荐次数",
}
_HABITS: Final[Mapping[str, str]] = {
    "skus": "不同商品数",
    "categories": "不同品类数",
    "top_category_share": "最大品类的销售额 / 各品类销售额之和",
    "category_concentration": "(品类销售额 / 各品类销售额之和)^2 之和：1为集中于一个品类",
    **{
        f"{part}_share": f"门店当地时间{hour:02d}:00至{hour + 5:02d}:59的订单 / 全部订单"
        for part, hour in DAYPARTS.items()
    },
    "weekend_share": "门店当地时间周六或周日的订单 / 全部订单",
    "favourite_hour": "订单最多的钟点（0至23），并列时取最早",
    "early_share": f"商品在店铺首次售出后{EARLY_DAYS}天内购买的行数 / 首次售出日已知的商品行数",
}
FORMULAS_ZH: Final[Mapping[str, str]] = {**_PURCHASES, **_BEHAVIOUR, **_HABITS}
