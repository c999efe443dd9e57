"""Every KPI that is rolled up; its statements are in queries/kpis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.feedback.domain.kpis.definition import Better, By, Kind, Kpi, Unit

_SAID: Final = (By.TIER, By.CHANNEL)
_HELD: Final = (By.TIER,)

_SATISFACTION: Final = (
    Kpi(
        key="csat",
        name={"en": "Satisfaction (CSAT)", "zh": "满意度（CSAT）"},
        words={
            "en": "Share of csat answers that are 4 or 5, by the day they were said.",
            "zh": "满意度评分中 4 分和 5 分所占的比例，按评价当日计。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="csat answers of 4 or 5",
        denominator="csat answers",
        cuts=_SAID,
        is_live=True,
        high=1.0,
    ),
    Kpi(
        key="nps",
        name={"en": "Net promoter score", "zh": "净推荐值（NPS）"},
        words={
            "en": "Promoters (9-10) less detractors (0-6), in points of 100 answers.",
            "zh": "推荐者（9-10 分）减去贬损者（0-6 分）占全部回答的百分点。",
        },
        unit=Unit.SCORE,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="promoters less detractors",
        denominator="nps answers",
        cuts=_SAID,
        factor=100.0,
        is_live=True,
        low=-100.0,
        high=100.0,
    ),
    Kpi(
        key="ces",
        name={"en": "Ease (CES)", "zh": "轻松度（CES）"},
        words={
            "en": "Mean of ces answers, 1 (hard) to 7 (easy).",
            "zh": "轻松度评分的平均值，1 分（困难）至 7 分（轻松）。",
        },
        unit=Unit.SCORE,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="sum of ces ratings",
        denominator="ces answers",
        cuts=_SAID,
        is_live=True,
        low=1.0,
        high=7.0,
    ),
    Kpi(
        key="first_response_time",
        name={"en": "First response time", "zh": "首次响应时间"},
        words={
            "en": "Median of the service minutes from opening a case to its first answer, by the"
            " day it was answered; tier held when it was said.",
            "zh": "从立案到首次答复的服务时间（分钟）中位数，按答复当日计；等级为反馈时所持等级。",
        },
        unit=Unit.MINUTES,
        better=Better.DOWN,
        kind=Kind.FLOW,
        numerator="sum of service minutes",
        denominator="cases answered for the first time",
        cuts=_SAID,
        is_median=True,
        is_live=True,
    ),
    Kpi(
        key="survey_response_rate",
        name={"en": "Survey response rate", "zh": "问卷回复率"},
        words={
            "en": "Share of survey invitations that were answered, by the day of the invitation;"
            " late answers raise the share of that day.",
            "zh": "已答复的问卷邀请比例，按邀请当日计；之后的答复计入邀请当日。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="invitations that were answered",
        denominator="invitations",
        cuts=_HELD,
        is_live=True,
        high=1.0,
    ),
    Kpi(
        key="offer_acceptance",
        name={"en": "Offers accepted", "zh": "优惠接受率"},
        words={
            "en": "Share of responses to offers that accept, by the day of the response.",
            "zh": "对优惠的回应中表示接受的比例，按回应当日计。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="responses that accept",
        denominator="responses: accepted, declined, ignored",
        cuts=_HELD,
        is_live=True,
        high=1.0,
    ),
)
_TRADE: Final = (
    Kpi(
        key="new_customers",
        name={"en": "New customers", "zh": "新客数"},
        words={
            "en": "Customers whose first purchase of all was on that day.",
            "zh": "当日完成首次购买的客户数。",
        },
        unit=Unit.COUNT,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="customers with their first purchase",
        denominator=None,
        is_total=True,
        is_live=True,
    ),
    Kpi(
        key="net_spend",
        name={"en": "Net spend", "zh": "净消费额"},
        words={
            "en": "What known customers spent, returns taken off on their own day.",
            "zh": "已识别客户的消费额，退货在退货当日扣减。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="net spend",
        denominator=None,
        cuts=_HELD,
        is_total=True,
        is_live=True,
    ),
    Kpi(
        key="aov",
        name={"en": "Average order value", "zh": "客单价"},
        words={
            "en": "Net of sales before returns, over the number of sales, of known customers.",
            "zh": "已识别客户的销售净额（退货前）除以销售笔数。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        kind=Kind.FLOW,
        numerator="sales, returns not taken off",
        denominator="sales",
        cuts=_HELD,
        is_live=True,
    ),
    Kpi(
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
        kind=Kind.LEVEL,
        numerator="net spend of 90 days",
        denominator="net spend of 90 days, 365 days before",
        cuts=_HELD,
        window_days=90,
        less=1.0,
        low=-1.0,
        high=100.0,
    ),
)
_LOYALTY: Final = (
    Kpi(
        key="repeat_rate",
        name={"en": "Repeat rate", "zh": "复购率"},
        words={
            "en": "Of the customers who bought in the 365 days up to a date, the share with at"
            " least two sales in them.",
            "zh": "截至当日 365 天内有购买的客户中，购买两次及以上者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.LEVEL,
        numerator="customers with two sales or more in 365 days",
        denominator="customers with a sale in 365 days",
        cuts=_HELD,
        window_days=365,
        high=1.0,
    ),
    Kpi(
        key="retention",
        name={"en": "Retention", "zh": "留存率"},
        words={
            "en": "Of the customers who bought in the 365 days before the last 365, the share who"
            " bought in the last 365 too.",
            "zh": "在前一个 365 天内有购买的客户中，最近 365 天内仍有购买者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.LEVEL,
        numerator="customers with a sale in both",
        denominator="customers with a sale 366 to 730 days back",
        cuts=_HELD,
        window_days=730,
        high=1.0,
    ),
    Kpi(
        key="churn_rate",
        name={"en": "Churn rate", "zh": "流失率"},
        words={
            "en": "Of the customers who bought in the 90 days before the last 90, the share who"
            " bought nothing in the last 90.",
            "zh": "在前一个 90 天内有购买的客户中，最近 90 天内没有购买者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.DOWN,
        kind=Kind.LEVEL,
        numerator="customers without a sale since",
        denominator="customers with a sale 91 to 180 days back",
        cuts=_HELD,
        window_days=180,
        high=1.0,
    ),
    Kpi(
        key="referral_rate",
        name={"en": "Referral rate", "zh": "推荐率"},
        words={
            "en": "Customers who referred somebody in the 90 days up to a date, over the customers"
            " who bought in them.",
            "zh": "截至当日 90 天内推荐过他人的客户数与同期有购买的客户数之比。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.LEVEL,
        numerator="customers with a referral in 90 days",
        denominator="customers with a sale in 90 days",
        cuts=_HELD,
        window_days=90,
        high=10.0,
    ),
)
_TIERS: Final = (
    Kpi(
        key="tier_distribution",
        name={"en": "Tier distribution", "zh": "等级分布"},
        words={
            "en": "Of the customers with a tier of the programme at the end of a date, the share"
            " in this one.",
            "zh": "当日结束时拥有该方案等级的客户中，处于该等级者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        kind=Kind.LEVEL,
        numerator="customers in the tier",
        denominator="customers with a tier of the programme",
        cuts=_HELD,
        high=1.0,
    ),
    Kpi(
        key="tier_upgrades",
        name={"en": "Moved up a tier", "zh": "升级比例"},
        words={
            "en": "Of the customers with a tier 30 days before and on a date, the share who hold a"
            " higher one on it.",
            "zh": "30 天前与当日均有等级的客户中，当日等级更高者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        kind=Kind.LEVEL,
        numerator="customers who hold a higher tier",
        denominator="customers with a tier on both dates",
        cuts=(By.PROGRAMME,),
        window_days=30,
        high=1.0,
    ),
    Kpi(
        key="tier_downgrades",
        name={"en": "Moved down a tier", "zh": "降级比例"},
        words={
            "en": "Of the customers with a tier 30 days before and on a date, the share who hold a"
            " lower one on it.",
            "zh": "30 天前与当日均有等级的客户中，当日等级更低者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.DOWN,
        kind=Kind.LEVEL,
        numerator="customers who hold a lower tier",
        denominator="customers with a tier on both dates",
        cuts=(By.PROGRAMME,),
        window_days=30,
        high=1.0,
    ),
    Kpi(
        key="tier_migration",
        name={"en": "Tier migration", "zh": "等级迁移"},
        words={
            "en": "Of the customers in the first tier of `move:<programme>:<from>:<to>` 30 days"
            " before, and in any on the date, the share in the second on the date.",
            "zh": "30 天前处于起始等级且当日仍有等级的客户中，当日处于目标等级者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        kind=Kind.LEVEL,
        numerator="customers in the second tier",
        denominator="customers in the first tier 30 days before",
        cuts=(By.MOVE,),
        window_days=30,
        high=1.0,
    ),
    Kpi(
        key="value_share_of_top_tier",
        name={"en": "Value share of the top tier", "zh": "最高等级的消费占比"},
        words={
            "en": "Net spend of 365 days by those who hold the programme's top tier on a date,"
            " over that of all known customers.",
            "zh": "当日持有最高等级的客户 365 天净消费额占全部已识别客户的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        kind=Kind.LEVEL,
        numerator="net spend of 365 days of the top tier",
        denominator="net spend of 365 days of all",
        cuts=(By.PROGRAMME,),
        window_days=365,
        high=1.0,
    ),
    Kpi(
        key="cost_to_serve",
        name={"en": "Cost to serve", "zh": "服务成本"},
        words={
            "en": "What interactions, completed tasks and benefits of 90 days cost, over the"
            " customers who bought in 365 days; both of those who hold the tier on the date. Costs"
            " in another currency than the shop's are left out.",
            "zh": "90 天内互动、已完成任务和权益的成本，除以 365 天内有购买的客户数；均为当日持有该"
            "等级的客户。非本店币种的成本不计。",
        },
        unit=Unit.MONEY,
        better=Better.DOWN,
        kind=Kind.LEVEL,
        numerator="costs of 90 days",
        denominator="customers with a sale in 365 days",
        cuts=_HELD,
        window_days=90,
    ),
    Kpi(
        key="return_per_customer",
        name={"en": "Return per customer", "zh": "客均回报"},
        words={
            "en": "Net spend of 90 days less the goods' cost and less the cost to serve, over the"
            " customers who bought in 365 days; both of those who hold the tier on the date.",
            "zh": "90 天净消费额减去商品成本和服务成本，除以 365 天内有购买的客户数；均为当日持有该"
            "等级的客户。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        kind=Kind.LEVEL,
        numerator="margin of 90 days less costs of 90 days",
        denominator="customers with a sale in 365 days",
        cuts=_HELD,
        window_days=90,
        low=-1e15,
    ),
)
DEFINITIONS: Final = (*_SATISFACTION, *_TRADE, *_LOYALTY, *_TIERS)
BY_KEY: Final[Mapping[str, Kpi]] = {kpi.key: kpi for kpi in DEFINITIONS}
