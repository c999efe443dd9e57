"""The model in force in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.scoring.domain.life.gate import STEADY_BIAS, Lead

Words = Mapping[str, str]
NO_MODEL: Final[Words] = {
    "en": "There is no value model in force yet: train one first.",
    "zh": "尚无生效的价值模型：请先训练一个模型。",
}
_DRIFT: Final[Mapping[str, Words]] = {
    "steady": {"en": "It still fits.", "zh": "目前仍然适用。"},
    "watch": {"en": "Customers begin to buy differently: keep an eye on it.",
              "zh": "顾客的购买行为开始变化，请留意。"},
    "alarm": {"en": "Customers buy differently now: train a new one.",
              "zh": "顾客的购买行为已经不同，请训练新模型。"},
    "too_early": {"en": "It is too early to say whether it still fits.",
                  "zh": "是否仍然适用，现在判断为时过早。"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Method:
    """Another way to order customers, and how far the model's Gini is ahead of its."""

    name: Words
    gini: float
    lead: Lead | None = None

    @property
    def is_ahead(self) -> bool:
        """Tell whether the model is behind it by more than chance explains."""
        return self.lead is not None and self.lead.high < 0


@dataclass(frozen=True, slots=True)
class InShort:
    """A model: its version, the day it learnt up to, its Gini beside the best other method's.

    `bias`: what it expected in total over what was then spent.
    """

    version: str
    trained_until: date
    gini: float | None
    best_other: Method | None = None
    bias: float | None = None

    @property
    def is_level_held(self) -> bool | None:
        """Tell whether as much was spent as expected, as closely as the gate asks for."""
        if self.bias is None:
            return None
        return STEADY_BIAS[0] <= self.bias <= STEADY_BIAS[1]

    @property
    def spent_per_expected(self) -> float | None:
        """Tell what was spent for each 1 expected."""
        return 1 / self.bias if self.bias else None


def best_of(methods: Iterable[Method]) -> Method | None:
    """Choose the method with the highest Gini, whichever it is."""
    return max(methods, key=lambda each: each.gini, default=None)


def sentence(model: InShort | None, drift: str | None) -> Words:
    """Say when it was trained, how right it was beside the best other method, and drift."""
    if model is None:
        return NO_MODEL
    day = model.trained_until.isoformat()
    parts = [
        {
            "en": f"Model {model.version} learnt from everything before {day}.",
            "zh": f"模型 {model.version}，使用 {day} 之前的全部数据训练。",
        },
        *([_measured(model)] if model.gini is not None else []),
        *_fit(model, drift),
    ]
    return {"en": " ".join(each["en"] for each in parts), "zh": "".join(e["zh"] for e in parts)}


def _measured(model: InShort) -> Words:
    en = f"On dates it had not seen its Gini was {model.gini:.3f}"
    zh = f"在未见过的日期上基尼系数为 {model.gini:.3f}"
    best = model.best_other
    if best is None:
        return {"en": f"{en}.", "zh": f"{zh}。"}
    stands = _standing(best)
    return {
        "en": f"{en}; the best other method, {best.name['en']}, had {best.gini:.3f}{stands['en']}.",
        "zh": f"{zh}；其他方法中最佳的{best.name['zh']}为 {best.gini:.3f}{stands['zh']}。",
    }


def _standing(best: Method) -> Words:
    """Say whether chance explains the difference; a model that is behind is told by how far."""
    if best.lead is None:
        return {"en": "", "zh": ""}
    if best.is_ahead:
        gini, ends = f"{-best.lead.gini:.3f}", (f"{-best.lead.high:.3f}", f"{-best.lead.low:.3f}")
        return {
            "en": f": the model is behind it by {gini}, beyond chance ({ends[0]} to {ends[1]})",
            "zh": f"：模型落后 {gini}（{ends[0]} 至 {ends[1]}），并非偶然",
        }
    if best.lead.low > 0:
        return {"en": ": the model is ahead beyond chance", "zh": "：模型领先，并非偶然"}
    return {"en": ": no difference beyond chance", "zh": "：差异可能出于偶然"}


def _fit(model: InShort, drift: str | None) -> list[Words]:
    """Say whether it still fits; never without how far off the level was, where it was."""
    known = [_DRIFT[drift]] if drift is not None and drift in _DRIFT else []
    spent = model.spent_per_expected
    if model.is_level_held is not False or spent is None:
        return known
    percent = round(abs(spent - 1) * 100)
    en = f"{percent} % {'more' if spent > 1 else 'less'} was spent than it expected."
    zh = f"实际消费比预期{'高' if spent > 1 else '低'} {percent}%。"
    if drift == "steady":
        return [{"en": f"It still fits, but {en}", "zh": f"目前仍然适用，但{zh}"}]
    return [{"en": f"In all, {en}", "zh": zh}, *known]
