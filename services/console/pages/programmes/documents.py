"""Documents as they are edited: read and write a place of one, and find its line in the text."""

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

Path = tuple[str | int, ...]
Document = dict[str, Any]
_SPACE: Final = " \t\r\n"


def at(document: Any, path: Path, otherwise: Any = None) -> Any:
    """Give what stands at a place, or `otherwise` where nothing does."""
    found = document
    for step in path:
        is_there = step in found if isinstance(found, Mapping) else _holds(found, step)
        if not is_there:
            return otherwise
        found = found[step]
    return found


def _holds(found: Any, step: str | int) -> bool:
    return isinstance(found, list) and isinstance(step, int) and 0 <= step < len(found)


def put(document: Document, path: Path, value: Any) -> Document:
    """Give a document with a value at a place; objects on the way are made.

    None takes the place away, and the objects around it that it leaves empty.
    """
    made = copy.deepcopy(document)
    inner: Any = made
    for step in path[:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
    if value is not None:
        inner[path[-1]] = value
    elif isinstance(inner, list):
        inner.pop(int(path[-1]))
    else:
        inner.pop(path[-1], None)
        if not inner and len(path) > 1 and isinstance(at(made, path[:-2]), dict):
            return put(made, path[:-1], None)
    return made


def add(document: Document, path: Path, value: Any, *, first: bool = False) -> Document:
    """Give a document with one more item in the list at a place."""
    items = list(at(document, path, []))
    return put(document, path, [value, *items] if first else [*items, value])


def pointer_of(path: Path) -> str:
    """Write a place as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def text_of(document: Document) -> str:
    """Write a document for people to read and change."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def lines_of(text: str) -> dict[str, int]:
    """Find the line (from 1) of every place of a JSON text, by pointer; the text must be sound."""
    found: dict[str, int] = {}
    _walk(text, _skip(text, 0), "", found)
    return found


def line_of(lines: Mapping[str, int], pointer: str) -> int:
    """Give the line of a place, or of the nearest thing around it that is there."""
    while pointer not in lines and pointer:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer, 1)


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


def _walk(text: str, place: int, pointer: str, found: dict[str, int]) -> int:
    """Note where a value begins; give the place after it."""
    found.setdefault(pointer, text.count("\n", 0, place) + 1)
    if text[place] not in "{[":
        return json.JSONDecoder().raw_decode(text, place)[1]
    is_object, number = text[place] == "{", 0
    place = _skip(text, place + 1)
    while text[place] not in "}]":
        name: str | int = number
        if is_object:
            line = text.count("\n", 0, place) + 1
            name, place = json.JSONDecoder().raw_decode(text, place)
            found[pointer + pointer_of((name,))] = line
            place = _skip(text, _skip(text, place) + 1)
        place = _skip(text, _walk(text, place, pointer + pointer_of((name,)), found))
        if text[place] == ",":
            place = _skip(text, place + 1)
        number += 1
    return place + 1
