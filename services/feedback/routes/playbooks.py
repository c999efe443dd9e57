"""Playbooks: who is cared for, how and when."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.feedback.deps import IdempotencyKey, Reader, Reporter, Running, Writer
from services.feedback.routes.replies import replied, replied_with_version
from services.feedback.usecases.care.playbook_desk import (
    create_playbook,
    list_playbooks,
    one_playbook,
    run_playbook,
    write_playbook,
)
from services.feedback.usecases.care.presets import list_presets
from services.feedback.usecases.care.preview import preview_playbook
from services.feedback.usecases.care.results import playbook_results
from shared.contracts.common import Page
from shared.contracts.playbooks import (
    EXAMPLE_PLAYBOOK,
    EXAMPLE_PLAYBOOK_BODY,
    EXAMPLE_RUN,
    PlaybookAnswer,
    PlaybookBody,
    PlaybookRequest,
    PlaybookResults,
    PlaybookRunAnswer,
    PlaybookRunBody,
    PlaybookStateName,
    PresetAnswer,
)
from shared.contracts.previews import EXAMPLE_PREVIEW, PlaybookPreview, PreviewBody
from shared.forms import KEY
from shared.idempotency import HEADER_PARAMETER
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/playbooks", tags=["playbooks"])
Key = Annotated[str, Path(pattern=KEY)]
NewBody = Annotated[PlaybookRequest, Depends(json_body(PlaybookRequest))]
Body = Annotated[PlaybookBody, Depends(json_body(PlaybookBody))]
Previewed = Annotated[PreviewBody, Depends(json_body(PreviewBody))]
Run = Annotated[PlaybookRunBody, Depends(json_body(PlaybookRunBody))]
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
WRITING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)
_WITH_KEY: Final[dict[str, Any]] = {"parameters": [HEADER_PARAMETER]}


@router.post(
    "",
    status_code=201,
    response_model=PlaybookAnswer,
    responses=WRITING,
    openapi_extra=openapi_body(PlaybookRequest, EXAMPLE_PLAYBOOK) | _WITH_KEY,
)
async def create(desk: Running, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Define a playbook."""
    return replied_with_version(await create_playbook(desk, caller, body, key))


@router.get("", responses=ASKING)
async def show_all(
    desk: Running,
    _: Reader,
    state: PlaybookStateName | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=KEY)] = None,
) -> Page[PlaybookAnswer]:
    """List playbooks by their keys."""
    return await list_playbooks(desk.pool, cursor, state, limit)


@router.get("/presets", responses=problem_responses(401, 403, 503))
async def presets(desk: Running, _: Reader) -> Page[PresetAnswer]:
    """List playbooks to start from, in the currency of the shop."""
    return Page(items=await list_presets(desk.pool))


@router.get("/{playbook_key}", responses=ASKING)
async def show(desk: Running, _: Reader, playbook_key: Key, response: Response) -> PlaybookAnswer:
    """Give one playbook and how its latest pass went; its ETag is its version."""
    playbook = await one_playbook(desk.pool, playbook_key)
    response.headers.update(etag(playbook.version))
    return playbook


@router.put(
    "/{playbook_key}",
    responses={**WRITING, **problem_responses(412, 428)},
    openapi_extra=openapi_body(PlaybookBody, EXAMPLE_PLAYBOOK_BODY)
    | {"parameters": [IF_MATCH_PARAMETER]},
)
async def write(
    desk: Running,
    caller: Writer,
    *,
    playbook_key: Key,
    body: Body,
    version: Version,
    response: Response,
) -> PlaybookAnswer:
    """Create a playbook, or change the version that If-Match names; what it made stays made."""
    playbook = await write_playbook(desk, caller, playbook_key, body, version=version)
    response.headers.update(etag(playbook.version))
    return playbook


@router.post(
    "/{playbook_key}/preview",
    responses=WRITING,
    openapi_extra=openapi_body(PreviewBody, EXAMPLE_PREVIEW),
)
async def preview(desk: Running, _: Reader, playbook_key: Key, body: Previewed) -> PlaybookPreview:
    """Count whom the next pass would contact, what that costs, and who is held back; make none."""
    return await preview_playbook(desk, playbook_key, body.sample)


@router.post(
    "/{playbook_key}/run",
    status_code=202,
    response_model=PlaybookRunAnswer,
    responses=WRITING,
    openapi_extra=openapi_body(PlaybookRunBody, EXAMPLE_RUN) | _WITH_KEY,
)
async def run(
    desk: Running, caller: Writer, playbook_key: Key, key: IdempotencyKey, body: Run
) -> Response:
    """Let a live playbook look at its whole audience now; the worker makes the tasks."""
    return replied(await run_playbook(desk, caller, playbook_key, body, key))


@router.get("/{playbook_key}/results", responses=ASKING)
async def results(desk: Running, _: Reporter, playbook_key: Key) -> PlaybookResults:
    """Say what came of a playbook: tasks, outcomes, cost, reached and responded, by tier."""
    return await playbook_results(desk.pool, playbook_key)
