"""Feedback: give it, read it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from services.feedback.deps import IdempotencyKey, Reader, Running, Writer
from services.feedback.domain.capture.wanted import Wanted
from services.feedback.usecases.capture.give import Counter, give_feedback
from services.feedback.usecases.capture.read import (
    UnknownFeedback,
    list_feedback,
    require_feedback,
)
from shared.contracts.common import Page
from shared.contracts.feedback import (
    FeedbackAnswer,
    FeedbackChannel,
    FeedbackItem,
    FeedbackKind,
    FeedbackRequest,
)
from shared.fields import Instant, identifier
from shared.idempotency import HEADER_PARAMETER, REPLAYED
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/feedback", tags=["feedback"])
EXAMPLE = {
    "kind": "csat",
    "rating": 5,
    "channel": "store",
    "customer": {"loyalty_account": "M-1"},
    "order_id": "o-1",
    "feedback_id": "f-1",
    "text": "又快又好喝",
    "language": "zh",
    "occurred_at": "2026-11-21T12:40:00+08:00",
}
Body = Annotated[FeedbackRequest, Depends(json_body(FeedbackRequest))]
OfCustomer = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]
Limit = Annotated[int, Query(ge=1, le=200)]
Rating = Annotated[int | None, Query(ge=0, le=10)]


def counter_of(request: Request) -> Counter:
    """Return where feedback is taken in."""
    counter: Counter = request.app.state.counter
    return counter


def wanted_of(
    *,
    kind: FeedbackKind | None = None,
    channel: FeedbackChannel | None = None,
    min_rating: Rating = None,
    max_rating: Rating = None,
    since: Annotated[Instant | None, Query(description="said at this instant or later")] = None,
    until: Annotated[Instant | None, Query(description="said before this instant")] = None,
) -> Wanted:
    """Read which feedback is asked for."""
    return Wanted(kind, channel, min_rating, max_rating, since, until)


@router.post(
    "",
    status_code=201,
    response_model=FeedbackAnswer,
    responses={
        200: {"model": FeedbackAnswer, "description": "Stored before under this feedback_id"},
        **problem_responses(400, 401, 403, 409, 410, 413, 415, 422, 503),
    },
    openapi_extra=openapi_body(FeedbackRequest, EXAMPLE) | {"parameters": [HEADER_PARAMETER]},
)
async def give(
    counter: Annotated[Counter, Depends(counter_of)],
    caller: Writer,
    key: IdempotencyKey,
    body: Body,
) -> Response:
    """Store what a customer said, with the tier held now; it counts as an event in ingest."""
    # POST is answered by routes/hot_feedback.py before it comes here; this is its description.
    given = await give_feedback(counter, caller, body, key)
    headers = REPLAYED if given.is_replayed else None
    return JSONResponse(given.body, given.status, headers)


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def read(
    desk: Running,
    _: Reader,
    wanted: Annotated[Wanted, Depends(wanted_of)],
    customer_id: OfCustomer = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[FeedbackItem]:
    """List feedback, newest first: of one customer (merged ids too), of a kind, channel, time."""
    return await list_feedback(desk.pool, wanted, customer_id, before=cursor, limit=limit)


@router.get("/{feedback_id}", responses=problem_responses(400, 401, 403, 404, 503))
async def show(desk: Running, _: Reader, feedback_id: str) -> FeedbackItem:
    """Give one piece of feedback as it is stored."""
    try:
        ours = UUID(feedback_id)
    except ValueError:
        raise UnknownFeedback from None
    return await require_feedback(desk.pool, ours)
