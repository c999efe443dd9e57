"""Where the messages of a batch begin and end in its text, and what is left of a spoiled one.

One client writes NaN for a number it does not know, another half a character: strict JSON refuses
the whole text, and the client gives up a hundred good messages with the one.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

MAX_MESSAGES: Final = 10_000
_BLANK = re.compile(r"[ \t\n\r]*")
_LENIENT: Final = json.JSONDecoder(
    strict=False, parse_int=str, parse_float=str, parse_constant=str
).raw_decode


class Spans(NamedTuple):
    """From where to where the list stands in a text, and each of its elements."""

    start: int
    end: int
    elements: list[tuple[int, int]]


class Spoiled(dict[str, Any]):
    """A message that is no strict JSON, as far as it can be read, and why it is refused."""

    __slots__ = ("code", "message")

    def __init__(self, content: Mapping[str, Any], *, code: str, message: str) -> None:
        super().__init__(content)
        self.code = code
        self.message = message


def spans_in(text: str, name: str) -> Spans | None:
    """Find the list that a member of the outermost object holds; None when there is none."""
    try:
        at = _past(text, 0, "{")
        while True:
            key, at = _LENIENT(text, at)
            at = _past(text, at, ":")
            if key == name and text[at] == "[":
                return _elements(text, at)
            at = _past(text, _LENIENT(text, at)[1], ",")
    except (ValueError, IndexError, RecursionError):
        return None


def _elements(text: str, start: int) -> Spans:
    at = _past(text, start, "[")
    found: list[tuple[int, int]] = []
    is_more = text[at] != "]"
    while is_more:
        if len(found) == MAX_MESSAGES:
            raise ValueError("too many to look at one by one")
        end = _LENIENT(text, at)[1]
        found.append((at, end))
        at = _blank(text, end)
        is_more = text[at] != "]"
        at = _past(text, at, ",") if is_more else at
    return Spans(start, at + 1, found)


def _past(text: str, at: int, mark: str) -> int:
    """Return where the text goes on behind a mark."""
    at = _blank(text, at)
    if text[at] != mark:
        raise ValueError("another mark is expected here")
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def spoiled(text: str, *, code: str, message: str) -> Spoiled:
    """Return what can be read of a message; numbers stand as their text."""
    value = _clean(_LENIENT(text)[0])
    content = value if isinstance(value, dict) else {"unreadable": value}
    return Spoiled(content, code=code, message=message)


def _clean(value: Any) -> Any:
    """Return a value of which every text can be stored."""
    match value:
        case str():
            return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        case dict():
            return {_clean(key): _clean(each) for key, each in value.items()}
        case list():
            return [_clean(each) for each in value]
        case _:
            return value
