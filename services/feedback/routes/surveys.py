"""Surveys: define them, send them, see what they came to."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.feedback.deps import IdempotencyKey, Reader, Reporter, Running, Writer
from services.feedback.domain.surveys.questions import Question
from services.feedback.domain.surveys.records import CLOSED, LIVE, StoredSurvey
from services.feedback.domain.surveys.records import Response as Stored
from services.feedback.routes.answers.surveys import (
    HEADINGS,
    response_cells,
    response_item,
    results_answer,
    survey_answer,
)
from services.feedback.routes.replies import replied, replied_with_version
from services.feedback.usecases.surveys import count, define
from services.feedback.usecases.surveys.define import Draft
from services.feedback.usecases.surveys.invite import Wanted, invite
from shared.contracts.common import Page
from shared.contracts.invitations import EXAMPLE_INVITATIONS, InvitationsAnswer, InvitationsRequest
from shared.contracts.surveys import (
    EXAMPLE_DOCUMENT,
    EXAMPLE_SURVEY,
    ResponseItem,
    SurveyAnswer,
    SurveyDocument,
    SurveyRequest,
    SurveyResults,
)
from shared.csv_cells import csv_row
from shared.forms import KEY
from shared.idempotency import HEADER_PARAMETER, Asked
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/surveys", tags=["surveys"])
GIVING: Final = problem_responses(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
TURNING: Final = problem_responses(400, 401, 403, 404, 409, 422, 503)
CSV: Final = "text/csv"
NewBody = Annotated[SurveyRequest, Depends(json_body(SurveyRequest))]
Body = Annotated[SurveyDocument, Depends(json_body(SurveyDocument))]
Invited = Annotated[InvitationsRequest, Depends(json_body(InvitationsRequest))]
Key = Annotated[str, Path(max_length=128)]
NewKey = Annotated[str, Path(pattern=KEY)]
VersionNumber = Annotated[int | None, Query(ge=1, le=2**53 - 1)]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """Which page of answers, or all of them as CSV; `raw` leaves cells as they are."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[UUID | None, Query()] = None
    format: Annotated[Literal["json", "csv"], Query()] = "json"
    raw: Annotated[Literal["0", "1"], Query()] = "0"


@router.get("", responses=ASKING)
async def show_all(
    desk: Running,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=KEY)] = None,
) -> Page[SurveyAnswer]:
    """List surveys by their keys."""
    found, after = await define.list_surveys(desk.pool, cursor, limit)
    return Page(items=[survey_answer(each) for each in found], next_cursor=after)


@router.post(
    "",
    status_code=201,
    response_model=SurveyAnswer,
    openapi_extra=openapi_body(SurveyRequest, EXAMPLE_SURVEY) | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def create(desk: Running, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Write a new survey; it is a draft until it is opened."""
    asked = Asked(caller, "POST /v1/surveys", body, key, status=201)
    draft = Draft(body.key, body.model_dump(mode="json", exclude={"key"}), caller.name)
    return replied_with_version(await define.create_once(desk, draft, asked, _shown))


@router.get("/{survey_key}", responses=ASKING)
async def show(desk: Running, _: Reader, survey_key: Key, response: Response) -> SurveyAnswer:
    """Give a survey in its newest version, which is its ETag."""
    survey = await define.require_survey(desk.pool, survey_key)
    response.headers.update(etag(survey.version))
    return survey_answer(survey)


@router.put(
    "/{survey_key}",
    response_model=SurveyAnswer,
    openapi_extra=openapi_body(SurveyDocument, EXAMPLE_DOCUMENT)
    | {"parameters": [IF_MATCH_PARAMETER]},
    responses={201: {"model": SurveyAnswer, "description": "It is new"}, **GIVING},
)
async def replace(
    desk: Running, caller: Writer, survey_key: NewKey, body: Body, version: Version
) -> Response:
    """Write a survey, new or as the next version; invitations and answers keep theirs.

    Who was invited and has not begun gets the new version when invited again.
    """
    document = body.model_dump(mode="json")
    draft = Draft(survey_key, document, caller.name, based_on=version)
    survey, is_new = await define.change_survey(desk, draft)
    return JSONResponse(_shown(survey), 201 if is_new else 200, etag(survey.version))


@router.delete("/{survey_key}", status_code=204, responses=TURNING)
async def delete(desk: Running, caller: Writer, survey_key: Key) -> None:
    """Take a survey away with its invitations; one that has answers stays (409)."""
    await define.remove_survey(desk, survey_key, caller.name)


@router.post("/{survey_key}/open", responses=TURNING)
async def open_it(desk: Running, caller: Writer, survey_key: Key) -> SurveyAnswer:
    """Let people be invited and answer, from now on or again."""
    return survey_answer(await define.turn(desk, survey_key, LIVE, caller.name))


@router.post("/{survey_key}/close", responses=TURNING)
async def close(desk: Running, caller: Writer, survey_key: Key) -> SurveyAnswer:
    """End a survey: its links answer 410 until it is opened again."""
    return survey_answer(await define.turn(desk, survey_key, CLOSED, caller.name))


@router.post(
    "/{survey_key}/invitations",
    response_model=InvitationsAnswer,
    openapi_extra=openapi_body(InvitationsRequest, EXAMPLE_INVITATIONS)
    | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def send(
    desk: Running, caller: Writer, *, survey_key: Key, key: IdempotencyKey, body: Invited
) -> Response:
    """Give each customer a link of their own, with the tier they hold noted.

    Asking is service: who withdrew consent to `service` is skipped. A person has one open link a
    survey; invited again they get the same one.
    """
    asked = Asked(caller, f"POST /v1/surveys/{survey_key}/invitations", body, key)
    wanted = Wanted(body.customers or (), body.segment, body.cursor, body.limit)
    answer = await invite(desk, survey_key, wanted, asked)
    return replied(answer, {"Cache-Control": "no-store"})


@router.get("/{survey_key}/results", responses=ASKING)
async def results(
    desk: Running, _: Reporter, survey_key: Key, version: VersionNumber = None
) -> SurveyResults:
    """Count what came back: reach by the tier held at the invitation, and every question."""
    return results_answer(await count.results_of(desk, survey_key, version))


@router.get(
    "/{survey_key}/responses",
    response_model=Page[ResponseItem],
    responses={200: {"content": {CSV: {}}}, **ASKING},
)
async def show_responses(
    desk: Running,
    _: Reader,
    survey_key: Key,
    asked: Annotated[ResponsePage, Depends(ResponsePage)],
) -> Response | Page[ResponseItem]:
    """List answers, newest first: a page of JSON, or all of them as CSV (`?format=csv`)."""
    if asked.format == "csv":
        questions, pages = await count.all_responses(desk, survey_key)
        rows = _csv(questions, pages, is_raw=asked.raw == "1")
        disposition = {"Content-Disposition": 'attachment; filename="responses.csv"'}
        return StreamingResponse(rows, media_type=f"{CSV}; charset=utf-8", headers=disposition)
    found, after = await count.list_responses(desk, survey_key, asked.cursor, asked.limit)
    items = [response_item(each) for each in found]
    return Page(items=items, next_cursor=None if after is None else str(after))


def _shown(survey: StoredSurvey) -> dict[str, Any]:
    return survey_answer(survey).model_dump(mode="json")


async def _csv(
    questions: Sequence[Question], pages: AsyncIterator[Sequence[Stored]], *, is_raw: bool
) -> AsyncIterator[str]:
    yield csv_row([*HEADINGS, *(question.key for question in questions)])
    async for page in pages:
        yield "".join(csv_row(response_cells(each, questions), is_raw=is_raw) for each in page)
