"""Export, erasure, consents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.ingest.deps import CustomerReader, CustomerWriter, PathId, Running
from services.ingest.usecases.people.consents import put_consents, show_consents
from services.ingest.usecases.privacy.erasures import ACCEPTED, ask_for_erasure, show_erasure
from services.ingest.usecases.privacy.export import export_customer, pieces
from services.ingest.usecases.privacy.retention import show_retention
from shared.auth import require
from shared.contracts.privacy import (
    EXAMPLE_CONSENTS,
    EXAMPLE_ERASE,
    Consents,
    ConsentUpdate,
    EraseRequest,
    Erasure,
    ErasureAccepted,
    RetentionPolicy,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, key_of
from shared.keys import Caller
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1", tags=["privacy"], responses=problem_responses(400, 401, 403, 422, 503)
)
PrivacyOfficer = Annotated[Caller, Depends(require("privacy:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
EraseBody = Annotated[EraseRequest, Depends(json_body(EraseRequest))]
ConsentBody = Annotated[ConsentUpdate, Depends(json_body(ConsentUpdate))]


class Download(StreamingResponse):
    """A JSON document in pieces, never kept by whoever passes it on."""

    media_type = "application/json"


@router.get(
    "/customers/{customer_id}/export",
    response_class=Download,
    responses={
        200: {
            "description": "Everything that is kept and derived, a list of rows a table",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problem_responses(404),
    },
)
async def export(ingest: Running, _: PrivacyOfficer, customer_id: PathId) -> Response:
    """Give everything that is kept and derived about a customer, in every table of every owner."""
    file = await export_customer(ingest, customer_id)
    return Download(pieces(file), headers={"Cache-Control": "no-store"})


@router.post(
    "/customers/{customer_id}/erase",
    status_code=ACCEPTED,
    response_model=ErasureAccepted,
    responses=problem_responses(404, 409, 413, 415),
    openapi_extra=openapi_body(EraseRequest, EXAMPLE_ERASE) | {"parameters": [HEADER_PARAMETER]},
)
async def erase(
    ingest: Running,
    caller: PrivacyOfficer,
    key: IdempotencyKey,
    customer_id: PathId,
    body: EraseBody,
) -> Response:
    """Erase a customer for ever, by a job; the answer names where its receipt will be."""
    asked = await ask_for_erasure(ingest, caller, customer_id, body, key=key)
    headers = {"Location": f"/v1/erasures/{asked.body['erasure_id']}"}
    headers |= REPLAYED if asked.is_replayed else {}
    return JSONResponse(asked.body, ACCEPTED, headers)


@router.get("/erasures/{erasure_id}", responses=problem_responses(404))
async def erasure(ingest: Running, _: PrivacyOfficer, erasure_id: UUID) -> Erasure:
    """Give the receipt of an erasure: what was taken from which table, when, on whose word."""
    return await show_erasure(ingest.pool, erasure_id)


@router.get("/customers/{customer_id}/consents", responses=problem_responses(404))
async def consents(ingest: Running, _: CustomerReader, customer_id: PathId) -> Consents:
    """Give what a customer agrees to, and every change that led there."""
    return await show_consents(ingest.pool, customer_id)


@router.put(
    "/customers/{customer_id}/consents",
    responses=problem_responses(404, 413, 415),
    openapi_extra=openapi_body(ConsentUpdate, EXAMPLE_CONSENTS),
)
async def write_consents(
    ingest: Running, _: CustomerWriter, customer_id: PathId, body: ConsentBody
) -> Consents:
    """Note what a customer agrees to from now on, purpose by purpose."""
    return await put_consents(ingest.pool, customer_id, body.named(), now=ingest.clock.now())


@router.get("/retention")
async def retention(ingest: Running, _: PrivacyOfficer) -> RetentionPolicy:
    """Give how long every kind of row is kept, and how many are due to be deleted."""
    return await show_retention(ingest.pool, ingest.settings, now=ingest.clock.now())
