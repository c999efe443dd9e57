"""Which questions are shown: a condition over the answers given before.

A condition is `{"all": [..]}`, `{"any": [..]}`, `{"not": ..}`, `{"answered": key}`,
`{"eq": {"question", "value"}}`, `{"in": {"question", "values"}}` or `{"gte": {"question",
"value"}}`. It may name earlier questions only, so nothing ever goes in a circle. Of a question
with several answers one that matches is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.feedback.domain.fault import DocumentFault, step
from services.feedback.domain.surveys.questions import NUMBERS, Answer, Answers

MOST_DEEP: Final = 8
MOST_PARTS: Final = 50
_FORMS: Final = (
    'Write one of {"all": [..]}, {"any": [..]}, {"not": ..}, {"answered": "key"}, '
    '{"eq": {"question": "key", "value": ..}}, {"in": {"question": "key", "values": [..]}}, '
    '{"gte": {"question": "key", "value": 3}}.'
)


def holds(condition: Mapping[str, Any], answers: Answers) -> bool:
    """Tell whether a checked condition holds; what is not answered matches nothing."""
    ((word, said),) = condition.items()
    match word:
        case "all":
            return all(holds(each, answers) for each in said)
        case "any":
            return any(holds(each, answers) for each in said)
        case "not":
            return not holds(said, answers)
        case "answered":
            return said in answers
        case _:
            return _matches(word, said, answers.get(said["question"]))


def _matches(word: str, said: Mapping[str, Any], found: Answer | None) -> bool:
    if word == "gte":
        return isinstance(found, int) and bool(found >= said["value"])
    return _is_any(found, said["values"] if word == "in" else [said["value"]])


def _is_any(found: Answer | None, values: list[Any]) -> bool:
    given = found if isinstance(found, list) else [found]
    # True == 1 in Python, not in JSON
    return any(type(one) is type(value) and one == value for one in given for value in values)


def keys_in(condition: Mapping[str, Any]) -> frozenset[str]:
    """List the questions that a checked condition asks about."""
    ((word, said),) = condition.items()
    match word:
        case "all" | "any":
            return frozenset().union(*map(keys_in, said))
        case "not":
            return keys_in(said)
        case "answered":
            return frozenset({said})
        case _:
            return frozenset({said["question"]})


def condition_faults(
    condition: object, at: str, earlier: Mapping[str, str]
) -> Iterator[DocumentFault]:
    """Tell what is wrong with a condition; `earlier` holds the kinds of earlier questions."""
    if _parts_in(condition) > MOST_PARTS:
        yield DocumentFault(at, "too_many", f"A condition may have at most {MOST_PARTS} parts.")
        return
    yield from _faults(condition, at, earlier, 1)


def _parts_in(condition: object) -> int:
    """Count objects at any depth, without recursion: the body's depth is bounded already."""
    waiting, count = [condition], 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            count += 1
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return count


def _faults(
    condition: object, at: str, earlier: Mapping[str, str], deep: int
) -> Iterator[DocumentFault]:
    if deep > MOST_DEEP:
        yield DocumentFault(at, "too_deep", f"A condition may nest {MOST_DEEP} levels.")
        return
    if not isinstance(condition, Mapping) or len(condition) != 1:
        yield DocumentFault(at, "wrong_form", _FORMS)
        return
    ((word, said),) = condition.items()
    match word:
        case "all" | "any":
            yield from _list_faults(said, step(at, word), earlier, deep)
        case "not":
            yield from _faults(said, step(at, word), earlier, deep + 1)
        case "answered":
            yield from _key_faults(said, step(at, word), earlier)
        case "eq" | "in" | "gte":
            yield from _test_faults(word, said, step(at, word), earlier)
        case _:
            yield DocumentFault(at, "wrong_form", _FORMS)


def _list_faults(
    said: object, at: str, earlier: Mapping[str, str], deep: int
) -> Iterator[DocumentFault]:
    if not isinstance(said, list) or not said:
        yield DocumentFault(at, "wrong_type", "List at least one condition.")
        return
    for place, each in enumerate(said):
        yield from _faults(each, step(at, place), earlier, deep + 1)


def _test_faults(
    word: str, said: object, at: str, earlier: Mapping[str, str]
) -> Iterator[DocumentFault]:
    name = "values" if word == "in" else "value"
    if not isinstance(said, Mapping) or set(said) != {"question", name}:
        yield DocumentFault(at, "wrong_form", f"Write the members question and {name} here.")
        return
    wrong = list(_key_faults(said["question"], step(at, "question"), earlier))
    yield from wrong or _value_faults(word, said[name], step(at, name), earlier[said["question"]])


def _key_faults(said: object, at: str, earlier: Mapping[str, str]) -> Iterator[DocumentFault]:
    if not isinstance(said, str) or said not in earlier:
        words = "Name the key of a question that stands earlier in the survey."
        yield DocumentFault(at, "not_earlier", words)


def _value_faults(word: str, said: object, at: str, kind: str) -> Iterator[DocumentFault]:
    if word == "gte":
        if kind not in NUMBERS:
            yield DocumentFault(at, "not_a_number", "Only questions answered by numbers compare.")
        elif type(said) is not int:
            yield DocumentFault(at, "wrong_type", "Write a whole number.")
    elif word == "in" and not (isinstance(said, list) and 1 <= len(said) <= 100):
        yield DocumentFault(at, "wrong_type", "List 1 to 100 values.")
    elif not all(_fits(each, kind) for each in _values(word, said)):
        yield DocumentFault(at, "wrong_type", f"Write {_VALUES.get(_sort(kind))}.")


def _values(word: str, said: object) -> list[Any]:
    return said if word == "in" and isinstance(said, list) else [said]


_VALUES: Final = {
    "number": "a whole number",
    "yes_no": "true or false",
    "text": "a text, such as the key of an option",
}


def _sort(kind: str) -> str:
    if kind in NUMBERS:
        return "number"
    return "yes_no" if kind == "yes_no" else "text"


def _fits(value: object, kind: str) -> bool:
    match _sort(kind):
        case "number":
            return type(value) is int
        case "yes_no":
            return isinstance(value, bool)
        case _:
            return isinstance(value, str)
