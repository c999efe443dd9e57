"""Figures of a made-up shop for decks; tests state only what matters."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.console.accounts.person import Language
from services.console.decks.care_data import (
    CaseFigures,
    Effort,
    Finding,
    Lost,
    Review,
    Survey,
    Theme,
    Trial,
    Voices,
    WinBack,
)
from services.console.decks.data import (
    Aim,
    Base,
    Concentration,
    Contender,
    DeckData,
    Definition,
    Group,
    Kpi,
    Model,
    Point,
    Programme,
    Segment,
    Source,
    Tier,
)
from services.console.decks.voice import Voice
from services.console.decks.words import Words
from services.console.visiting.formats import Formats

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
NAMES: Final = {
    "csat": Words("Satisfaction (CSAT)", "满意度（CSAT）"),
    "net_spend": Words("Net spend", "净消费额"),
    "repeat_rate": Words("Repeat rate", "复购率"),
    "tier_distribution": Words("Tier distribution", "等级分布"),
    "value_share_of_top_tier": Words("Value share of the top tier", "最高等级的消费占比"),
    "tier_upgrades": Words("Moved up a tier", "升级比例"),
    "tier_downgrades": Words("Moved down a tier", "降级比例"),
    "spend_growth": Words("Spend growth", "消费增长率"),
    "return_per_customer": Words("Return per customer", "客均回报"),
}
_MONEY: Final = frozenset({"net_spend", "return_per_customer", "aov"})
PROGRAMME: Final = Programme(
    "value",
    Words("Customer value", "客户价值"),
    3,
    (
        Tier("low", 0, Words("Standard", "普通")),
        Tier("mid", 1, Words("Mid value", "中等价值")),
        Tier("high", 2, Words("High value", "高价值")),
    ),
)
MODEL: Final = Model(
    version="2026-11-01-1",
    cutoff=date(2026, 10, 4),
    until=LAST,
    customers=1954,
    contenders=(
        Contender(
            Words("Tierline", "Tierline 模型"), 0.67, 0.91, 0.93, tuple(i / 100 for i in range(101))
        ),
        Contender(Words("Decayed spend", "衰减消费额"), 0.58, 0.89, 0.92),
    ),
    drift=Words("The model still fits.", "模型仍然适用。"),
)


def voice_in(language: Language = Language.ENGLISH, currency: str | None = "CNY") -> Voice:
    return Voice(Formats(language, SHANGHAI), currency)


def make_kpi(key: str, value: float | None = 0.5, **changes: Any) -> Kpi:
    name = NAMES.get(key, Words(key, key))
    unit = "money" if key in _MONEY else "share"
    kpi = Kpi(key=key, name=name, slice="all", unit=unit, better="up", value=value)
    return replace(kpi, **changes)


def of_tiers(key: str, *values: float | None, **changes: Any) -> tuple[Kpi, ...]:
    """Make a KPI of each tier, from the entry up."""
    slices = [f"tier:value:{tier.key}" for tier in PROGRAMME.tiers]
    pairs = zip(slices, values, strict=False)
    return tuple(make_kpi(key, value, slice=each, **changes) for each, value in pairs)


def held(*customers: int) -> tuple[Kpi, ...]:
    """Make the tier distribution of so many customers, from the entry up."""
    total = sum(customers) or 1
    made = of_tiers("tier_distribution", *(n / total for n in customers))
    return tuple(replace(kpi, numerator=n) for kpi, n in zip(made, customers, strict=True))


def make_data(**changes: Any) -> DeckData:
    data = DeckData(FIRST, LAST, datetime(2026, 11, 1, 1, tzinfo=UTC), "CNY", PROGRAMME)
    return replace(data, **changes)


def full_data(**changes: Any) -> DeckData:
    """Give a shop that has something to show on every slide."""
    definitions = tuple(
        Definition(key, name, Words(f"What {key} is.", f"{key} 的定义。"), "a", "b")
        for key, name in NAMES.items()
    )
    data = make_data(definitions=definitions, **_of_kpis(), **_of_base(), **_of_care())
    return replace(data, **changes)


def _of_kpis() -> dict[str, Any]:
    aim = Aim("2026", 0.85, "Li Wei", 0.7, "behind")
    points = (Point(date(2026, 9, 1), 90_000.0), Point(date(2026, 10, 1), 120_000.0))
    rates = (Point(date(2026, 9, 1), 0.4), Point(date(2026, 10, 1), None))
    return {
        "kpis": (
            make_kpi("csat", 0.7, previous=0.65, aim=aim),
            make_kpi("net_spend", 120_000.0, previous=100_000.0, points=points),
            make_kpi("repeat_rate", 0.41, previous=0.4, points=rates),
            make_kpi("value_share_of_top_tier", 0.8, better="neither"),
            make_kpi("tier_upgrades", 0.05),
            make_kpi("tier_downgrades", 0.02, better="down"),
            make_kpi("spend_growth", 0.12),
            make_kpi("return_per_customer", 88.5),
        ),
        "tier_kpis": (
            *held(1200, 500, 300),
            *of_tiers("csat", 0.6, 0.7, 0.8, denominator=40),
            *(
                replace(
                    kpi, points=tuple(replace(p, value=(p.value or 0.0) * part) for p in points)
                )
                for kpi, part in zip(
                    of_tiers("net_spend", 20_000.0, 40_000.0, 60_000.0),
                    (0.1, 0.3, 0.5),
                    strict=True,
                )
            ),
            *of_tiers("spend_growth", -0.1, 0.05, 0.4),
            *of_tiers("return_per_customer", 12.0, 60.0, 410.5),
        ),
        "moves": (make_kpi("tier_migration", 0.9, slice="move:value:low:low"),),
    }


def _of_base() -> dict[str, Any]:
    heard = datetime(2026, 10, 31, 12, tzinfo=UTC)
    return {
        "base": Base(
            tiers=tuple(
                Group(tier.key, tier.name, customers, worth)
                for tier, customers, worth in zip(
                    PROGRAMME.tiers, (1200, 500, 300), (5e3, 25e3, 90e3), strict=True
                )
            ),
            lifecycles=(Group("active", None, 900, 1e5), Group("churned", None, 100, 0.0)),
            value=Concentration(tuple((i / 100, min(1.0, i / 40)) for i in range(101)), 0.62),
        ),
        "segments": (Segment("regulars", Words("Regulars", "常客"), 120, 0.06),),
        "sources": (
            Source("pos", "A", 9000, 3, {"customer": 0.76, "cost": None}, 0.24, heard, False),
            Source("web", "C", 500, 40, {"customer": 1.0, "cost": 0.5}, 0.0, None, True),
        ),
        "model": MODEL,
    }


def _of_care() -> dict[str, Any]:
    call = Words("Does the call pay?", "回访值得吗？")
    shown = Words("Calls bring 12.00 more.", "回访多带来 12.00。")
    unused = Finding(
        Words("Tea is unused.", "茶无人使用。"), Words("End it.", "停用。"), "open", None
    )
    return {
        "cases": (CaseFigures(None, 40, 30, 20, 0.9, 35.0, 600.0),),
        "surveys": (Survey(Words("Autumn visit", "秋季到访"), 120, 52, 19.2, 3.8),),
        "voices": Voices((Theme("csat", 40, 4), Theme("complaint", 10, 10)), is_all=True),
        "win_back": WinBack((Lost("at_risk", 4326.57),), is_all=True),
        "efforts": (Effort("offer", Words("A coffee on us", "请您喝一杯"), 60, 20, 180.0),),
        "trials": (Trial(call, "running", "higher", shown, "CNY", 12.0, 3.0, 21.0),),
        "review": Review("2026-Q3", (unused,), 2),
    }
