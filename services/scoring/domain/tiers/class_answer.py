"""Say why a customer is in a class: the conditions of its rule that hold, in words."""

from __future__ import annotations

from typing import Final

from services.scoring.domain.conditions.tree import (
    By,
    Condition,
    Lifecycle,
    Metric,
    Op,
    Rank,
    Window,
)
from services.scoring.domain.conditions.vocabulary import METRICS, Unit
from services.scoring.domain.tiers.answer import AnswerPrinter, Named, Wording
from services.scoring.domain.tiers.classes import Board, ClassProgramme
from services.scoring.domain.tiers.words import percent
from services.scoring.domain.why.figures import Words

_MOST_GROUNDS: Final = 2
_METRICS: Final[dict[str, tuple[str, str]]] = {
    "score": ("expected spending", "预期消费"),
    "spend": ("spending", "消费金额"),
    "margin": ("margin", "毛利"),
    "orders": ("orders", "订单数"),
    "quantity": ("goods bought", "购买件数"),
    "days": ("days with an order", "下单天数"),
    "returns": ("returns", "退货数"),
    "categories": ("categories", "品类数"),
}
_STAGES: Final[dict[str, tuple[str, str]]] = {
    "prospect": ("has not bought yet", "尚未购买"),
    "new": ("new", "新客"),
    "active": ("active", "活跃"),
    "at_risk": ("at risk", "有流失风险"),
    "churned": ("churned", "已流失"),
    "reactivated": ("come back", "已回流"),
}


class ClassPrinter(AnswerPrinter):
    """Prints stored answers of a release whose classes are conditions."""

    __slots__ = ("_board",)

    def __init__(self, programme: ClassProgramme, release: Named, board: Board | None) -> None:
        """Take the programme, the release every answer names, and its conditions."""
        super().__init__(programme, release)
        self._board = board

    # typing.override comes with Python 3.12, and domains import nothing else
    def _rule_reasons(self, wording: Wording) -> list[tuple[str, Words]]:  # type: ignore[explicit-override]
        name = self._programme.tiers[wording.rank].name
        if wording.rank == 0:
            text: Words = {"en": "In none of the classes above", "zh": "不符合以上任何分级"}
            return [("class_rule", text)]
        told = [] if self._board is None else [self._board.asked[each] for each in wording.grounds]
        words = [text for text in map(ground_words, told) if text is not None][:_MOST_GROUNDS]
        en = "; ".join(text["en"] for text in words) or f"Meets the rule of {name['en']}"
        zh = "；".join(text["zh"] for text in words) or f"符合{name['zh']}的规则"
        if wording.is_kept:
            return [("class_kept", {"en": f"Keeps the class: {en}", "zh": f"保留分级：{zh}"})]
        return [("class_rule", {"en": en, "zh": zh})]


def ground_words(leaf: Condition) -> Words | None:
    """Say what one condition found; None where it has no short words."""
    match leaf:
        case Rank():
            en, zh = _METRICS.get(leaf.of, (leaf.of, leaf.of))
            share, (of_en, of_zh) = percent(leaf.top / 10_000), _window(leaf.window)
            if leaf.by is By.VALUE:
                return {
                    "en": f"Among those who bring the first {share} % of {en}{of_en}",
                    "zh": f"{of_zh}{zh}累计占比位于前{share}%",
                }
            return {
                "en": f"Among the top {share} % by {en}{of_en}",
                "zh": f"{of_zh}{zh}位列前{share}%",
            }
        case Metric() if METRICS[leaf.name][1] is Unit.COUNT and leaf.comparison.op is Op.GTE:
            en, zh = _METRICS.get(leaf.name, (leaf.name, leaf.name))
            of_en, of_zh = _window(leaf.window)
            least = leaf.comparison.value
            return {"en": f"At least {least} {en}{of_en}", "zh": f"{of_zh}{zh}不少于{least}"}
        case Lifecycle(stages):
            named = [_STAGES[stage] for stage in stages]
            return {
                "en": "Stage of life: " + " or ".join(en for en, _ in named),
                "zh": "生命周期：" + "或".join(zh for _, zh in named),
            }
        case _:
            return None


def _window(window: Window) -> tuple[str, str]:
    if window.last_days is None:
        return "", ""
    return f" of the last {window.last_days} days", f"近{window.last_days}天"
