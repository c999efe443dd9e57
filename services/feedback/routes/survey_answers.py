"""Answer a survey with nothing but the token of its link."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import JSONResponse, Response

from services.feedback.deps import Running
from services.feedback.routes.answers.surveys import asked_survey
from services.feedback.usecases.surveys.meet import open_link
from services.feedback.usecases.surveys.respond import Given, Taken, give_answers, save_answers
from shared.contracts.invitations import (
    EXAMPLE_ANSWERS,
    EXAMPLE_SAVED,
    AnswersRequest,
    AskedSurvey,
    GivenAnswers,
    Language,
    SavedAnswers,
)
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

# Shown without a key: the token is what lets somebody in.
KEYLESS: Final[dict[str, Any]] = {"security": []}
NOT_KEPT: Final = {"Cache-Control": "no-store"}
router = APIRouter(prefix="/v1/surveys/answer", tags=["surveys"])
Token = Annotated[str, Path(description="The token of a link, from an invitation")]
Body = Annotated[AnswersRequest, Depends(json_body(AnswersRequest))]
TAKING: Final = problem_responses(400, 404, 409, 410, 413, 415, 422, 503)


@router.get(
    "/{token}",
    response_model=AskedSurvey,
    openapi_extra=KEYLESS,
    responses=problem_responses(400, 404, 410, 422, 503),
)
async def ask(
    desk: Running, token: Token, language: Annotated[Language | None, Query()] = None
) -> Response:
    """Give the questions of a link, in both languages or one, and what was saved so far.

    A token that is none of ours and one that is unknown are answered alike.
    """
    asked, survey, standing = await open_link(desk, token)
    answer = AskedSurvey.model_validate(asked_survey(asked, survey, standing, language))
    return JSONResponse(answer.model_dump(mode="json"), headers=NOT_KEPT)


@router.put(
    "/{token}",
    openapi_extra=openapi_body(AnswersRequest, EXAMPLE_SAVED) | KEYLESS,
    responses=TAKING,
)
async def save(desk: Running, token: Token, body: Body) -> SavedAnswers:
    """Keep answers on the way, in place of those kept before; nothing is counted yet."""
    sheet = await save_answers(desk, token, Given(body.answers, body.language))
    saved = {"answers": sheet.answers, "dropped": sheet.dropped, "missing": sheet.missing}
    return SavedAnswers.model_validate(saved, strict=False)


@router.post(
    "/{token}",
    status_code=201,
    response_model=GivenAnswers,
    openapi_extra=openapi_body(AnswersRequest, EXAMPLE_ANSWERS) | KEYLESS,
    responses={200: {"model": GivenAnswers, "description": "Given before"}, **TAKING},
)
async def give(desk: Running, token: Token, body: Body) -> Response:
    """Give all answers, once; the same ones again are known (200), others refused (409).

    Answers to questions that are not shown are dropped and named; ratings become feedback.
    """
    taken = await give_answers(desk, token, Given(body.answers, body.language))
    answer = GivenAnswers.model_validate(_members(taken)).model_dump(mode="json")
    return JSONResponse(answer, 200 if taken.is_duplicate else 201, NOT_KEPT)


def _members(taken: Taken) -> dict[str, Any]:
    return {
        "response_id": taken.response_id,
        "answers": dict(taken.answers),
        "dropped": list(taken.dropped),
        "answered_at": taken.answered_at,
        "is_duplicate": taken.is_duplicate,
    }
