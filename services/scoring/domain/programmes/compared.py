"""What two versions of a programme differ in, place by place, with a sentence for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.domain.programmes.fault import step
from services.scoring.domain.status.words import metric_words
from services.scoring.domain.why.figures import Words

Document = Mapping[str, Any]
_LONGEST: Final = 160
_BY_METRIC: Final = frozenset({"all", "any"})
_NOT_THERE: Final = object()
_LABELS: Final[Mapping[str, Words]] = {
    "name": {"en": "name", "zh": "名称"},
    "description": {"en": "description", "zh": "说明"},
    "audience": {"en": "audience", "zh": "适用对象"},
    "tiers": {"en": "order of the tiers", "zh": "等级顺序"},
    "enter": {"en": "to enter", "zh": "升级条件"},
    "keep": {"en": "to keep", "zh": "保级条件"},
    "when": {"en": "to enter", "zh": "升级条件"},
    "enter_share": {"en": "share that enters", "zh": "升级比例"},
    "leave_share": {"en": "share that keeps it", "zh": "保级比例"},
    "any": {"en": "one of", "zh": "任一条件"},
    "grant": {"en": "granted by", "zh": "授予方式"},
    "fall_after_days": {"en": "days below before it falls", "zh": "低于标准几天后降级"},
    "window": {"en": "counting window", "zh": "统计周期"},
    "validity": {"en": "how long a tier holds", "zh": "等级有效期"},
    "months": {"en": "months", "zh": "月数"},
    "days": {"en": "days", "zh": "天数"},
    "kind": {"en": "kind", "zh": "类型"},
    "qualification": {"en": "how orders count", "zh": "计入方式"},
    "refresh": {"en": "what prolongs a tier", "zh": "顺延方式"},
    "upgrade": {"en": "when a tier rises", "zh": "升级时点"},
    "downgrade": {"en": "how far a tier falls", "zh": "降级方式"},
    "keep_window": {"en": "window to keep a tier", "zh": "保级统计周期"},
    "grace_days": {"en": "days of grace", "zh": "宽限天数"},
    "clawback": {"en": "what a return does", "zh": "退货处理"},
    "pending_days": {"en": "days until an order counts", "zh": "订单生效等待天数"},
    "warn_days": {"en": "days of warning before a fall", "zh": "降级提前提醒天数"},
    "counting": {"en": "what counts", "zh": "计入规则"},
    "min_order": {"en": "smallest order that counts", "zh": "计入的最低订单金额"},
    "max_orders_per_day": {"en": "most orders a day", "zh": "每日最多计入订单数"},
    "metrics": {"en": "metric", "zh": "指标"},
    "per": {"en": "amount for one", "zh": "每单位金额"},
    "benefits": {"en": "benefit", "zh": "权益"},
    "quota": {"en": "quota", "zh": "次数"},
    "count": {"en": "times", "zh": "次数"},
    "points": {"en": "points", "zh": "积分"},
    "currency": {"en": "currency", "zh": "币种"},
    "time_zone": {"en": "time zone", "zh": "时区"},
    "price_override": {"en": "approval of unequal prices", "zh": "差别定价审批"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One place; `pointer` is into the later document, into the earlier one where it is gone."""

    pointer: str
    before: Any
    after: Any
    text: Words


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the documents: its pointer, what its steps are called, its last member."""

    pointer: str = ""
    labels: tuple[Words, ...] = ()
    member: str = ""

    def into(self, name: str | int, label: Words | None, member: str) -> _Place:
        labels = self.labels if label is None else (*self.labels, label)
        return _Place(step(self.pointer, name), labels, member)


def differences(left: Document, right: Document) -> list[Difference]:
    """List what is not the same in two valid documents, in the order of the later one."""
    named = _metric_names(left) | _metric_names(right)
    return list(_Comparison(named, right.get("currency", "")).between(left, right))


def _metric_names(document: Document) -> dict[str, Words]:
    metrics: Document = document.get("metrics", {})
    return {key: metric["name"] for key, metric in metrics.items() if "name" in metric}


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Walks two documents side by side."""

    named: Mapping[str, Words]
    currency: str

    def between(self, old: Any, new: Any, place: _Place = _Place()) -> Iterator[Difference]:
        if old == new:
            return
        if isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_words(new):
            yield from self._members(old, new, place)
        elif _is_keyed(old) and _is_keyed(new):
            yield from self._keyed(old, new, place)
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for number, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from self.between(one, other, place.into(number, None, place.member))
        else:
            yield _difference(place, old, new)

    def _members(self, old: Document, new: Document, place: _Place) -> Iterator[Difference]:
        for name in dict.fromkeys([*new, *old]):
            into = place.into(name, self._label(name, place), name)
            yield from self.between(old.get(name, _NOT_THERE), new.get(name, _NOT_THERE), into)

    def _label(self, name: str, place: _Place) -> Words | None:
        if place.member in _BY_METRIC and name not in _LABELS:
            return metric_words(name, self.named, self.currency)
        if name == "all" or (name == "tiers" and not place.pointer):
            return None
        return _LABELS.get(name) or {"en": name.replace("_", " "), "zh": name}

    def _keyed(
        self, old: Sequence[Document], new: Sequence[Document], place: _Place
    ) -> Iterator[Difference]:
        before = {each["key"]: (number, each) for number, each in enumerate(old)}
        after = {each["key"]: (number, each) for number, each in enumerate(new)}
        for key in dict.fromkeys([*after, *before]):
            number, shown = after.get(key) or before[key]
            into = place.into(number, _called(shown), place.member)
            _, was = before.get(key, (0, _NOT_THERE))
            _, is_now = after.get(key, (0, _NOT_THERE))
            yield from self.between(was, is_now, into)
        common = [key for key in after if key in before]
        if common != [key for key in before if key in after]:
            told = place if place.labels else _Place(place.pointer, (_LABELS["tiers"],), "order")
            yield _difference(told, list(before), list(after))


