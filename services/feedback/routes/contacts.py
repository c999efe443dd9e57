"""Interactions, and the time line of a customer."""

from typing import Annotated, Final, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from services.feedback.deps import IdempotencyKey, Reader, Running, Writer
from services.feedback.usecases.contacts.reading import list_interactions, one_interaction
from services.feedback.usecases.contacts.record import record_interaction
from services.feedback.usecases.contacts.timeline import USUAL, LifeAsked, read_timeline
from shared.contracts.common import Page
from shared.contracts.contacts import (
    EXAMPLE_INTERACTION,
    InteractionAnswer,
    InteractionItem,
    InteractionRequest,
    TimelineItem,
    TimelineKind,
)
from shared.fields import Instant, identifier
from shared.forms import form
from shared.idempotency import HEADER_PARAMETER, REPLAYED
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1", tags=["contacts"])
Body = Annotated[InteractionRequest, Depends(json_body(InteractionRequest))]
CustomerId = Annotated[str, AfterValidator(identifier)]
OfCustomer = Annotated[CustomerId | None, Query(min_length=1, max_length=128)]
PathId = Annotated[CustomerId, Path(min_length=1, max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=128)]
_KIND: Final = f"({'|'.join(get_args(TimelineKind))})"
_KINDS: Final = form(
    rf"^{_KIND}(,{_KIND})*$",
    f"must be kinds with commas between them: {', '.join(get_args(TimelineKind))}",
)
Kinds = Annotated[
    str | None,
    Query(
        pattern=_KINDS,
        max_length=200,
        description="Which kinds, separated by commas; all but points_earned where none is named",
    ),
]
Moment = Annotated[Instant | None, Query()]


async def asked_life(
    kinds: Kinds = None,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> LifeAsked:
    """Read which part of a time line is asked for: from `since` on, before `until`."""
    named = frozenset(kinds.split(",")) if kinds else USUAL
    return LifeAsked(named, since, until, cursor, limit)


@router.post(
    "/interactions",
    status_code=201,
    response_model=InteractionAnswer,
    responses={
        200: {"model": InteractionAnswer, "description": "Stored before under this interaction_id"},
        **problem_responses(400, 401, 403, 404, 409, 410, 413, 415, 422, 503),
    },
    openapi_extra=openapi_body(InteractionRequest, EXAMPLE_INTERACTION)
    | {"parameters": [HEADER_PARAMETER]},
)
async def record(desk: Running, caller: Writer, key: IdempotencyKey, body: Body) -> Response:
    """Store one contact with a customer, and what it cost."""
    answer = await record_interaction(desk, caller, body, key)
    status = 200 if answer.body["is_duplicate"] else answer.status
    return JSONResponse(dict(answer.body), status, REPLAYED if answer.is_replayed else None)


@router.get("/interactions", responses=problem_responses(400, 401, 403, 422, 503))
async def show_all(
    desk: Running,
    _: Reader,
    customer_id: OfCustomer = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[InteractionItem]:
    """List contacts, newest first, of one customer (merged ids together) or of all."""
    return await list_interactions(desk.pool, customer_id, cursor=cursor, limit=limit)


@router.get(
    "/interactions/{interaction_id}", responses=problem_responses(400, 401, 403, 404, 422, 503)
)
async def show(desk: Running, _: Reader, interaction_id: UUID) -> InteractionItem:
    """Give one contact."""
    return await one_interaction(desk.pool, interaction_id)


@router.get(
    "/customers/{customer_id}/timeline",
    response_model=Page[TimelineItem],
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def life(
    desk: Running, _: Reader, customer_id: PathId, asked: Annotated[LifeAsked, Depends(asked_life)]
) -> Response:
    """List everything that happened with a customer, newest first, merged ids together."""
    page = await read_timeline(desk.pool, customer_id, asked)
    # made once: FastAPI would check every entry a second time
    return Response(page.model_dump_json(), media_type="application/json")
