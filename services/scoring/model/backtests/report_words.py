"""What the report says, in English and Chinese."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from services.scoring.model.evaluation import Accuracy
from services.scoring.model.learning.plan import HORIZON_DAYS
from shared.contracts.common import LocalText

CONTENDERS: Final = {
    "tierline": LocalText(en="Tierline", zh="Tierline 模型"),
    "decayed": LocalText(en="Decayed spend", zh="衰减消费额"),
    "past": LocalText(en="Past spend", zh="历史消费额"),
    "rfm": LocalText(en="RFM quintile sum", zh="RFM 五分位总分"),
    "btyd": LocalText(en="BG/NBD + Gamma-Gamma", zh="BG/NBD + Gamma-Gamma 概率模型"),
}
DIMENSIONS: Final = {
    "orders": LocalText(en="Days with an order", zh="购买天数"),
    "recency": LocalText(en="Last order", zh="最近购买"),
    "tenure": LocalText(en="Customer for", zh="成为顾客时长"),
    "returns": LocalText(en="Returns", zh="退货"),
    "size": LocalText(en="Typical order", zh="客单价"),
    "channel": LocalText(en="Channel", zh="渠道"),
}
_SEGMENTS: Final = {
    ("orders", "none"): ("returns only", "仅有退货"),
    ("orders", "one"): ("one", "1 天"),
    ("orders", "two_three"): ("2 to 3", "2–3 天"),
    ("orders", "four_more"): ("4 or more", "4 天及以上"),
    ("recency", "30"): ("up to 30 days ago", "30 天内"),
    ("recency", "90"): ("31 to 90 days ago", "31–90 天前"),
    ("recency", "180"): ("91 to 180 days ago", "91–180 天前"),
    ("recency", "older"): ("longer ago", "更久以前"),
    ("tenure", "90"): ("up to 90 days", "90 天以内"),
    ("tenure", "365"): ("91 to 365 days", "91–365 天"),
    ("tenure", "older"): ("longer", "一年以上"),
    ("returns", "none"): ("none", "无退货"),
    ("returns", "some"): ("some", "有退货"),
    ("size", "small"): ("smallest third", "最低三分之一"),
    ("size", "middle"): ("middle third", "中间三分之一"),
    ("size", "large"): ("largest third", "最高三分之一"),
    ("channel", "offline"): ("store only", "仅线下"),
    ("channel", "online"): ("online only", "仅线上"),
    ("channel", "both"): ("both", "线上线下"),
}
FLAGS: Final = {
    "behind_decayed": LocalText(en="behind decayed", zh="落后衰减消费额"),
    "money_off": LocalText(en="money off", zh="金额偏差大"),
    "range_off": LocalText(en="range off", zh="区间覆盖偏离"),
}
#: What training says of the horizon (model/learning/horizon.py), by a part of its sentence.
_HORIZONS: Final = (
    ("asked", "按所要求的期限"),
    ("a third of", "取历史长度的三分之一"),
    ("gaps", "依据顾客的购买间隔"),
    ("ordered twice", "无人重复购买，取一个季度"),
    ("customers bought in", "更短期限内的购买者太少"),
)
KINDS: Final = {
    "rehearsal": LocalText(en="Rehearsal at training", zh="训练时预演"),
    "backtest": LocalText(en="Backtest", zh="回测"),
    "realised": LocalText(en="What came true", zh="实际兑现"),
}
MODELS: Final = {
    "additive": LocalText(en="additive curves", zh="可加曲线模型"),
    "decayed_spend": LocalText(en="decayed spend alone", zh="仅衰减消费额"),
}


def contender(key: str, measured_name: str | None) -> LocalText:
    """Name a score; a name with its own figures (a half-life) keeps them."""
    known = CONTENDERS.get(key)
    if known is None:
        name = measured_name or key
        return LocalText(en=name, zh=name)
    detail = (measured_name or "").partition("(")[2].rstrip(")")
    if not detail:
        return known
    return LocalText(en=f"{known.en} ({detail})", zh=f"{known.zh}（{detail}）")


def segment(dimension: str, name: str) -> LocalText:
    """Name a segment."""
    en, zh = _SEGMENTS[dimension, name]
    return LocalText(en=en, zh=zh)


def headline(ours: Accuracy, decayed: Accuracy | None) -> LocalText:
    """Say in one sentence how right the model was."""
    if not (math.isfinite(ours.cap20) and math.isfinite(ours.hit20)):
        return LocalText(
            en="Nobody bought in this window, so accuracy cannot be measured.",
            zh="此期间无人购买，无法衡量准确度。",
        )
    held, had = (f"{share * 100:.0f} %" for share in (ours.cap20, ours.hit20))
    en = (
        f"The top 20 % we named then spent {held} of all; of the customers who became the best "
        f"20 %, we had {had}."
    )
    zh = (
        f"我们点名的前 20 % 顾客，随后贡献了全部消费的 {held}；"
        f"真正成为前 20 % 的顾客中，{had} 在我们的名单里。"
    )
    if decayed is not None and math.isfinite(decayed.cap20):
        held, had = (f"{share * 100:.0f} %" for share in (decayed.cap20, decayed.hit20))
        en += f" Decayed spend alone would have had {held} and {had}."
        zh += f"只看衰减消费额则为 {held} 和 {had}。"
    return LocalText(en=en, zh=zh)


def horizon_reason(horizon_days: int, history_days: int, warnings: Iterable[str] = ()) -> LocalText:
    """Say why the horizon has its length: as training said it, else by what is known."""
    said = next((text for text in warnings if text.startswith("The horizon is ")), None)
    if said is not None:
        zh = next((zh for part, zh in _HORIZONS if part in said), "由训练选定")
        return LocalText(en=said, zh=f"{horizon_days} 天：{zh}。")
    if horizon_days == HORIZON_DAYS:
        return LocalText(
            en=f"{horizon_days} days: a quarter, the default.",
            zh=f"{horizon_days} 天：默认为一个季度。",
        )
    return LocalText(
        en=f"{horizon_days} days, chosen for {history_days} days of history.",
        zh=f"{horizon_days} 天：依据 {history_days} 天的历史选定。",
    )
