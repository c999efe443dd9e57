"""The two session routes as bare ASGI apps: front ends wait for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.scoring.domain.session import Named, Session
from services.scoring.errors import BadSession
from services.scoring.usecases.sessions.pass_on import filled
from services.scoring.usecases.sessions.session_desk import Opening
from shared.auth import authorization_of, check_scope
from shared.contracts.session import SessionRequest
from shared.hot import HotRoute
from shared.identifiers import lookup_key
from shared.keys import bearer_key
from shared.problem import INVALID, FieldFault, Problem
from shared.secrets import Secrets
from shared.wire import read_json, validated

SESSIONS_PATH: Final = "/v1/sessions"
OWN_TIER_PATH: Final = "/v1/session/tier"
_TOKEN: Final = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9_.-]{1,32768})")


async def open_session(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer POST /v1/sessions (raises what the edge renders)."""
    state = scope["app"].state
    authorization = authorization_of(scope["headers"])
    caller = await state.api_keys.caller_of(authorization)
    check_scope(caller, "tier:read")
    asked = validated(SessionRequest, await read_json(Request(scope, receive)))
    if asked.events:
        check_scope(caller, "events:write")
    session = _session_of(state, asked.token)
    opening = _opening(asked, session, state.secrets, bearer_key(authorization) or "")
    await _send_json(send, await state.sessions.open(opening))


async def read_own_tier(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET /v1/session/tier to whoever holds the session's token; raises BadSession."""
    state = scope["app"].state
    shown = _TOKEN.fullmatch((authorization_of(scope["headers"]) or b"").strip())
    if shown is None:
        raise BadSession
    session = state.session_tokens.read(shown[1].decode())
    await _send_json(send, await state.sessions.own(session))


def _session_of(state: object, token: str | None) -> Session | None:
    if token is None:
        return None
    try:
        session: Session = state.session_tokens.read(token)  # type: ignore[attr-defined] # Starlette's State
    except BadSession as error:  # no 401: the key is good
        fault = FieldFault("/token", "session_ended", error.detail)
        raise Problem(INVALID, errors=[fault]) from None
    return session


def _opening(asked: SessionRequest, session: Session | None, secrets: Secrets, key: str) -> Opening:
    given = asked.named()
    named = [Named(kind, lookup_key(secrets, kind, value)) for kind, value in given.items()]
    external = asked.customer.external if asked.customer else None
    shown = given.get("customer_id")
    if session is not None:
        if named and session.named not in named:
            words = "the session is of another customer, or was opened by another identifier"
            raise Problem(INVALID, errors=[FieldFault("/customer", "other_customer", words)])
        named = [session.named]
        if session.named.kind == "customer_id":
            shown = session.named.lookup_key.decode()
            given = {"customer_id": shown} | given
    return Opening(
        named=named,
        shown=shown,
        channel=asked.channel,
        programmes=asked.programmes,
        parts=frozenset(asked.include),
        session=session,
        events=_events(asked.events, given, external),
        key=key,
    )


def _events(
    events: Sequence[object] | None, given: dict[str, str], external: object
) -> Sequence[object]:
    return filled(events, given, external) if events else ()


async def _send_json(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


SESSION_ROUTES: Final = (
    HotRoute("POST", SESSIONS_PATH, open_session),
    HotRoute("GET", OWN_TIER_PATH, read_own_tier),
)
