"""Feedback in, ahead of FastAPI's machinery: web pages and call centres post it one by one."""

import json
from typing import Final

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.feedback.usecases.capture.give import Given, give_feedback
from shared.auth import authorization_of, check_scope
from shared.contracts.feedback import FeedbackRequest
from shared.hot import HotRoute
from shared.idempotency import REPLAYED, key_of
from shared.wire import read_json, validated

PATH: Final = "/v1/feedback"
SCOPE: Final = "feedback:write"


async def take_feedback(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer POST /v1/feedback (raises what the edge renders)."""
    state = scope["app"].state
    caller = await state.api_keys.caller_of(authorization_of(scope["headers"]))
    check_scope(caller, SCOPE)
    request = Request(scope, receive)
    key = key_of(request)
    body = validated(FeedbackRequest, await read_json(request))
    await _send(send, await give_feedback(state.counter, caller, body, key))


async def _send(send: Send, given: Given) -> None:
    content = json.dumps(given.body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content))}
    if given.is_replayed:
        headers |= REPLAYED
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": given.status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})


HOT_ROUTES: Final = (HotRoute("POST", PATH, take_feedback),)
