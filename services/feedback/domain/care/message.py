"""Templates of titles and messages: placeholders from a closed list, filled in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

#: What may stand in braces, and what is written where nothing is known.
PLACEHOLDERS: Final[Mapping[str, Mapping[str, str]]] = {
    "name": {"en": "customer", "zh": "顾客"},
    "tier": {"en": "member", "zh": "会员"},
    "lifecycle": {"en": "", "zh": ""},
    "points": {"en": "0", "zh": "0"},
    "last_order": {"en": "a while ago", "zh": "一段时间前"},
    "offer": {"en": "", "zh": ""},
    "benefit": {"en": "", "zh": ""},
    "festival": {"en": "holiday", "zh": "节日"},
}
#: Stays in what is stored: no name is kept in a task.
LATE: Final = frozenset({"name"})
LANGUAGES: Final = ("en", "zh")
_PLACE: Final = re.compile(r"\{([a-z_]*)\}")

Words = Mapping[str, Mapping[str, str]]


def strange_in(template: str) -> Iterator[str]:
    """Tell what of a template's braces is not understood: unknown names, and stray braces."""
    for name in _PLACE.findall(template):
        if name not in PLACEHOLDERS:
            yield "unknown_placeholder"
    if set(_PLACE.sub("", template)) & set("{}｛｝"):
        yield "stray_brace"


def placeholders_of(template: str) -> frozenset[str]:
    """Name the placeholders that a template uses."""
    return frozenset(_PLACE.findall(template))


def placeholders_in(texts: Mapping[str, str]) -> frozenset[str]:
    """Name the placeholders that a text uses in either language."""
    return frozenset().union(*(placeholders_of(text) for text in texts.values()))


def filled(
    texts: Mapping[str, str], words: Words, *, keep: frozenset[str] = LATE
) -> dict[str, str]:
    """Fill a text in both languages; `keep` stay as they are."""
    return {language: _filled(texts[language], language, words, keep) for language in LANGUAGES}


def _filled(text: str, language: str, words: Words, keep: frozenset[str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in keep or name not in PLACEHOLDERS:
            return found[0]
        return words.get(name, PLACEHOLDERS[name])[language]

    return _PLACE.sub(fill, text)
