"""The words of one feature, and how its figure is told beside the typical customer's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from services.scoring.domain.why.figures import Currency, Kind, Words

_NOTHING: Final[Words] = {"en": "", "zh": ""}
_NEITHER: Final[Words] = {"en": "; nor did the typical customer", "zh": "，一般顾客也没有"}
_SEASON_ASIDE: Final[Words] = {"en": ", the season taken out", "zh": "（已扣除季节影响）"}


@dataclass(frozen=True, slots=True)
class Past:
    """How much there is to tell from: days with a purchase, and days since the first of them."""

    order_days: float
    days: float


@dataclass(frozen=True, slots=True)
class FeatureWords:
    """A feature's label, and its sentence with a gap for the figure; `none` is said of nothing.

    Below `fewest_order_days` days with a purchase, or `fewest_days` since the first, the figure
    is not defined yet; a weighted figure is nobody's everyday number, so a plainer one is told
    where there is one.
    """

    label: Words
    kind: Kind
    told: Words
    fewest_order_days: int = 0
    is_weighted: bool = False
    fewest_days: int = 0
    none: Words | None = None

    def is_defined(self, past: Past) -> bool:
        """Say whether the figure means something after such a past."""
        return past.order_days >= self.fewest_order_days and past.days >= self.fewest_days

    def or_none(self, english: str, chinese: str) -> FeatureWords:
        """Give the same words with what is said of nothing."""
        return replace(self, none={"en": english, "zh": chinese})

    def after(self, days: int) -> FeatureWords:
        """Give the same words, defined so many days after the first purchase."""
        return replace(self, fewest_days=days)

    def sentence(self, value: float, typical: float | None, currency: Currency) -> Words:
        """Tell the customer's figure and the typical customer's."""
        if value == 0 and self.none is not None:
            return self._nothing(self.none, typical, currency)
        said = self.kind.said(value, currency)
        aside = _SEASON_ASIDE if currency.is_season_free and self.kind.is_money else _NOTHING
        beside = self._beside(typical, currency)
        return {
            language: self.told[language].format(said[language])
            + aside[language]
            + beside[language]
            for language in ("en", "zh")
        }

    def _nothing(self, none: Words, typical: float | None, currency: Currency) -> Words:
        beside = _NEITHER if typical == 0 else self._beside(typical, currency)
        return {language: none[language] + beside[language] for language in ("en", "zh")}

    def _beside(self, typical: float | None, currency: Currency) -> Words:
        if typical is None:
            return _NOTHING
        if self.fewest_order_days and typical == 0:
            return {
                "en": "; the typical customer has bought too seldom to tell",
                "zh": "，一般顾客购买次数太少，无从得知",
            }
        said = self.kind.said(typical, currency)
        return {"en": f"; the typical customer {said['en']}", "zh": f"，一般顾客{said['zh']}"}


def telling(
    label: tuple[str, str],
    kind: Kind,
    told: tuple[str, str],
    *,
    fewest_order_days: int = 0,
    is_weighted: bool = False,
) -> FeatureWords:
    """Make words of (English, Chinese) pairs."""
    return FeatureWords(
        {"en": label[0], "zh": label[1]},
        kind,
        {"en": told[0], "zh": told[1]},
        fewest_order_days,
        is_weighted,
    )
