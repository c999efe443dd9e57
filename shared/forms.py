"""Forms of texts, as a pattern and in words: who wrote one wrong is told what to write."""

from typing import Final

_WORDS: Final[dict[str, str]] = {}


def form(pattern: str, words: str) -> str:
    """Keep the words for a pattern and give the pattern: say it beside the type that asks for it.

    Words go on after the name of a field: "must be ..., such as ...".
    """
    _WORDS[pattern] = words
    return pattern


def words_for(pattern: object) -> str | None:
    """Say what a text of a form looks like; None for a pattern without words."""
    return _WORDS.get(pattern) if isinstance(pattern, str) else None


NO_CURSOR: Final = "is none of ours: take the next_cursor of a page"
#: What marketers call their surveys, offers, playbooks and experiments.
KEY: Final = form(r"^[a-z0-9_-]{1,64}$", "must be 1 to 64 lower-case letters, digits, _ or -")
LANGUAGE: Final = form(
    r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", "must be a language tag such as en or zh-CN"
)
LOCAL_TIME: Final = form(
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "must be a time of day from 00:00 to 23:59, such as 09:00"
)
QUARTER: Final = form(r"^(199[0-9]|2[0-9]{3})-Q[1-4]$", "must be a quarter such as 2026-Q3")
