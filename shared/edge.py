"""The one middleware: request id, refusal of bad addresses, last handler, log line, metrics.

Pure ASGI and outside everything else: a BaseHTTPMiddleware costs 235 us a request.
"""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import AccessLog
from shared.address import address_fault
from shared.hot import HotRoute, select
from shared.leaving import Leaving
from shared.logs import DATABASE_AWAY, REQUEST_FAILED, bind_request_id
from shared.metrics import Metrics
from shared.problem import AWAY, INTERNAL, ProblemTable
from shared.problem_handlers import answer, problem_of, start_refusal

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_CLIENT_GONE = 499
_LOGGED = frozenset({INTERNAL, AWAY})


@dataclass(frozen=True, slots=True)
class Watch:
    """Where the middleware reports to; `access=None` writes no access log."""

    metrics: Metrics
    log: Any
    access: AccessLog | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the middleware decides by: errors by class, its routes, whether the process leaves."""

    table: ProblemTable
    hot_routes: Sequence[HotRoute] = ()
    leaving: Leaving = field(default_factory=Leaving)


class Edge:
    """Wraps the whole app of a service."""

    __slots__ = ("_app", "_rules", "_watch")

    def __init__(self, app: ASGIApp, watch: Watch, rules: Rules) -> None:
        """Take the app, where to report to, and what to decide by."""
        self._app = app
        self._watch = watch
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._live(scope, receive, send)
            return
        started = perf_counter()
        request_id = _request_id(scope)
        bind_request_id(request_id)
        reply = _Reply(send, request_id.encode(), self._rules.leaving)
        try:
            await self._guarded(scope, receive, reply)
        finally:
            self._report(scope, request_id, reply.status, perf_counter() - started)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app start and stop; a refused start is one line that says what to do."""

        async def shortened(message: Message) -> None:
            text = start_refusal(sys.exc_info()[1])
            if message["type"] == "lifespan.startup.failed" and text:
                message = {**message, "message": text}
            await send(message)

        try:
            await self._app(scope, receive, shortened)
        finally:
            if self._watch.access is not None:
                self._watch.access.flush()

    async def _guarded(self, scope: Scope, receive: Receive, reply: "_Reply") -> None:
        try:
            if fault := address_fault(scope):
                await answer(fault)(scope, receive, reply)
            else:
                app = select(self._rules.hot_routes, scope) or self._app
                await app(scope, receive, reply)
        except Exception as error:
            fault = problem_of(error, self._rules.table)
            if fault.kind in _LOGGED:
                event = REQUEST_FAILED if fault.kind is INTERNAL else DATABASE_AWAY
                self._watch.log.error(event, route=route_of(scope), exc_info=True)
            # A reply already begun cannot be taken back: let the server cut the connection.
            if reply.status != _CLIENT_GONE:
                raise
            await answer(fault)(scope, receive, reply)

    def _report(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = route_of(scope)
        self._watch.metrics.observe(method, route, status, seconds)
        if self._watch.access is not None:
            ms = seconds * 1000
            self._watch.access.add(request_id, method, route, status=status, ms=ms)


class _Reply:
    """The way out: remembers the status, names the request."""

    __slots__ = ("_id", "_leaving", "_send", "status")

    def __init__(self, send: Send, request_id: bytes, leaving: Leaving) -> None:
        self._send = send
        self._id = request_id
        self._leaving = leaving
        # What is logged when no answer began: the client left, or the task was cancelled.
        self.status = _CLIENT_GONE

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], (b"x-request-id", self._id)]
            if self._leaving.is_asked:
                # A kept connection ends with an answer, not with a reset in the next request.
                headers.append((b"connection", b"close"))
            message = {**message, "headers": headers}
        await self._send(message)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value.decode() if _REQUEST_ID.fullmatch(value) else _new_id()
    return _new_id()


def _new_id() -> str:
    # A uuid7 and its text cost eight times as much (3.2 us), and nothing is sorted by it.
    return os.urandom(16).hex()


def route_of(scope: Scope) -> str:
    """Name the route template a request went to, never its path."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    return path if isinstance(path, str) and path else "unmatched"
