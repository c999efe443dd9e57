"""The tier read as a bare ASGI app: key check, one statement, stored bytes."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from pydantic_core import PydanticCustomError
from starlette.types import Receive, Scope, Send

from shared.auth import authorization_of, check_scope
from shared.fields import identifier
from shared.hot import HotRoute
from shared.problem import INVALID, NOT_FOUND, FieldFault, Problem

PATH: Final = "/v1/customers/{customer_id}/tier"
SCOPE: Final = "tier:read"


async def read_tier(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET /v1/customers/{customer_id}/tier (raises what the edge renders)."""
    state = scope["app"].state
    caller = await state.api_keys.caller_of(authorization_of(scope["headers"]))
    check_scope(caller, SCOPE)
    query = scope["query_string"]
    body = await state.desk.answer(
        customer_id_of(scope["path_params"]["customer_id"]),
        programme_of(query) if query else None,
    )
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def customer_id_of(text: str) -> str:
    """Read the id of a path; one that could never be stored is as unknown as any (404)."""
    try:
        return identifier(text)
    except PydanticCustomError:
        raise Problem(NOT_FOUND) from None


def programme_of(query: bytes) -> str | None:
    """Read the programme asked for; raises Problem 422 when it is named twice."""
    named = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("programme", [])
    if len(named) > 1:
        fault = FieldFault("/query/programme", "repeated", "name one programme")
        raise Problem(INVALID, errors=[fault])
    return named[0] if named else None


HOT_ROUTES: Final = (HotRoute("GET", PATH, read_tier),)
