"""The one catalogue of words: a file per room, every key in English and Chinese."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from services.console.accounts.person import Language

_ROOM: Final = Path(__file__).parent

Words = Mapping[str, Mapping[str, str]]


class UnknownWord(KeyError):
    """A key that no room of the catalogue has."""


@cache
def catalogue() -> Words:
    """Read every room: `<file name>.<key>` -> language -> text with {named} places."""
    return {
        f"{path.stem}.{key}": texts
        for path in sorted(_ROOM.glob("*.json"))
        for key, texts in json.loads(path.read_text(encoding="utf-8")).items()
    }


def said(language: Language, key: str, **parts: object) -> str:
    """Give a text in a language with its places filled; raises UnknownWord."""
    texts = catalogue().get(key)
    if texts is None:
        raise UnknownWord(key)
    return texts[language].format(**parts) if parts else texts[language]


def has(key: str) -> bool:
    """Tell whether the catalogue has a key."""
    return key in catalogue()


def said_or(language: Language, key: str, otherwise: str) -> str:
    """Give the text of a key made from data, else what the data says itself."""
    return said(language, key) if has(key) else otherwise
