"""Programme reviews: what works badly, and the figures that show it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.feedback.deps import IdempotencyKey, Reporter, Running, Writer
from services.feedback.routes.replies import replied
from services.feedback.usecases.reviews.desk import (
    ask_for_review,
    change_finding,
    list_reviews,
    one_finding,
    one_review,
)
from shared.contracts.common import Page
from shared.contracts.reviews import (
    EXAMPLE_FINDING_CHANGE,
    EXAMPLE_REVIEW,
    FindingAnswer,
    FindingChange,
    ReviewAnswer,
    ReviewItem,
    ReviewRequest,
)
from shared.idempotency import HEADER_PARAMETER
from shared.if_match import IF_MATCH_PARAMETER, Version, etag, required
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
Body = Annotated[ReviewRequest, Depends(json_body(ReviewRequest))]
Change = Annotated[FindingChange, Depends(json_body(FindingChange))]
READING: Final = problem_responses(400, 401, 403, 404, 422, 503)
WRITING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)


@router.post(
    "",
    status_code=202,
    response_model=ReviewItem,
    responses=WRITING,
    openapi_extra=openapi_body(ReviewRequest, EXAMPLE_REVIEW) | {"parameters": [HEADER_PARAMETER]},
)
async def ask(desk: Running, caller: Writer, key: IdempotencyKey, body: Body) -> Response:
    """Ask for a review of a quarter; the worker does it. Each whole quarter has one by itself."""
    return replied(await ask_for_review(desk, caller, body, key))


@router.get("", responses=READING)
async def show_all(
    desk: Running,
    _: Reporter,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> Page[ReviewItem]:
    """List reviews, the newest first."""
    return await list_reviews(desk, cursor, limit)


@router.get("/{review_id}", responses=READING)
async def show(desk: Running, _: Reporter, review_id: UUID) -> ReviewAnswer:
    """Give a review: weak strategies with their figures, and what had not enough data."""
    return await one_review(desk, review_id)


@router.get("/{review_id}/findings/{finding_id}", responses=READING)
async def show_finding(
    desk: Running, _: Reporter, review_id: UUID, finding_id: UUID, response: Response
) -> FindingAnswer:
    """Give one finding; its ETag is its version."""
    found = await one_finding(desk, review_id, finding_id)
    response.headers.update(etag(found.version))
    return found


@router.patch(
    "/{review_id}/findings/{finding_id}",
    response_model=FindingAnswer,
    responses={**WRITING, **problem_responses(412, 428)},
    openapi_extra=openapi_body(FindingChange, EXAMPLE_FINDING_CHANGE)
    | {"parameters": [IF_MATCH_PARAMETER]},
)
async def change(
    desk: Running,
    caller: Writer,
    body: Change,
    *,
    review_id: UUID,
    finding_id: UUID,
    version: Version,
) -> Response:
    """Accept or reject a finding, give it an owner or a note; If-Match names its version."""
    ids = (review_id, finding_id)
    changed = await change_finding(desk, caller, ids, body, required(version))
    return JSONResponse(changed.model_dump(mode="json"), headers=etag(changed.version))
