"""Receipts in, ahead of FastAPI's machinery: a till that posts one at a time has no time for it."""

from typing import Final

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.ingest.usecases.post_items import post_receipts
from services.ingest.usecases.quick_receipts import quick_items
from shared.auth import authorization_of, check_scope
from shared.body import BATCH_CAP, read_body
from shared.contracts.receipts import RawReceiptBatch
from shared.hot import HotRoute
from shared.strict_json import parse
from shared.wire import validated

PATH: Final = "/v1/receipts"
SCOPE: Final = "events:write"


async def take_receipts(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer POST /v1/receipts (raises what the edge renders)."""
    state = scope["app"].state
    caller = await state.api_keys.caller_of(authorization_of(scope["headers"]))
    check_scope(caller, SCOPE)
    request = Request(scope, receive)
    with state.ingest.admission.room(caller, request.headers.get("content-length")):
        body = await read_body(request, max_bytes=BATCH_CAP)
        items = quick_items(body) or validated(RawReceiptBatch, parse(body)).receipts
        result = await post_receipts(state.ingest, caller.source or caller.name, items)
    answer = result.model_dump_json().encode()
    length = (b"content-length", str(len(answer)).encode())
    headers = [(b"content-type", b"application/json"), length]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


HOT_ROUTES: Final = (HotRoute("POST", PATH, take_receipts),)
