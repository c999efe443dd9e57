"""What a new version changes, for the person who approves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
_RULES: Final = ("enter", "keep", "when", "enter_share", "leave_share")
_ELSEWHERE: Final = frozenset({"tiers", "benefits"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `before` or `after` is None where something is added or taken away."""

    what: str
    subject: str
    before: Any
    after: Any


def changes_between(before: Document | None, after: Document) -> list[Change]:
    """List what changes from one valid document to another, tiers first; None: from nothing."""
    old: Document = {} if before is None else before
    return [
        *_of_tiers(_by_key(old, "tiers"), _by_key(after, "tiers")),
        *_of_order(old, after),
        *_of_things("benefit", _by_key(old, "benefits"), _by_key(after, "benefits")),
        *_of_things("policy", _policies(old), _policies(after)),
    ]


def _by_key(document: Document, member: str) -> dict[str, Document]:
    return {each["key"]: each for each in document.get(member, ())}


def _policies(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in _ELSEWHERE}


def _of_tiers(old: Mapping[str, Document], new: Mapping[str, Document]) -> Iterator[Change]:
    for key in _both(old, new):
        before, after = old.get(key), new.get(key)
        if before is None or after is None or before.get("name") != after.get("name"):
            yield Change("tier", key, _name(before), _name(after))
        for rule in _RULES:
            was, is_now = (before or {}).get(rule), (after or {}).get(rule)
            if was != is_now:
                yield Change("threshold", f"{key}/{rule}", was, is_now)


def _name(tier: Document | None) -> Any:
    return None if tier is None else tier.get("name")


def _of_order(old: Document, new: Document) -> Iterator[Change]:
    was, is_now = ([tier["key"] for tier in each.get("tiers", ())] for each in (old, new))
    if was and was != is_now:
        yield Change("order", "tiers", was, is_now)


def _of_things(what: str, old: Document, new: Document) -> Iterator[Change]:
    for key in _both(old, new):
        if old.get(key) != new.get(key):
            yield Change(what, key, old.get(key), new.get(key))


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """List the names of both, the new ones in their order first."""
    return list(dict.fromkeys([*new, *old]))
