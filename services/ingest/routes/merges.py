"""Merges and contested identifiers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from services.ingest.deps import CustomerReader, CustomerWriter, IdempotencyKey, Limit, Running
from services.ingest.usecases.people.merges import (
    list_conflicts,
    list_merges,
    merge_customers,
    resolve_conflict,
    undo_merge,
)
from shared.contracts.common import Page
from shared.contracts.merges import (
    EXAMPLE_MERGE,
    ConflictDecision,
    IdentityConflict,
    MergeAnswer,
    MergeRequest,
)
from shared.fields import identifier
from shared.idempotency import HEADER_PARAMETER, REPLAYED
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1", tags=["identity"], responses=problem_responses(400, 401, 403, 422, 503)
)
EXAMPLE_DECISION = {"keep": "claimant"}
MergeBody = Annotated[MergeRequest, Depends(json_body(MergeRequest))]
DecisionBody = Annotated[ConflictDecision, Depends(json_body(ConflictDecision))]
PartyId = Annotated[
    Annotated[str, AfterValidator(identifier)] | None,
    Query(max_length=128, description="Only merges that this customer won or lost"),
]


@router.post(
    "/merges",
    status_code=201,
    response_model=MergeAnswer,
    responses=problem_responses(404, 409, 413, 415),
    openapi_extra=openapi_body(MergeRequest, EXAMPLE_MERGE) | {"parameters": [HEADER_PARAMETER]},
)
async def merge(
    ingest: Running, caller: CustomerWriter, key: IdempotencyKey, body: MergeBody
) -> Response:
    """Merge the loser into the winner: all that either did counts for the winner from now on."""
    done = await merge_customers(ingest, caller, body, key)
    return JSONResponse(done.body, done.status, REPLAYED if done.is_replayed else None)


@router.delete("/merges/{merge_id}", responses=problem_responses(404, 409))
async def undo(ingest: Running, caller: CustomerWriter, merge_id: UUID) -> MergeAnswer:
    """Undo a merge: facts and tiers are those of never having merged."""
    return await undo_merge(ingest, caller, merge_id)


@router.get("/merges")
async def show_merges(
    ingest: Running,
    _: CustomerReader,
    customer_id: PartyId = None,
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[MergeAnswer]:
    """List merges, newest first, with those that were undone: all, or those of a customer."""
    return await list_merges(ingest.pool, customer_id, before=cursor, limit=limit)


@router.get("/identity-conflicts")
async def show_conflicts(
    ingest: Running,
    _: CustomerReader,
    is_open: bool = True,  # noqa: FBT001, FBT002 - a query parameter
    limit: Limit = 50,
    cursor: UUID | None = None,
) -> Page[IdentityConflict]:
    """List identifiers that two customers claim, newest first: open ones, or settled ones."""
    return await list_conflicts(ingest.pool, is_open=is_open, before=cursor, limit=limit)


@router.post(
    "/identity-conflicts/{conflict_id}/resolve",
    responses=problem_responses(404, 409, 413, 415),
    openapi_extra=openapi_body(ConflictDecision, EXAMPLE_DECISION),
)
async def resolve(
    ingest: Running, caller: CustomerWriter, conflict_id: UUID, body: DecisionBody
) -> IdentityConflict:
    """Say who has a contested identifier from now on; what was done under it stays."""
    return await resolve_conflict(ingest, caller, conflict_id, body)
