"""The words of a status answer: which rule decided, and what is missing, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.scoring.domain.why.figures import Words

_METRICS: Final[Mapping[str, Words]] = {
    "spend": {"en": "spent", "zh": "消费额"},
    "margin": {"en": "margin", "zh": "毛利"},
    "orders": {"en": "orders", "zh": "订单数"},
    "quantity": {"en": "items", "zh": "商品件数"},
    "days": {"en": "days with an order", "zh": "购物天数"},
}
_PERIODS: Final[Mapping[str, Words]] = {
    "year": {"en": "this year", "zh": "本年度内"},
    "half": {"en": "this half-year", "zh": "本半年内"},
    "quarter": {"en": "this quarter", "zh": "本季度内"},
    "month": {"en": "this month", "zh": "本月内"},
}
UNKNOWN_CUSTOMER: Final = ("unknown_customer", {"en": "Not known yet", "zh": "尚无该顾客的记录"})
NOT_IN_FORCE: Final = (
    "not_in_force",
    {"en": "The programme is not in force yet", "zh": "该计划尚未生效"},
)
_CAUSES: Final[Mapping[str, Words]] = {
    "entered": {"en": "Starts in {tier}", "zh": "起始等级为{tier}"},
    "qualified": {"en": "Reached {tier}: {rule} {window}", "zh": "{window}达到{rule}，升为{tier}"},
    "refreshed": {
        "en": "Keeps {tier}: {rule} needed {window}{has}",
        "zh": "{tier}顺延：{window}需{rule}{has}",
    },
    "review_kept": {
        "en": "Kept {tier} at the review: {keep}",
        "zh": "评审时满足{keep}，保留{tier}",
    },
    "review_lowered": {
        "en": "Lowered to {tier} at the review",
        "zh": "评审时未满足保级条件，降为{tier}",
    },
    "grace": {"en": "{tier} is kept during a time of grace", "zh": "宽限期内保留{tier}"},
    "pinned": {"en": "{tier} was set by hand", "zh": "{tier}由人工设定"},
    "pin_ended": {
        "en": "{tier}: what was set by hand has ended",
        "zh": "人工设定已结束，等级为{tier}",
    },
    "granted": {"en": "{tier} was granted", "zh": "{tier}为授予等级"},
    "grant_ended": {"en": "{tier}: what was granted has ended", "zh": "授予已结束，等级为{tier}"},
    "clawback": {
        "en": "{tier} after a return: what was returned no longer counts",
        "zh": "退货后所退部分不再计入，等级为{tier}",
    },
    "window": {
        "en": "{tier}: follows what was bought {window}",
        "zh": "{tier}：依据{window}的消费",
    },
    "version": {"en": "{tier} by a new version of the rules", "zh": "依据新版规则，等级为{tier}"},
}


_GRANTS: Final[Mapping[str, Words]] = {
    "paid": {"en": "a paid membership", "zh": "付费会员"},
    "invited": {"en": "an invitation", "zh": "受邀"},
    "imported": {"en": "a status brought along", "zh": "迁入的等级"},
}

_AWAITED: Final[Mapping[str, Words]] = {
    "next_order": {
        "en": "Has what {tier} asks; it begins with the next order",
        "zh": "已达到{tier}标准，下次购买时生效",
    },
    "period_end": {
        "en": "Has what {tier} asks; it begins when the period ends",
        "zh": "已达到{tier}标准，本周期结束时生效",
    },
}


def metric_words(metric: str, named: Mapping[str, Words], currency: str) -> Words:
    """Give what a metric is called."""
    if metric in named:
        return named[metric]
    if metric in {"spend", "margin"}:
        plain = _METRICS[metric]
        return {"en": f"{currency} {plain['en']}", "zh": f"{plain['zh']}({currency})"}
    return _METRICS.get(metric) or {"en": metric, "zh": metric}


def grant_words(kind: str) -> Words:
    """Say which grant a rule asks for."""
    return _GRANTS.get(kind) or {"en": kind, "zh": kind}


def window_words(window: Mapping[str, Any]) -> Words:
    """Say over which time a programme counts."""
    match window["kind"]:
        case "rolling" if "months" in window:
            count, unit = window["months"], ("month", "个月")
        case "rolling":
            count, unit = window["days"], ("day", "天")
        case "calendar":
            return _PERIODS[window["unit"]]
        case "anniversary":
            return {"en": "this membership year", "zh": "本会员年度内"}
        case _:
            return {"en": "so far", "zh": "累计"}
    plural = unit[0] if count == 1 else f"{count} {unit[0]}s"
    return {"en": f"in the last {plural}", "zh": f"最近{count}{unit[1]}内"}


def has_words(amount: str | None) -> Words:
    """Say how much somebody has, where it is known."""
    if amount is None:
        return {"en": "", "zh": ""}
    grouped = f"{Decimal(amount):,}"
    return {"en": f", has {grouped}", "zh": f"，现有 {grouped}"}


def cause_words(code: str, **parts: Words) -> Words:
    """Say why the tier is what it is; an unknown code names the tier only."""
    said = _CAUSES.get(code, {"en": "{tier}", "zh": "{tier}"})
    return {
        language: said[language].format(**{name: part[language] for name, part in parts.items()})
        for language in ("en", "zh")
    }


@dataclass(frozen=True, slots=True)
class Way:
    """How far somebody is in one metric on the way to a tier, or to keeping it until a day."""

    tier: Words
    have: str
    need: str
    metric: Words
    by_day: str | None


def way_words(way: Way, window: Words) -> Words:
    """Say how far somebody is."""
    until, bis = (f" by {way.by_day}", f"，截至{way.by_day}") if way.by_day else ("", "")
    so_far = f"{way.have} of {way.need} {way.metric['en']} {window['en']}"
    return {
        "en": f"{so_far} for {way.tier['en']}{until}",
        "zh": f"{way.tier['zh']}：{window['zh']}{way.metric['zh']} {way.have}/{way.need}{bis}",
    }


def asks_grant_words(tier: Words, kind: str) -> Words:
    """Say which grant a tier asks for."""
    grant = grant_words(kind)
    return {"en": f"{tier['en']} asks for {grant['en']}", "zh": f"{tier['zh']}需要{grant['zh']}"}


def awaited_words(tier: Words, begins: str) -> Words:
    """Say that somebody has what a tier asks, and what it waits for."""
    return {
        language: _AWAITED[begins][language].format(tier=tier[language])
        for language in ("en", "zh")
    }


def rule_words(every: Sequence[Words], one_of: Sequence[Words]) -> Words:
    """Say what a rule asks for, from the words of its parts."""
    some = [_joined(one_of, " or ", "或")] if one_of else []
    return _joined([*every, *some], " and ", "且")


def _joined(parts: Sequence[Words], english: str, chinese: str) -> Words:
    return {
        "en": english.join(part["en"] for part in parts),
        "zh": chinese.join(part["zh"] for part in parts),
    }
