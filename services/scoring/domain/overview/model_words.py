"""The model in force in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

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
class InShort:
    """A model: its version, the day it learnt up to, and its Gini beside the best naive rule's."""

    version: str
    trained_until: date
    gini: float | None
    best_rule: tuple[str, float] | None


def in_short(version: str, manifest: Mapping[str, Any]) -> InShort:
    """Read a model's manifest; the best naive rule is the one with the highest Gini."""
    metrics = manifest.get("metrics", {})
    named = ((rule, metrics.get(f"gini_{rule}")) for rule in ("decayed", "past_spend"))
    rules = [(rule, float(gini)) for rule, gini in named if gini is not None]
    until = date.fromisoformat(str(manifest["trained_until"])[:10])
    best = max(rules, key=lambda each: each[1], default=None)
    return InShort(version, until, metrics.get("gini"), best)


_RULES: Final[Mapping[str, Words]] = {
    "decayed": {"en": "decayed spend", "zh": "衰减消费额"},
    "past_spend": {"en": "past spend", "zh": "历史消费额"},
}


def sentence(model: InShort | None, drift: str | None) -> Words:
    """Say version, when it was trained, how right it was beside the best naive rule, and drift."""
    if model is None:
        return NO_MODEL
    day = model.trained_until.isoformat()
    parts = [
        {
            "en": f"Model {model.version} learnt from everything before {day}.",
            "zh": f"模型 {model.version}，使用 {day} 之前的全部数据训练。",
        },
        *([_measured(model)] if model.gini is not None else []),
        *([_DRIFT[drift]] if drift is not None and drift in _DRIFT else []),
    ]
    return {"en": " ".join(each["en"] for each in parts), "zh": "".join(e["zh"] for e in parts)}


def _measured(model: InShort) -> Words:
    en = f"On dates it had not seen its Gini was {model.gini:.3f}"
    zh = f"在未见过的日期上基尼系数为 {model.gini:.3f}"
    if model.best_rule is None:
        return {"en": f"{en}.", "zh": f"{zh}。"}
    key, gini = model.best_rule
    rule = _RULES[key]
    return {
        "en": f"{en}; the best naive rule, {rule['en']}, had {gini:.3f}.",
        "zh": f"{zh}；最佳简单规则（{rule['zh']}）为 {gini:.3f}。",
    }
