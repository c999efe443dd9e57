"""What may be answered: values of the question's kind, to questions that are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.feedback.domain.fault import DocumentFault, step
from services.feedback.domain.surveys.branching import holds, keys_in
from services.feedback.domain.surveys.questions import (
    NUMBERS,
    WORDS,
    Answer,
    Answers,
    Question,
    Survey,
    named,
)

AT: Final = "/answers"
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)
_UNKNOWN: Final = "An answer here is to a question that this survey does not ask."


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers as they were judged.

    `dropped`: answered, but the question is not shown with these answers; so they count for
    nothing: who goes back and answers otherwise leaves such behind. `missing`: shown, required and
    not answered; an answer that was refused is one fault, not a missing one too.
    """

    answers: Answers
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    faults: tuple[DocumentFault, ...]


def shown(survey: Survey, answers: Answers) -> list[Question]:
    """List the questions these answers lead to; an answer to a hidden one leads nowhere."""
    seen: list[Question] = []
    standing: dict[str, Answer] = {}
    for question in survey.questions:
        if question.show_if is None or holds(question.show_if, standing):
            seen.append(question)
            if question.key in answers:
                standing[question.key] = answers[question.key]
    return seen


def judged(survey: Survey, given: Mapping[str, Any]) -> Sheet:
    """Judge answers as they came; null and an empty text or list are no answer."""
    known = named(survey.questions)
    faults = (
        [DocumentFault(AT, "unknown_question", _UNKNOWN)] if given.keys() - known.keys() else []
    )
    answers: dict[str, Answer] = {}
    refused: set[str] = set()
    for question in survey.questions:
        value = given.get(question.key)
        if value is None or value in ("", []):
            continue
        if wrong := fault_in(question, value):
            faults.append(DocumentFault(step(AT, question.key), *wrong))
            refused.add(question.key)
        else:
            answers[question.key] = value
    visible = shown(survey, answers)
    keys = {question.key for question in visible}
    told = answers.keys() | _hanging_on(survey, refused)
    missing = [q.key for q in visible if q.is_required and q.key not in told]
    return Sheet(
        answers={key: value for key, value in answers.items() if key in keys},
        dropped=tuple(key for key in answers if key not in keys),
        missing=tuple(missing),
        faults=tuple(faults),
    )


def _hanging_on(survey: Survey, refused: set[str]) -> set[str]:
    """Name the refused and what they decide: whether that is shown is known with a right answer."""
    unsure = set(refused)
    for question in survey.questions:
        if question.show_if is not None and not unsure.isdisjoint(keys_in(question.show_if)):
            unsure.add(question.key)
    return unsure


def missing_faults(sheet: Sheet) -> tuple[DocumentFault, ...]:
    """Name the required questions without an answer."""
    words = "This question is required."
    return tuple(DocumentFault(step(AT, key), "missing", words) for key in sheet.missing)


def fault_in(question: Question, value: object) -> tuple[str, str] | None:
    """Tell what is wrong with an answer to a question: a code and a sentence."""
    return _CHECKS["number" if question.kind in NUMBERS else question.kind](question, value)


def _number(question: Question, value: object) -> tuple[str, str] | None:
    if type(value) is not int:
        return "wrong_type", "Answer with a whole number."
    if not question.lowest <= value <= question.highest:
        return "out_of_range", f"Answer from {question.lowest} to {question.highest}."
    return None


def _single(question: Question, value: object) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "wrong_type", "Answer with the key of one option."
    return None if value in question.options else ("not_allowed", "There is no such option.")


def _multi(question: Question, value: object) -> tuple[str, str] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return "wrong_type", "Answer with a list of the keys of options."
    if len(set(value)) < len(value):
        return "not_unique", "Name each option once."
    is_known = all(each in question.options for each in value)
    return None if is_known else ("not_allowed", "There is no such option.")


def _text(question: Question, value: object) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "wrong_type", "Answer with a text."
    if len(value) > question.longest:
        return "too_long", f"Answer in at most {question.longest} characters."
    return None


def _yes_no(_: Question, value: object) -> tuple[str, str] | None:
    return None if isinstance(value, bool) else ("wrong_type", "Answer true or false.")


def _date(_: Question, value: object) -> tuple[str, str] | None:
    wrong = "wrong_form", "Answer with a date from 1900 to 2199 in the form YYYY-MM-DD."
    # fromisoformat reads weeks too
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        return wrong
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return wrong
    return None if _EARLIEST <= found <= _LATEST else wrong


_CHECKS: Final[Mapping[str, Callable[[Question, object], tuple[str, str] | None]]] = {
    "number": _number,
    "single": _single,
    "multi": _multi,
    "text": _text,
    "yes_no": _yes_no,
    "date": _date,
}


def apart(survey: Survey, answers: Answers) -> tuple[dict[str, Answer], dict[str, Answer]]:
    """Split answers into what is counted, and words that say who somebody is."""
    words = {question.key for question in survey.questions if question.kind in WORDS}
    counted = {key: value for key, value in answers.items() if key not in words}
    return counted, {key: value for key, value in answers.items() if key in words}


def traits_of(survey: Survey, answers: Answers) -> dict[str, dict[str, Answer]]:
    """Give what the answers say about the customer: group of attributes -> name -> value."""
    told: dict[str, dict[str, Answer]] = {}
    for question in survey.questions:
        if question.attribute is not None and question.key in answers:
            group, _, name = question.attribute.partition(".")
            told.setdefault(group, {})[name] = answers[question.key]
    return told


def with_told(
    known: Mapping[str, Any], told: Mapping[str, Mapping[str, Answer]]
) -> dict[str, dict[str, Any]]:
    """Give the groups that answers change, whole: what stood in them before stays beside."""
    whole: dict[str, dict[str, Any]] = {}
    for group, values in told.items():
        before = known.get(group)
        whole[group] = (dict(before) if isinstance(before, Mapping) else {}) | dict(values)
    return whole
