"""KPIs of what customers buy, and of whether they come again."""

from __future__ import annotations

from typing import Final

from services.feedback.domain.kpis.definition import Better, By, Unit, flow, level

TRADE: Final = (
    flow(
        key="new_customers",
        name={"en": "New customers", "zh": "新客数"},
        words={
            "en": "Customers whose first purchase of all was on that day.",
            "zh": "当日完成首次购买的客户数。",
        },
        unit=Unit.COUNT,
        better=Better.UP,
        numerator="customers with their first purchase",
        denominator=None,
        is_total=True,
    ),
    flow(
        key="net_spend",
        name={"en": "Net spend", "zh": "净消费额"},
        words={
            "en": "What known customers spent, returns taken off on their own day.",
            "zh": "已识别客户的消费额，退货在退货当日扣减。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        numerator="net spend",
        denominator=None,
        cuts=(By.TIER,),
        is_total=True,
    ),
    flow(
        key="aov",
        name={"en": "Average order value", "zh": "客单价"},
        words={
            "en": "Net of sales before returns, over the number of sales, of known customers.",
            "zh": "已识别客户的销售净额（退货前）除以销售笔数。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        numerator="sales, returns not taken off",
        denominator="sales",
        cuts=(By.TIER,),
    ),
    level(
        key="spend_growth",
        name={"en": "Spend growth", "zh": "消费增长率"},
        words={
            "en": "Net spend of the 90 days up to a date over that of the same 90 days 365 days"
            " before, less 1; of a tier: of those who hold it on the date. No value while the shop"
            " has no full 90 days then.",
            "zh": "截至当日的 90 天净消费额与 365 天前同期 90 天相比的增长率；按等级时为当日持有该"
            "等级的客户。历史不足时无值。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="net spend of 90 days",
        denominator="net spend of 90 days, 365 days before",
        cuts=(By.TIER,),
        window_days=90,
        less=1.0,
        lacks={
            "en": "The shop has no full 90 days a year before, or nothing was spent in them.",
            "zh": "一年前没有完整的 90 天历史，或当时没有消费。",
        },
        low=-1.0,
        high=100.0,
    ),
)
LOYALTY: Final = (
    level(
        key="repeat_rate",
        name={"en": "Repeat rate", "zh": "复购率"},
        words={
            "en": "Of the customers who bought in the 365 days up to a date, the share with at"
            " least two sales in them.",
            "zh": "截至当日 365 天内有购买的客户中，购买两次及以上者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="customers with two sales or more in 365 days",
        denominator="customers with a sale in 365 days",
        cuts=(By.TIER,),
        window_days=365,
        high=1.0,
    ),
    level(
        key="retention",
        name={"en": "Retention", "zh": "留存率"},
        words={
            "en": "Of the customers who bought in the 365 days before the last 365, the share who"
            " bought in the last 365 too.",
            "zh": "在前一个 365 天内有购买的客户中，最近 365 天内仍有购买者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="customers with a sale in both",
        denominator="customers with a sale 366 to 730 days back",
        cuts=(By.TIER,),
        window_days=730,
        high=1.0,
    ),
    level(
        key="churn_rate",
        name={"en": "Churn rate", "zh": "流失率"},
        words={
            "en": "Of the customers who bought in the 90 days before the last 90, the share who"
            " bought nothing in the last 90.",
            "zh": "在前一个 90 天内有购买的客户中，最近 90 天内没有购买者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.DOWN,
        numerator="customers without a sale since",
        denominator="customers with a sale 91 to 180 days back",
        cuts=(By.TIER,),
        window_days=180,
        high=1.0,
    ),
    level(
        key="referral_rate",
        name={"en": "Referral rate", "zh": "推荐率"},
        words={
            "en": "Customers who referred somebody in the 90 days up to a date, over the customers"
            " who bought in them.",
            "zh": "截至当日 90 天内推荐过他人的客户数与同期有购买的客户数之比。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="customers with a referral in 90 days",
        denominator="customers with a sale in 90 days",
        cuts=(By.TIER,),
        window_days=90,
        high=10.0,
    ),
)
