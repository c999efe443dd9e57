"""Why a KPI has no value: what is not there, not known yet, or still to come."""

from __future__ import annotations

from typing import Final

from services.feedback.domain.kpis.definition import Kind, Kpi, Text
from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.kpis.report import Known

FUTURE: Final[Text] = {"en": "These dates are still to come.", "zh": "这些日期尚未到来。"}
NEVER: Final[Text] = {
    "en": "Nothing was rolled up yet: the worker does it seconds after the first purchases or"
    " answers are there, then every night; POST /v1/kpis/rebuild asks for it.",
    "zh": "尚未汇总：有了首批购买或反馈后，后台会在数秒内汇总，之后每晚汇总；也可调用"
    " POST /v1/kpis/rebuild。",
}
SLOW: Final[Text] = {
    "en": "Today's rows are too many to be counted just now: ask again, or up to yesterday.",
    "zh": "今天的记录过多，暂时无法即时统计：请稍后再试，或查询截至昨天的数据。",
}
NOTHING: Final[Text] = {
    "en": "Nobody and nothing of this kind in these dates.",
    "zh": "这些日期内没有此类客户或记录。",
}


def why_empty(kpi: Kpi, dates: Period, known: Known) -> Text:
    """Say in both languages why a KPI has no value over some dates."""
    if dates.first > known.today:
        return FUTURE
    if kpi.is_live and dates.first == known.today:
        return NOTHING if known.is_today_counted else SLOW
    if known.rolled_up_to is None:
        return NEVER
    is_of_last_night = kpi.kind is Kind.LEVEL and dates.has(known.today)
    is_known = known.counts(dates.first) or is_of_last_night
    return (kpi.lacks or NOTHING) if is_known else _late(known)


def _late(known: Known) -> Text:
    return {
        "en": f"These dates are not rolled up yet: nights are known up to {known.rolled_up_to}.",
        "zh": f"这些日期尚未汇总：目前已汇总至 {known.rolled_up_to}。",
    }