def _is_words(value: Mapping[str, Any]) -> bool:
    return set(value) == {"en", "zh"}


def _is_keyed(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and "key" in each for each in value
    )


def _called(thing: Document) -> Words:
    name = thing.get("name")
    return name if isinstance(name, dict) and _is_words(name) else _same(thing["key"])


def _difference(place: _Place, old: Any, new: Any) -> Difference:
    before, after = (None if each is _NOT_THERE else each for each in (old, new))
    return Difference(place.pointer, before, after, _sentence(place, old, new))


def _sentence(place: _Place, old: Any, new: Any) -> Words:
    where = {
        "en": ", ".join(label["en"] for label in place.labels) or "Document",
        "zh": "·".join(label["zh"] for label in place.labels) or "文档",
    }
    was, is_now = _shown(old, place.member), _shown(new, place.member)
    if old is _NOT_THERE:
        said = {"en": f"{is_now['en']} is new", "zh": f"新增{is_now['zh']}"}
    elif new is _NOT_THERE:
        said = {"en": f"{was['en']} is gone", "zh": f"取消{was['zh']}"}
    else:
        said = {
            "en": f"{is_now['en']} instead of {was['en']}",
            "zh": f"由{was['zh']}改为{is_now['zh']}",
        }
    return {"en": f"{where['en']}: {said['en']}.", "zh": f"{where['zh']}：{said['zh']}。"}


def _shown(value: Any, member: str) -> Words:
    if isinstance(value, Mapping):
        if _is_words(value):
            return {language: _short(str(value[language])) for language in ("en", "zh")}
        if "key" in value:
            return _called(value)
    if member.endswith("_share") and isinstance(value, (int, float)):
        return _same(f"{value * 100:g} %")
    if isinstance(value, str):
        return _same(_short(value))
    if value is _NOT_THERE:
        return _same("")
    return _same(_short(json.dumps(value, ensure_ascii=False)))


def _same(text: str) -> Words:
    return {"en": text, "zh": text}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
