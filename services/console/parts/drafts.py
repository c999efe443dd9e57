"""Read and change one part of a document without changing the document it was."""

from collections.abc import Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]


def at(document: object, path: Path) -> object:
    """Give what stands at a path; None where nothing does."""
    for step in path:
        if isinstance(document, Mapping):
            document = document.get(str(step))
        elif isinstance(document, list) and isinstance(step, int) and 0 <= step < len(document):
            document = document[step]
        else:
            return None
    return document


def text_at(document: object, path: Path) -> str:
    """Give the text at a path; empty where there is none."""
    found = at(document, path)
    return "" if found is None else str(found)


def list_at(document: object, path: Path) -> list[Any]:
    """Give the list at a path; empty where there is none."""
    found = at(document, path)
    return list(found) if isinstance(found, list) else []


def with_at(document: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    """Give the document with a part set; nothing (None, "", []) takes the part out."""
    changed = _with(document, path, None if value in ("", []) else value)
    return changed if isinstance(changed, dict) else {}


def _with(here: object, path: Sequence[str | int], value: object) -> object:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return _with_item(list(here) if isinstance(here, list) else [], step, rest, value)
    made = dict(here) if isinstance(here, Mapping) else {}
    part = _with(made.get(step), rest, value)
    if part in (None, {}):
        made.pop(step, None)
    else:
        made[step] = part
    return made


def _with_item(listed: list[Any], step: int, rest: Sequence[str | int], value: object) -> list[Any]:
    if not 0 <= step < len(listed):
        return listed
    part = _with(listed[step], rest, value)
    return [*listed[:step], {} if part is None else part, *listed[step + 1 :]]
