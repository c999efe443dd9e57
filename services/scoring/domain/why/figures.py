"""Figures as people say them, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

Words = Mapping[str, str]

_DAYS_A_MONTH: Final = 365.25 / 12
# From here on the hundredths of an amount tell a reader nothing.
_WHOLE_FROM: Final = 100
_FORECAST_WHOLE_FROM: Final = 10
#: Currencies that have an everyday name in Chinese.
_CHINESE: Final[Words] = {
    "CNY": "元",
    "EUR": "欧元",
    "GBP": "英镑",
    "HKD": "港元",
    "JPY": "日元",
    "KRW": "韩元",
    "SGD": "新加坡元",
    "TWD": "新台币",
    "USD": "美元",
}


@dataclass(frozen=True, slots=True)
class Currency:
    """The shop's currency; `code=None` before its first receipt.

    `is_season_free`: the model reads money with its season taken out, and a sentence says so.
    """

    code: str | None
    minor_per_unit: int
    is_season_free: bool = False

    def said(self, minor: float) -> Words:
        """Say an amount of minor units: 'CNY 1,234', '1,234元'."""
        units = minor / self.minor_per_unit
        whole = units == round(units) or abs(units) >= _WHOLE_FROM or self.minor_per_unit == 1
        number = f"{round(units):,}" if whole else f"{units:,.2f}"
        if self.code is None:
            return {"en": number, "zh": number}
        return {
            "en": f"{self.code} {number}",
            "zh": f"{number}{_CHINESE.get(self.code, f' {self.code}')}",
        }

    def about(self, minor: float) -> Words:
        """Say a forecast: without the small change that would feign exactness."""
        is_small = abs(minor) < _FORECAST_WHOLE_FROM * self.minor_per_unit
        return self.said(
            minor if is_small else round(minor / self.minor_per_unit) * self.minor_per_unit
        )


def number(value: float) -> str:
    """Write a count or an average with at most one decimal."""
    return f"{round(value):,}" if abs(value) >= _WHOLE_FROM else f"{value:.1f}".removesuffix(".0")


def _counted(value: float, one: str, many: str) -> str:
    written = number(value)
    return f"{written} {one if written == '1' else many}"


def _days(value: float, _: Currency) -> Words:
    return {"en": _counted(value, "day", "days"), "zh": f"{number(value)}天"}


def _ago(value: float, _: Currency) -> Words:
    # A date is scored with all its facts, as if the next one had begun: today lies 1 day back.
    if value == 0:
        return {"en": "never", "zh": "从未"}
    if value <= 1:
        return {"en": "today", "zh": "今天"}
    return {"en": f"{_counted(value - 1, 'day', 'days')} ago", "zh": f"{number(value - 1)}天前"}


def _every(value: float, _: Currency) -> Words:
    return {"en": f"every {_counted(value, 'day', 'days')}", "zh": f"每{number(value)}天"}


def _on_days(value: float, _: Currency) -> Words:
    if value == 0:
        return {"en": "on no day", "zh": "0天"}
    return {"en": f"on {_counted(value, 'day', 'days')}", "zh": f"{number(value)}天"}


def _times(value: float, _: Currency) -> Words:
    said = {"0": "not at all", "1": "once", "2": "twice"}
    written = number(value)
    return {"en": said.get(written, f"{written} times"), "zh": f"{written}次"}


def _count(value: float, _: Currency) -> Words:
    return {"en": number(value), "zh": f"{number(value)}次"}


def _fold(value: float, _: Currency) -> Words:
    return {"en": f"{number(value)} times", "zh": f"{number(value)}倍"}


def _percent(value: float, _: Currency) -> Words:
    return {"en": f"{number(100 * value)} %", "zh": f"{number(100 * value)}%"}


def _plain(value: float, _: Currency) -> Words:
    return {language: f"{value:.2f}".rstrip("0").removesuffix(".") for language in ("en", "zh")}


def _money(value: float, currency: Currency) -> Words:
    return currency.said(value)


def _monthly_money(value: float, currency: Currency) -> Words:
    return currency.said(value * _DAYS_A_MONTH)


def _monthly_times(value: float, currency: Currency) -> Words:
    return _times(value * _DAYS_A_MONTH, currency)


Speaker = Callable[[float, Currency], Words]


class Kind(Enum):
    """How a feature's figure is said."""

    DAYS = (_days,)
    AGO = (_ago,)
    EVERY = (_every,)
    ON_DAYS = (_on_days,)
    TIMES = (_times,)
    COUNT = (_count,)
    FOLD = (_fold,)
    PERCENT = (_percent,)
    PLAIN = (_plain,)
    MONEY = (_money,)
    MONTHLY_MONEY = (_monthly_money,)
    MONTHLY_TIMES = (_monthly_times,)

    @property
    def is_money(self) -> bool:
        """Say whether the figure is an amount."""
        return self in {Kind.MONEY, Kind.MONTHLY_MONEY}

    def said(self, value: float, currency: Currency) -> Words:
        """Say a figure in both languages."""
        speaker: Speaker = self.value[0]
        return speaker(value, currency)
