"""Drafts, publication and rollback of programmes."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Day, Pool
from services.scoring.domain.programmes.version import Version
from services.scoring.routes.programmes import READING, AskedPage, Key
from services.scoring.usecases.programmes.drafts import Draft, add_draft, begin_programme
from services.scoring.usecases.programmes.judge import faults_in
from services.scoring.usecases.programmes.look_up import list_versions, require_version
from services.scoring.usecases.programmes.publish import Approval, Which, ask_to_publish
from services.scoring.usecases.programmes.roll_back import roll_back_programme
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.programmes import (
    EXAMPLE_DRAFT,
    EXAMPLE_PROGRAMME,
    EXAMPLE_PUBLISH,
    EXAMPLE_ROLLBACK,
    CheckAnswer,
    CheckRequest,
    DraftAnswer,
    DraftRequest,
    FoundFault,
    ProgrammeRequest,
    ProgrammeRollbackAnswer,
    ProgrammeRollbackRequest,
    PublishAnswer,
    PublishRequest,
    VersionDetail,
    VersionSummary,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Answer, Asked, key_of
from shared.keys import Caller
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])
Writer = Annotated[Caller, Depends(require("programmes:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
Number = Annotated[int, Path(ge=1, le=2**31)]
ProgrammeBody = Annotated[ProgrammeRequest, Depends(json_body(ProgrammeRequest))]
DraftBody = Annotated[DraftRequest, Depends(json_body(DraftRequest))]
CheckBody = Annotated[CheckRequest, Depends(json_body(CheckRequest))]
PublishBody = Annotated[PublishRequest, Depends(json_body(PublishRequest))]
RollbackBody = Annotated[ProgrammeRollbackRequest, Depends(json_body(ProgrammeRollbackRequest))]
WRITING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)


def _body(model: type[Any], example: object) -> dict[str, Any]:
    """Declare a body and the Idempotency-Key beside it."""
    return openapi_body(model, example) | {"parameters": [HEADER_PARAMETER]}


@router.post(
    "",
    status_code=201,
    response_model=DraftAnswer,
    openapi_extra=_body(ProgrammeRequest, EXAMPLE_PROGRAMME),
    responses=WRITING,
)
async def begin(
    pool: Pool, day: Day, caller: Writer, key: IdempotencyKey, body: ProgrammeBody
) -> Response:
    """Begin a programme with its first draft; nobody has a tier of it before it is published."""
    asked = Asked(caller, "POST /v1/programmes", body, key, status=201)
    now = day.moment().now
    return _replied(await begin_programme(pool, body.programme, body.document, asked, now=now))


@router.post(
    "/check",
    openapi_extra=openapi_body(CheckRequest, EXAMPLE_DRAFT),
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
    dependencies=READING,
)
async def check(pool: Pool, body: CheckBody) -> CheckAnswer:
    """Tell what is wrong with a document, as it is written; nothing is kept."""
    found = await faults_in(pool, body.document)
    return CheckAnswer(
        faults=[FoundFault(pointer=f.pointer, code=f.code, message=f.message) for f in found]
    )


@router.get(
    "/{programme}/versions",
    dependencies=READING,
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def versions(pool: Pool, programme: Key, page: AskedPage) -> Page[VersionSummary]:
    """List the versions of a programme, the newest first."""
    before = page.number()
    found, cursor = await list_versions(pool, programme, before=before, limit=page.limit)
    return Page(items=[VersionSummary(**_summary(one)) for one in found], next_cursor=cursor)


@router.post(
    "/{programme}/versions",
    status_code=201,
    response_model=DraftAnswer,
    openapi_extra=_body(DraftRequest, EXAMPLE_DRAFT),
    responses=WRITING,
)
async def draft(
    pool: Pool, day: Day, caller: Writer, *, programme: Key, key: IdempotencyKey, body: DraftBody
) -> Response:
    """Add a draft: a document that may be simulated and published, and never changes."""
    asked = Asked(caller, f"POST /v1/programmes/{programme}/versions", body, key, status=201)
    now = day.moment().now
    made = Draft(body.document, body.question)
    return _replied(await add_draft(pool, programme, made, asked, now=now))


@router.get(
    "/{programme}/versions/{version}",
    dependencies=READING,
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def version(pool: Pool, programme: Key, version: Number) -> VersionDetail:
    """Tell everything about a version: its document, where it stands, and who published it."""
    found = await require_version(pool, programme, version)
    return VersionDetail(**_summary(found), document=dict(found.document))


@router.post(
    "/{programme}/versions/{version}/publish",
    status_code=202,
    response_model=PublishAnswer,
    openapi_extra=_body(PublishRequest, EXAMPLE_PUBLISH),
    responses={**WRITING, 200: {"model": PublishAnswer, "description": "Dry run"}},
)
async def publish(
    pool: Pool,
    day: Day,
    caller: Writer,
    *,
    programme: Key,
    version: Number,
    key: IdempotencyKey,
    body: PublishBody,
) -> Response:
    """Publish a draft in the background: everybody is decided by it, then it is in force at once.

    The answer tells what it changes; `dry_run` tells it and does nothing.
    """
    route = f"POST /v1/programmes/{programme}/versions/{version}/publish"
    asked = Asked(caller, route, body, key, status=200 if body.dry_run else 202)
    approval = Approval(body.goal, body.owner, body.approval, body.dry_run)
    which, now = Which(programme, version), day.moment().now
    answer = await ask_to_publish(pool, which, approval, asked, now=now)
    response = _replied(answer)
    if job_id := answer.body["job_id"]:
        response.headers["Location"] = f"/v1/jobs/{job_id}"
    return response


@router.post(
    "/{programme}/rollback",
    response_model=ProgrammeRollbackAnswer,
    openapi_extra=_body(ProgrammeRollbackRequest, EXAMPLE_ROLLBACK),
    responses=WRITING,
)
async def rollback(
    pool: Pool, day: Day, caller: Writer, *, programme: Key, key: IdempotencyKey, body: RollbackBody
) -> Response:
    """Go back to the version before, at once; the one that is left counts as never published."""
    asked = Asked(caller, f"POST /v1/programmes/{programme}/rollback", body, key, body.reason)
    return _replied(await roll_back_programme(pool, programme, asked, now=day.moment().now))


def _summary(found: Version) -> dict[str, Any]:
    return {
        "programme": found.key,
        "version": found.version,
        "status": found.status.value,
        "created_at": found.created_at,
        "published_at": found.published_at,
        "note": dict(found.note),
    }


def _replied(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, REPLAYED if answer.is_replayed else None)
