"""How a model stands, said so that a shopkeeper understands it, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.scoring.domain.features import FEATURES
from services.scoring.domain.life.drift import Realised, Status

Words = Mapping[str, str]
_MOST_NAMED: Final = 3
_GROUP_OF: Final = {feature.name: feature.group for feature in FEATURES}
_MOVED: Final[Mapping[str, tuple[str, str]]] = {
    "recency": ("how recently they bought", "最近一次购买的时间"),
    "frequency": ("how often they buy", "购买频率"),
    "amount": ("how much they spend", "消费金额"),
    "trend": ("what they bought in the last weeks", "最近几周的购买"),
    "rhythm": ("the rhythm of their purchases", "购买节奏"),
    "returns": ("what they give back", "退货情况"),
    "breadth": ("how much they buy at a time", "每次购买的品类"),
    "engagement": ("how they look around", "浏览互动"),
    "feedback": ("what they say", "反馈"),
}
_SCORE: Final = ("how their scores are spread", "评分的分布")

NO_MODEL: Final[Words] = {
    "en": "There is no value model yet: train one first.",
    "zh": "尚无价值模型：请先训练一个模型。",
}
TOO_EARLY: Final[Words] = {
    "en": "It is too early to say whether the model still fits: there are too few recent buyers"
    " to compare.",
    "zh": "现在判断模型是否仍然适用还为时过早：可供比较的近期顾客太少。",
}

_NOT_COMPARED: Final[Words] = {
    "en": "Too few customers bought of late to compare them with the days the model learnt.",
    "zh": "近期有购买的顾客太少，无法与模型学习时期比较。",
}


def sentence_of(
    status: Status, moved: Sequence[str] | None, whole: Realised | None, partial: Realised | None
) -> Words:
    """Say how a model stands; `moved` names what has drifted, the furthest first.

    None: too few buy to compare customers with the days the model learnt from.
    """
    if status is Status.NO_MODEL:
        return NO_MODEL
    if status is Status.TOO_EARLY:
        return TOO_EARLY
    parts = (_opening(status, moved), _realised(whole, partial), _advice(status))
    return {language: "".join(part[language] for part in parts) for language in ("en", "zh")}


def _opening(status: Status, moved: Sequence[str] | None) -> Words:
    if moved is None:
        return _NOT_COMPARED
    english, chinese = _named(moved)
    if status is Status.STEADY:
        return {
            "en": "The model still fits: customers buy as on the days it learnt from.",
            "zh": "模型仍然适用：顾客的购买行为与其学习时期一致。",
        }
    if not moved:
        return {
            "en": "Customers look as on the days the model learnt, but what they spend differs"
            " from what it predicted.",
            "zh": "顾客的购买行为与模型学习时期一致，但实际消费与预测不符。",
        }
    if status is Status.ALARM:
        return {
            "en": f"Customers now buy differently from the days the model learnt: {english}.",
            "zh": f"顾客现在的购买行为与模型学习时期不同：{chinese}。",
        }
    return {
        "en": f"Customers begin to buy differently from the days the model learnt: {english}.",
        "zh": f"顾客的购买行为开始偏离模型学习时期：{chinese}。",
    }


def _named(moved: Sequence[str]) -> tuple[str, str]:
    found = list(dict.fromkeys(_words_of(name) for name in moved))[:_MOST_NAMED]
    return ", ".join(english for english, _ in found), "、".join(chinese for _, chinese in found)


def _words_of(name: str) -> tuple[str, str]:
    group = _GROUP_OF.get(name)
    return _SCORE if group is None else _MOVED[group]


def _realised(whole: Realised | None, partial: Realised | None) -> Words:
    """Tell what came of the predictions, of the whole horizon where there is one."""
    found = whole or partial
    if found is None:
        return {
            "en": " Whether its predictions come true cannot be seen yet.",
            "zh": "预测是否兑现尚待观察。",
        }
    spent = round(100 * found.ratio)
    if found.is_partial:
        return {
            "en": f" After {found.days} of {found.horizon_days} days customers have spent {spent}"
            " for every 100 predicted until now.",
            "zh": f"预测期{found.horizon_days}天中已过{found.days}天，"
            f"至今每预测100，实际消费{spent}。",
        }
    return {
        "en": f" Customers spent {spent} for every 100 predicted over {found.horizon_days} days.",
        "zh": f"在{found.horizon_days}天内，每预测100，顾客实际消费{spent}。",
    }


def _advice(status: Status) -> Words:
    match status:
        case Status.ALARM:
            return {
                "en": " Train a new model and compare it with this one.",
                "zh": "请训练新模型并与现有模型比较。",
            }
        case Status.WATCH:
            return {"en": " Keep an eye on it.", "zh": "请持续关注。"}
        case _:
            return {"en": "", "zh": ""}
