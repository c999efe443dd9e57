"""API keys."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.ingest.deps import Admin, IdempotencyKey, Limit, Running
from services.ingest.usecases.desk.keys import create_key, list_keys, revoke
from shared.contracts.common import Page
from shared.contracts.keys import EXAMPLE_KEY, KeyInfo, KeyMade, NewKey
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Asked
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1/keys", tags=["platform"], responses=problem_responses(400, 401, 403, 422, 503)
)
Wanted = Annotated[NewKey, Depends(json_body(NewKey))]


@router.get("")
async def show_keys(
    ingest: Running, _: Admin, limit: Limit = 50, cursor: UUID | None = None
) -> Page[KeyInfo]:
    """List keys, newest first, the revoked ones too; a key itself is never shown again."""
    return await list_keys(ingest, before=cursor, limit=limit)


@router.post(
    "",
    status_code=201,
    response_model=KeyMade,
    responses=problem_responses(409, 413, 415),
    openapi_extra=openapi_body(NewKey, EXAMPLE_KEY) | {"parameters": [HEADER_PARAMETER]},
)
async def make_one(ingest: Running, caller: Admin, key: IdempotencyKey, wanted: Wanted) -> Response:
    """Make a key and show it, this once: what is kept is a hash."""
    asked = Asked(caller, "POST /v1/keys", wanted, key, status=201)
    made = await create_key(ingest, wanted, asked)
    headers = {"Cache-Control": "no-store"} | (REPLAYED if made.is_replayed else {})
    return JSONResponse(dict(made.body), made.status, headers)


@router.delete("/{key_id}", responses=problem_responses(404, 409))
async def revoke_one(
    ingest: Running,
    caller: Admin,
    key_id: UUID,
    reason: Annotated[str, Query(max_length=200, description="why; kept in the audit log")] = "",
) -> KeyInfo:
    """Revoke a key: every process refuses it within 5 seconds; once revoked, it stays so."""
    return await revoke(ingest, caller, key_id, reason)
