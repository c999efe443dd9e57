"""Records kept aside, and their second try."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator

from services.ingest.deps import Admin, Limit, Running
from services.ingest.domain.kept import Filter
from services.ingest.errors import RefusedAgain
from services.ingest.usecases.desk.quarantine import list_kept, replay, replay_all, show_kept
from services.ingest.usecases.desk.waiting import summarise_kept
from shared.body import BATCH_CAP, JSON_TYPES, check_content_type, read_body
from shared.contracts.common import Page
from shared.contracts.quarantine import (
    EXAMPLE_REPLAY,
    EXAMPLE_REPLAY_ALL,
    QuarantinedBody,
    QuarantinedItem,
    QuarantineSummary,
    Replay,
    ReplayAll,
    Replayed,
    ReplayedAll,
)
from shared.fields import identifier
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.strict_json import parse
from shared.wire import json_body, openapi_body, validated

router = APIRouter(
    prefix="/v1/quarantine",
    tags=["quarantine"],
    responses=problem_responses(400, 401, 403, 422, 503),
)
Text = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]
_DECLARED = openapi_body(Replay, EXAMPLE_REPLAY)["requestBody"]
_OPTIONAL = {"requestBody": _DECLARED | {"required": False}}
AllOf = Annotated[ReplayAll, Depends(json_body(ReplayAll))]


def chosen_records(
    source: Text = None,
    reason: Text = None,
    replayed: bool | None = None,  # noqa: FBT001 - a query parameter
) -> Filter:
    """Read which records are asked for."""
    return Filter(source, reason, replayed)


async def correction(request: Request) -> Replay:
    """Read the corrected body; sending none means the one that was kept."""
    raw = await read_body(request, max_bytes=BATCH_CAP, content_types=None)
    if not raw:
        return Replay()
    check_content_type(request.headers, JSON_TYPES)
    return validated(Replay, parse(raw))


@router.get("")
async def show_all(
    ingest: Running,
    _: Admin,
    chosen: Annotated[Filter, Depends(chosen_records)],
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[QuarantinedItem]:
    """List records kept aside, newest first, without their bodies."""
    return await list_kept(ingest, chosen, before=cursor, limit=limit)


@router.get("/summary")
async def show_summary(ingest: Running, _: Admin) -> QuarantineSummary:
    """Count what waits by source and reason, the most first."""
    return await summarise_kept(ingest.pool)


@router.get("/{quarantine_id}", responses=problem_responses(404))
async def show_one(ingest: Running, _: Admin, quarantine_id: UUID) -> QuarantinedBody:
    """Give one record kept aside, with what was sent."""
    return await show_kept(ingest, quarantine_id)


@router.post(
    "/{quarantine_id}/replay",
    responses=problem_responses(404, 409, 410, 413, 415),
    openapi_extra=_OPTIONAL,
)
async def replay_one(
    ingest: Running,
    caller: Admin,
    quarantine_id: UUID,
    corrected: Annotated[Replay, Depends(correction)],
) -> Replayed:
    """Read a record again, corrected if a body is sent, and count it as its source's, once."""
    try:
        return await replay(ingest, quarantine_id, corrected.body, actor=caller.name)
    except RefusedAgain as refused:
        fault = FieldFault("/body", refused.code, refused.message)
        raise Problem(INVALID, "The record is refused again", errors=[fault]) from None


@router.post(
    "/replay",
    responses=problem_responses(413, 415),
    openapi_extra=openapi_body(ReplayAll, EXAMPLE_REPLAY_ALL),
)
async def replay_many(
    ingest: Running, caller: Admin, wanted: AllOf, cursor: UUID | None = None
) -> ReplayedAll:
    """Try records of a reason or a source again, oldest first; go on after `next_cursor`."""
    return await replay_all(ingest, wanted, cursor, actor=caller.name)
