"""KPIs of tiers: who is in them, who moves, what they bring and cost."""

from __future__ import annotations

from typing import Final

from services.feedback.domain.kpis.definition import Better, By, Unit, level

_NO_TIERS_THEN: Final = {
    "en": "Nobody had a tier 30 days before.",
    "zh": "30 天前还没有客户持有等级。",
}
TIERS: Final = (
    level(
        key="tier_distribution",
        name={"en": "Tier distribution", "zh": "等级分布"},
        words={
            "en": "Of the customers with a tier of the programme at the end of a date, the share"
            " in this one.",
            "zh": "当日结束时拥有该方案等级的客户中，处于该等级者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        numerator="customers in the tier",
        denominator="customers with a tier of the programme",
        cuts=(By.TIER,),
        high=1.0,
    ),
    level(
        key="tier_upgrades",
        name={"en": "Moved up a tier", "zh": "升级比例"},
        words={
            "en": "Of the customers with a tier 30 days before and on a date, the share who hold a"
            " higher one on it.",
            "zh": "30 天前与当日均有等级的客户中，当日等级更高者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="customers who hold a higher tier",
        denominator="customers with a tier on both dates",
        cuts=(By.PROGRAMME,),
        window_days=30,
        lacks=_NO_TIERS_THEN,
        high=1.0,
    ),
    level(
        key="tier_downgrades",
        name={"en": "Moved down a tier", "zh": "降级比例"},
        words={
            "en": "Of the customers with a tier 30 days before and on a date, the share who hold a"
            " lower one on it.",
            "zh": "30 天前与当日均有等级的客户中，当日等级更低者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.DOWN,
        numerator="customers who hold a lower tier",
        denominator="customers with a tier on both dates",
        cuts=(By.PROGRAMME,),
        window_days=30,
        lacks=_NO_TIERS_THEN,
        high=1.0,
    ),
    level(
        key="tier_migration",
        name={"en": "Tier migration", "zh": "等级迁移"},
        words={
            "en": "Of the customers in the first tier of `move:<programme>:<from>:<to>` 30 days"
            " before, and in any on the date, the share in the second on the date.",
            "zh": "30 天前处于起始等级且当日仍有等级的客户中，当日处于目标等级者的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        numerator="customers in the second tier",
        denominator="customers in the first tier 30 days before",
        cuts=(By.MOVE,),
        window_days=30,
        lacks=_NO_TIERS_THEN,
        high=1.0,
    ),
    level(
        key="value_share_of_top_tier",
        name={"en": "Value share of the top tier", "zh": "最高等级的消费占比"},
        words={
            "en": "Net spend of 365 days by those who hold the programme's top tier on a date,"
            " over that of all known customers.",
            "zh": "当日持有最高等级的客户 365 天净消费额占全部已识别客户的比例。",
        },
        unit=Unit.SHARE,
        better=Better.NEITHER,
        numerator="net spend of 365 days of the top tier",
        denominator="net spend of 365 days of all",
        cuts=(By.PROGRAMME,),
        window_days=365,
        high=1.0,
    ),
    level(
        key="cost_to_serve",
        name={"en": "Cost to serve", "zh": "服务成本"},
        words={
            "en": "What interactions, completed tasks and benefits of 90 days cost, over the"
            " customers who bought in 365 days; both of those who hold the tier on the date. Costs"
            " in another currency than the shop's are left out. No value while the shop notes no"
            " costs.",
            "zh": "90 天内互动、已完成任务和权益的成本，除以 365 天内有购买的客户数；均为当日持有该"
            "等级的客户。非本店币种的成本不计。未记录任何成本时无值。",
        },
        unit=Unit.MONEY,
        better=Better.DOWN,
        numerator="costs of 90 days",
        denominator="customers with a sale in 365 days",
        cuts=(By.TIER,),
        window_days=90,
        lacks={
            "en": "No costs were noted in these 90 days, or nobody here bought within the year.",
            "zh": "这 90 天内未记录任何成本，或一年内无人购买。",
        },
    ),
    level(
        key="return_per_customer",
        name={"en": "Return per customer", "zh": "客均回报"},
        words={
            "en": "Net spend of 90 days less the goods' cost and less the cost to serve, over the"
            " customers who bought in 365 days; both of those who hold the tier on the date. Costs"
            " that nobody noted are not taken off.",
            "zh": "90 天净消费额减去商品成本和服务成本，除以 365 天内有购买的客户数；均为当日持有该"
            "等级的客户。未记录的成本不扣减。",
        },
        unit=Unit.MONEY,
        better=Better.UP,
        numerator="margin of 90 days less costs of 90 days",
        denominator="customers with a sale in 365 days",
        cuts=(By.TIER,),
        window_days=90,
        low=-1e15,
    ),
)
