"""A survey in steps, so that it works without scripts: what a form posts, and what comes next.

A new step begins at a question that depends on one of the same step: when a step is shown, all
that its questions depend on has been answered, so nobody sees a question meant for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.feedback.domain.surveys.answers import shown
from services.feedback.domain.surveys.branching import keys_in
from services.feedback.domain.surveys.questions import NUMBERS, Answer, Answers, Question, Survey

#: What the names of fields begin with: nothing else a form holds is an answer.
PREFIX: Final = "q."
_YES_NO: Final[Mapping[str, bool]] = {"yes": True, "no": False}
_LONGEST_NUMBER: Final = 6

#: A posted form: each name with its values, in order.
Fields = Mapping[str, Sequence[str]]


def steps_of(survey: Survey) -> list[list[Question]]:
    """Part the questions into steps."""
    steps: list[list[Question]] = [[]]
    for question in survey.questions:
        here = {each.key for each in steps[-1]}
        if question.show_if is not None and keys_in(question.show_if) & here:
            steps.append([])
        steps[-1].append(question)
    return steps


def step_shown(survey: Survey, answers: Answers, number: int) -> list[Question]:
    """List the questions of a step (from 0 on) that these answers lead to."""
    steps = steps_of(survey)
    if not 0 <= number < len(steps):
        return []
    visible = {question.key for question in shown(survey, answers)}
    return [question for question in steps[number] if question.key in visible]


def next_step(survey: Survey, answers: Answers, number: int) -> int | None:
    """Name the next step that shows anything; None after the last."""
    later = range(number + 1, len(steps_of(survey)))
    return next((n for n in later if step_shown(survey, answers, n)), None)


def step_before(survey: Survey, answers: Answers, number: int) -> int | None:
    """Name the last step before this one that shows anything."""
    earlier = range(min(number, len(steps_of(survey))) - 1, -1, -1)
    return next((n for n in earlier if step_shown(survey, answers, n)), None)


def step_of(survey: Survey, key: str) -> int:
    """Name the step that asks a question."""
    steps = steps_of(survey)
    return next(n for n, step in enumerate(steps) if any(each.key == key for each in step))


def with_form(questions: Sequence[Question], saved: Answers, fields: Fields) -> dict[str, Any]:
    """Give the answers after a step was posted: of its questions what the form says alone."""
    answers: dict[str, Any] = dict(saved)
    for question in questions:
        answers.pop(question.key, None)
        value = _value(question, fields.get(PREFIX + question.key, ()))
        if value not in (None, "", []):
            answers[question.key] = value
    return answers


def _value(question: Question, texts: Sequence[str]) -> Answer | None:
    """Read a field; what is none of the kind stays a text, which is refused as an answer."""
    if question.kind == "multi":
        return list(texts)
    if not texts:
        return None
    text = texts[-1]
    if question.kind in NUMBERS:
        return _number(text)
    if question.kind == "yes_no":
        return _YES_NO.get(text, text)
    # Browsers send line ends as CR LF (HTML, form submission); a limit counts characters typed.
    return text.strip().replace("\r\n", "\n")


def _number(text: str) -> Answer:
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
    return int(text) if is_number else text
