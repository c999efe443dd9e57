"""What commerce platforms push."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request

from services.ingest.deps import PathId, Running
from services.ingest.usecases.senders import webhooks
from shared.auth import require
from shared.body import BATCH_CAP, read_body
from shared.contracts.webhooks import (
    EXAMPLE_ORDER,
    EXAMPLE_PAYMENT,
    EXAMPLE_SETUP,
    PushAnswer,
    WebhookSetup,
    WebhookState,
)
from shared.keys import ADMIN, Caller
from shared.parameters import ANY_QUERY
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1", tags=["webhooks"], responses=problem_responses(400, 401, 413, 415, 422, 503)
)
Admin = Annotated[Caller, Depends(require(ADMIN))]
Setup = Annotated[WebhookSetup, Depends(json_body(WebhookSetup))]
Signature = Annotated[str, Header(max_length=256)]


def _pushed(example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}, **ANY_QUERY}


async def _raw_body(request: Request, ingest: Running) -> AsyncIterator[bytes]:
    """Read the bytes that were signed, in a room held until the push is answered."""
    with ingest.admission.room(None, request.headers.get("content-length")):
        yield await read_body(request, max_bytes=BATCH_CAP)


Raw = Annotated[bytes, Depends(_raw_body)]


@router.put(
    "/sources/{source_id}/webhook",
    responses=problem_responses(403),
    openapi_extra=openapi_body(WebhookSetup, EXAMPLE_SETUP),
)
async def set_up(ingest: Running, caller: Admin, source_id: PathId, setup: Setup) -> WebhookState:
    """Give a source the secret its pushes are signed with; the former one lasts an hour more."""
    now = ingest.clock.now()
    return await webhooks.set_up(ingest, source_id, setup, actor=caller.name, now=now)


@router.post("/webhooks/shopify/{source_id}", openapi_extra=_pushed(EXAMPLE_ORDER))
async def take_shopify(
    ingest: Running,
    source_id: PathId,
    body: Raw,
    x_shopify_hmac_sha256: Signature = "",
    x_shopify_topic: Annotated[str, Header(max_length=100)] = "",
) -> PushAnswer:
    """Take one of Shopify's web hooks in: orders/create, updated, cancelled and refunds/create."""
    return await webhooks.take_shopify(
        ingest, source_id, body, topic=x_shopify_topic, signature=x_shopify_hmac_sha256
    )


@router.post("/webhooks/square/{source_id}", openapi_extra=_pushed(EXAMPLE_PAYMENT))
async def take_square(
    ingest: Running,
    source_id: PathId,
    body: Raw,
    x_square_hmacsha256_signature: Signature = "",
) -> PushAnswer:
    """Take one of Square's web hooks in: completed payments and refunds."""
    return await webhooks.take_square(
        ingest, source_id, body, signature=x_square_hmacsha256_signature
    )
