"""How good the data of the whole shop is, in one word and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.ingest.domain.quality import Grades

#: A source with a smaller share of what arrives does not hold the shop's grade down.
LEAST_SHARE: Final = 0.05
DIMENSIONS: Final = ("validity", "identity", "detail", "time")
Words = Mapping[str, str]
WORDS: Final[Mapping[str | None, Words]] = {
    "A": {"en": "Good", "zh": "良好"},
    "B": {"en": "Fair", "zh": "尚可"},
    "C": {"en": "Weak", "zh": "偏弱"},
    "D": {"en": "Poor", "zh": "较差"},
    None: {"en": "Not judged yet", "zh": "暂未评级"},
}
_CAUSES: Final[Mapping[str, Words]] = {
    "validity": {
        "en": "records are refused or contradict others",
        "zh": "部分记录被拒收或相互矛盾",
    },
    "identity": {"en": "many purchases name no customer", "zh": "许多购买没有关联会员"},
    "detail": {"en": "lines lack a category or a cost", "zh": "商品行缺少品类或成本"},
    "time": {"en": "records come late or with a wrong clock", "zh": "记录迟到或时钟有误"},
}


@dataclass(frozen=True, slots=True)
class Sender:
    """One source as the shop's grade sees it; `weight`: items of the window."""

    source_id: str
    weight: int
    grades: Grades
    last_event_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class ShopQuality:
    """The grade of the shop, which source and dimension hold it down, and who is silent."""

    grade: str | None
    judged: int
    source_id: str | None
    dimension: str | None
    silent: tuple[str, ...]
    last_event_at: datetime | None

    @property
    def sentence(self) -> Words:
        """Say how good the data is, and what keeps it from being better."""
        return {language: self._said(language) for language in ("en", "zh")}

    def _said(self, language: str) -> str:
        is_english = language == "en"
        if self.grade is None:
            return (
                "There is too little data to judge it: send receipts, or import a file."
                if is_english
                else "数据太少，无法评级：请发送小票或导入文件。"
            )
        parts = [self._cause(language), self._silence(language)]
        return (" " if is_english else "").join(part for part in parts if part)

    def _cause(self, language: str) -> str:
        if self.dimension is None:
            return {
                "en": "Every source that matters is graded A.",
                "zh": "主要数据来源均为 A 级。",
            }[language]
        cause = _CAUSES[self.dimension][language]
        return {
            "en": f"Held down to {self.grade} by {self.source_id}: {cause}.",
            "zh": f"整体为 {self.grade} 级，主要受来源 {self.source_id} 影响：{cause}。",
        }[language]

    def _silence(self, language: str) -> str:
        if not self.silent:
            return ""
        return {
            "en": f"Silent for unusually long: {', '.join(self.silent)}.",
            "zh": f"沉默时间异常：{'、'.join(self.silent)}。",
        }[language]


def shop_quality(senders: Sequence[Sender]) -> ShopQuality:
    """Return the grade of the shop: the worst of the sources that bring 5 % or more."""
    whole = sum(sender.weight for sender in senders)
    counted = [s for s in senders if s.grades.overall and s.weight >= LEAST_SHARE * whole]
    worst = max(counted, key=lambda s: (str(s.grades.overall), s.weight), default=None)
    grade = None if worst is None else worst.grades.overall
    is_held = worst is not None and grade != "A"
    return ShopQuality(
        grade=grade,
        judged=len(counted),
        source_id=worst.source_id if worst is not None and is_held else None,
        dimension=_worst_dimension(worst.grades) if worst is not None and is_held else None,
        silent=tuple(sender.source_id for sender in senders if sender.is_silent),
        last_event_at=max((s.last_event_at for s in senders if s.last_event_at), default=None),
    )


def _worst_dimension(grades: Grades) -> str:
    return max(DIMENSIONS, key=lambda name: getattr(grades, name) or "")
