"""What a survey must keep besides its shape: every fault has a path and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from services.feedback.domain.fault import DocumentFault, step
from services.feedback.domain.surveys.branching import condition_faults
from services.feedback.domain.surveys.questions import CHOICES, FEEDBACK_KINDS

MOST_FAULTS: Final = 50
#: The most points of a scale: they stand beside each other on a phone.
MOST_POINTS: Final = 11
#: Attributes of a customer that an answer may become: ingest's groups.
GROUPS: Final = (
    "preferences", "motives", "lifestyle", "demography", "geography", "psychographics",
)  # fmt: skip
_ATTRIBUTE: Final = re.compile(rf"(?:{'|'.join(GROUPS)})\.[a-z][a-z0-9_]{{0,63}}", re.ASCII)
_ONLY_FOR: Final[Mapping[str, frozenset[str]]] = {
    "options": CHOICES,
    "scale": frozenset({"scale"}),
    "max_length": frozenset({"text"}),
}
_NEEDED: Final = ("options", "scale")


def faults_of(
    document: Mapping[str, Any], kinds_before: Mapping[str, str] | None = None
) -> list[DocumentFault]:
    """Tell what is wrong, at most 50 faults; `kinds_before`: of questions in earlier versions."""
    return list(islice(_faults(document, kinds_before or {}), MOST_FAULTS))


def _faults(
    document: Mapping[str, Any], kinds_before: Mapping[str, str]
) -> Iterator[DocumentFault]:
    earlier: dict[str, str] = {}
    attributes: set[str] = set()
    for place, question in enumerate(document["questions"]):
        at = step("/questions", place)
        if question["key"] in earlier:
            words = "Another question has this key already."
            yield DocumentFault(step(at, "key"), "not_unique", words)
        if kinds_before.get(question["key"], question["kind"]) != question["kind"]:
            words = "An earlier version asks this key in another kind: choose a new key."
            yield DocumentFault(step(at, "kind"), "kind_changed", words)
        yield from _member_faults(question, at)
        yield from _option_faults(question, at)
        yield from _scale_faults(question, at)
        if question.get("show_if") is not None:
            yield from condition_faults(question["show_if"], step(at, "show_if"), earlier)
        yield from _attribute_faults(question, at, attributes, document["is_anonymous"])
        earlier[question["key"]] = question["kind"]


def _member_faults(question: Mapping[str, Any], at: str) -> Iterator[DocumentFault]:
    for name, kinds in _ONLY_FOR.items():
        is_there, kind = question.get(name) is not None, question["kind"]
        if is_there and kind not in kinds:
            words = f"Only questions of the kind {' or '.join(sorted(kinds))} have this."
            yield DocumentFault(step(at, name), "not_for_kind", words)
        elif not is_there and kind in kinds and name in _NEEDED:
            yield DocumentFault(step(at, name), "missing", "This kind of question needs it.")


def _option_faults(question: Mapping[str, Any], at: str) -> Iterator[DocumentFault]:
    seen: set[str] = set()
    for place, option in enumerate(question.get("options") or ()):
        if option["key"] in seen:
            pointer = f"{at}/options/{place}/key"
            yield DocumentFault(pointer, "not_unique", "Another option has this key already.")
        seen.add(option["key"])


def _scale_faults(question: Mapping[str, Any], at: str) -> Iterator[DocumentFault]:
    scale = question.get("scale")
    if scale is not None and not 1 <= scale["max"] - scale["min"] < MOST_POINTS:
        words = f"A scale has 2 to {MOST_POINTS} points: its max lies 1 to 10 above its min."
        yield DocumentFault(f"{at}/scale/max", "out_of_range", words)


def _attribute_faults(
    question: Mapping[str, Any],
    at: str,
    taken: set[str],
    is_anonymous: bool,  # noqa: FBT001
) -> Iterator[DocumentFault]:
    attribute, at = question.get("attribute"), step(at, "attribute")
    if attribute is None:
        return
    if _ATTRIBUTE.fullmatch(attribute) is None:
        words = f"Write a group and a name, such as preferences.roast; groups: {', '.join(GROUPS)}."
        yield DocumentFault(at, "wrong_form", words)
    if is_anonymous:
        yield DocumentFault(at, "anonymous", "An anonymous survey says nothing about a customer.")
    if question["kind"] in FEEDBACK_KINDS:
        words = "A csat, nps or ces rating is feedback, not an attribute."
        yield DocumentFault(at, "not_for_kind", words)
    if attribute in taken:
        yield DocumentFault(at, "not_unique", "Another question fills this attribute already.")
    taken.add(attribute)
