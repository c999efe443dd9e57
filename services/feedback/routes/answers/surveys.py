"""Surveys, invitations, answers and results as the outside sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.feedback.domain.surveys.questions import NUMBERS, Question, Survey
from services.feedback.domain.surveys.records import Asked, Response, StoredSurvey
from services.feedback.domain.surveys.results import Reach, Tally, TierReach
from services.feedback.domain.surveys.standing import Standing
from services.feedback.usecases.surveys.count import Results
from shared.contracts import surveys as wire
from shared.contracts.common import LocalText

Cell = str | int | None


def survey_answer(survey: StoredSurvey) -> wire.SurveyAnswer:
    """Show a survey to who writes it."""
    return wire.SurveyAnswer(
        key=survey.survey_key,
        version=survey.version,
        state=survey.state,  # type: ignore[arg-type] # the table holds nothing else
        document=survey.document,
        created_at=survey.created_at,
        updated_at=survey.updated_at,
    )


def asked_survey(
    asked: Asked, survey: Survey, standing: Standing, language: str | None
) -> dict[str, Any]:
    """Show a survey to who answers it, in one language or both."""
    is_answered = standing is Standing.ANSWERED

    def said(text: Mapping[str, str] | None) -> object:
        return text if text is None or language is None else text[language]

    return {
        "survey": asked.invitation.survey_key,
        "version": asked.invitation.version,
        "state": "answered" if is_answered else "open",
        "title": said(survey.title),
        "intro": said(survey.intro),
        "thanks": said(survey.thanks),
        "is_anonymous": survey.is_anonymous,
        "questions": [] if is_answered else [_asked(q, said) for q in survey.questions],
        "answers": dict(asked.invitation.saved or {}),
        "expires_at": asked.invitation.expires_at,
    }


def _asked(question: Question, said: Any) -> dict[str, Any]:
    is_number = question.kind in NUMBERS
    return {
        "key": question.key,
        "kind": question.kind,
        "text": said(question.text),
        "help": said(question.help),
        "required": question.is_required,
        "options": [{"key": key, "text": said(text)} for key, text in question.options.items()],
        "min": question.lowest if is_number else None,
        "max": question.highest if is_number else None,
        "min_label": said(question.labels[0]),
        "max_label": said(question.labels[1]),
        "max_length": question.longest if question.kind == "text" else None,
        "show_if": question.show_if,
    }


def results_answer(results: Results) -> wire.SurveyResults:
    """Show what a survey has come to."""
    return wire.SurveyResults(
        key=results.survey.survey_key,
        state=results.survey.state,  # type: ignore[arg-type] # as above
        version=results.version,
        reach=wire.SurveyReach(**_reach(results.reach)),
        by_tier=[_tier_reach(part) for part in results.by_tier],
        questions=[_question_result(each) for each in results.questions],
    )


def _reach(reach: Reach) -> dict[str, Any]:
    return {
        "sent": reach.sent,
        "opened": reach.opened,
        "partly": reach.partly,
        "answered": reach.answered,
        "response_rate": reach.response_rate,
    }


def _tier_reach(part: TierReach) -> wire.TierReach:
    members = {"is_tier_known": part.is_tier_known, "tier_held": part.tier_held}
    return wire.TierReach.model_validate(_reach(part.reach) | members)


def _question_result(each: Tally) -> wire.QuestionResult:
    found = each.net_promoters
    nps = (
        None if found is None else wire.NetPromoterScore.model_validate(found, from_attributes=True)
    )
    return wire.QuestionResult(
        key=each.question.key,
        kind=each.question.kind,  # type: ignore[arg-type] # as above
        text=LocalText(**each.question.text),
        answered=each.answered,
        distribution=[_count(each.question, value, n) for value, n in each.counts.items()],
        mean=each.mean,
        nps=nps,
    )


def _count(question: Question, value: int | str | bool, number: int) -> wire.ValueCount:  # noqa: FBT001
    text = question.options.get(value) if isinstance(value, str) else None
    return wire.ValueCount(value=value, text=LocalText(**text) if text else None, count=number)


def response_item(response: Response) -> wire.ResponseItem:
    """Show the answers of one person."""
    is_named = response.customer_id is not None
    return wire.ResponseItem.model_validate(
        {
            "response_id": response.response_id,
            "version": response.version,
            "customer_id": response.customer_id,
            "language": response.language,
            # One customer alone in a tier would be known by it.
            "tier_invited": response.tier_invited if is_named else None,
            "tier_held": response.tier_held if is_named else None,
            "is_tier_known": response.is_tier_known,
            "answers": {**response.answers, **response.texts},
            "answered_at": response.answered_at,
        }
    )


HEADINGS = (
    "response_id", "answered_at", "customer_id", "version", "language", "tier_invited", "tier_held",
)  # fmt: skip


def response_cells(response: Response, questions: Sequence[Question]) -> list[Cell]:
    """Give a row of the export: a column a question, several options with semicolons between."""
    is_named = response.customer_id is not None
    held = (response.tier_invited, response.tier_held)
    answers = {**response.answers, **response.texts}
    return [
        str(response.response_id),
        response.answered_at.isoformat(),
        response.customer_id,
        response.version,
        response.language,
        *(each["tier"]["key"] if each and is_named else None for each in held),
        *(_cell(answers.get(question.key)) for question in questions),
    ]


def _cell(value: object) -> Cell:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return ";".join(map(str, value))
        case int() | str() | None:
            return value
        case _:
            return str(value)
