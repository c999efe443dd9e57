"""What two versions of a programme differ in, place by place, with a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from services.scoring.domain.programmes.fault import step
from services.scoring.domain.programmes.places import PLACES
from services.scoring.domain.status.words import metric_words
from services.scoring.domain.why.figures import Words

Document = Mapping[str, Any]
_LONGEST: Final = 160
_BY_METRIC: Final = frozenset({"all", "any"})
_SILENT: Final = frozenset({"all", "amount"})
_BY_TIER: Final = frozenset({"tiers", "order", "pin"})
_NOT_THERE: Final = object()
_YES: Final[Words] = {"en": "yes", "zh": "是"}
_NO: Final[Words] = {"en": "no", "zh": "否"}


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
    names = _Names(
        _metric_names(left) | _metric_names(right),
        {tier["key"]: _called(tier) for each in (left, right) for tier in each["tiers"]},
        right.get("currency", ""),
    )
    former = replace(names, currency=left.get("currency", ""))
    return list(_Comparison(former, names).between(left, right))


def _metric_names(document: Document) -> dict[str, Words]:
    metrics: Document = document.get("metrics", {})
    return {key: metric["name"] for key, metric in metrics.items() if "name" in metric}


@dataclass(frozen=True, slots=True)
class _Names:
    """What the two documents call their own metrics and tiers."""

    metrics: Mapping[str, Words]
    tiers: Mapping[str, Words]
    currency: str

    def label(self, name: str, place: _Place) -> Words:
        """Say what a member is called where it stands."""
        if place.member == "tiers" and name in self.tiers:
            return self.tiers[name]
        if place.member in _BY_METRIC and (name in self.metrics or name not in PLACES):
            return metric_words(name, self.metrics, self.currency)
        return PLACES.get(name) or {"en": name.replace("_", " "), "zh": name}

    def shown(self, value: Any, place: _Place) -> Words:
        """Write a value as people would; money with its currency, a list without brackets."""
        written = self._written(value, place)
        return {language: _short(text) for language, text in written.items()}

    def _written(self, value: Any, place: _Place) -> Words:
        if isinstance(value, Mapping):
            return self._members(value, place)
        if isinstance(value, list):
            each = [self._written(one, place) for one in value]
            return _joined(each, {"en": ", ", "zh": "、"})
        return self._one(value, place.member)

    def _one(self, value: Any, member: str) -> Words:
        if isinstance(value, bool):
            return _YES if value else _NO
        if member.endswith("_share") and isinstance(value, (int, float)):
            return _same(f"{value * 100:g} %")
        if member == "amount":
            return _same(f"{value} {self.currency}".strip())
        if member in _BY_TIER and value in self.tiers:
            return self.tiers[value]
        return _same("" if value is _NOT_THERE else str(value))

    def _members(self, value: Document, place: _Place) -> Words:
        if _is_words(value):
            return dict(value)
        if "key" in value:
            return _called(value)
        if set(value) == {"amount"}:
            return self._one(value["amount"], "amount")
        told = []
        for name, member in value.items():
            into, label = _Place(member=name), self.label(name, place)
            told.append(_joined([label, self._written(member, into)], _same(" ")))
        return _joined(told, {"en": ", ", "zh": "，"})


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Walks two documents side by side; each is told in its own currency."""

    former: _Names
    names: _Names

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
            yield self._told(place, old, new)

    def _members(self, old: Document, new: Document, place: _Place) -> Iterator[Difference]:
        for name in dict.fromkeys([*new, *old]):
            into = place.into(name, self._label(name, place), name)
            yield from self.between(old.get(name, _NOT_THERE), new.get(name, _NOT_THERE), into)

    def _label(self, name: str, place: _Place) -> Words | None:
        is_told_by_others = name in _SILENT or (name == "tiers" and not place.pointer)
        return None if is_told_by_others else self.names.label(name, place)

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
            told = place if place.labels else _Place(place.pointer, (PLACES["order"],), "order")
            yield self._told(told, list(before), list(after))

    def _told(self, place: _Place, old: Any, new: Any) -> Difference:
        before, after = (None if each is _NOT_THERE else each for each in (old, new))
        return Difference(place.pointer, before, after, self._sentence(place, old, new))

    def _sentence(self, place: _Place, old: Any, new: Any) -> Words:
        where = {
            "en": ", ".join(label["en"] for label in place.labels) or "Document",
            "zh": "·".join(label["zh"] for label in place.labels) or "文档",
        }
        was, is_now = self.former.shown(old, place), self.names.shown(new, place)
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


def _is_words(value: Mapping[str, Any]) -> bool:
    return set(value) == {"en", "zh"}


def _is_keyed(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and "key" in each for each in value
    )


def _called(thing: Document) -> Words:
    name = thing.get("name")
    return name if isinstance(name, dict) and _is_words(name) else _same(thing["key"])


def _joined(texts: Sequence[Words], by: Words) -> Words:
    return {
        language: by[language].join(text[language] for text in texts) for language in ("en", "zh")
    }


def _same(text: str) -> Words:
    return {"en": text, "zh": text}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
