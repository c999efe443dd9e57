"""Lead somebody through a survey step by step: each step is saved, the last one gives it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.feedback.domain.surveys.answers import AT, Sheet, judged
from services.feedback.domain.surveys.questions import Answers, Survey
from services.feedback.domain.surveys.standing import Standing
from services.feedback.domain.surveys.steps import (
    Fields,
    next_step,
    step_before,
    step_of,
    step_shown,
    with_form,
)
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.surveys.errors import AlreadyAnswered
from services.feedback.usecases.surveys.meet import open_link
from services.feedback.usecases.surveys.respond import Given, give_answers, save_answers


@dataclass(frozen=True, slots=True)
class Posted:
    """A step as its form was sent; `is_back`: towards the one before."""

    number: int
    fields: Fields
    is_back: bool
    language: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands; `step` is None at the end. `faults`: by question, as codes."""

    survey: Survey
    step: int | None
    answers: Answers
    faults: Mapping[str, str]


async def look(desk: Desk, token: str, number: int) -> Place:
    """Show a step, or the next that asks anything; raises as `open_link`."""
    asked, survey, standing = await open_link(desk, token)
    saved: dict[str, Any] = dict(asked.invitation.saved or {})
    if standing is Standing.ANSWERED:
        return Place(survey, None, {}, {})
    is_shown = bool(step_shown(survey, saved, number))
    step = number if is_shown else next_step(survey, saved, -1)
    return Place(survey, step or 0, saved, {})


async def walk(desk: Desk, token: str, posted: Posted) -> Place:
    """Take a step in: go on, go back, stay because of faults, or end; raises as `open_link`."""
    place = await look(desk, token, posted.number)
    if place.step is None:
        return place
    questions = step_shown(place.survey, place.answers, posted.number)
    answers = with_form(questions, place.answers, posted.fields)
    sheet = judged(place.survey, answers)
    here = {question.key for question in questions}
    faults = {key: code for key, code in codes_of(sheet).items() if key in here}
    if faults and not posted.is_back:
        return Place(place.survey, posted.number, answers, faults)
    try:
        await save_answers(desk, token, Given(sheet.answers, posted.language))
        step = _where_to(place.survey, sheet, posted)
        if step is None:
            await give_answers(desk, token, Given(sheet.answers, posted.language))
    except AlreadyAnswered:  # in another window
        step = None
    return Place(place.survey, step, sheet.answers, {})


def _where_to(survey: Survey, sheet: Sheet, posted: Posted) -> int | None:
    if posted.is_back:
        before = step_before(survey, sheet.answers, posted.number)
        return posted.number if before is None else before
    later = next_step(survey, sheet.answers, posted.number)
    if later is None and sheet.missing:  # somebody came to the end by an address of their own
        return step_of(survey, sheet.missing[0])
    return later


def codes_of(sheet: Sheet) -> dict[str, str]:
    """Give the code of the fault of each question, of all steps."""
    wrong = {fault.pointer.removeprefix(f"{AT}/"): fault.code for fault in sheet.faults}
    return dict.fromkeys(sheet.missing, "missing") | wrong
