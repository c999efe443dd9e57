"""Let pages of named origins post from the browser: the answers browsers ask for, and no more."""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY: Final = "*"
# What the browser clients send; `anonymousid` is RudderStack's.
_REQUEST_HEADERS: Final = "authorization, content-type, content-encoding, anonymousid"
_SHOWN: Final = "retry-after, x-request-id"
_MAX_AGE_S: Final = 600


class Cors:
    """Answers preflights and names the origin, on the paths that pages post to.

    Credentials are never allowed: a key goes in a header or in the body, never in a cookie.
    """

    __slots__ = ("_app", "_origins", "_paths")

    def __init__(self, app: ASGIApp, *, origins: Iterable[str], paths: Iterable[str]) -> None:
        """Take the app, the origins that may post, and where to."""
        self._app = app
        self._origins = frozenset(origins)
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the answer of the app be read by the page."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = self._named(headers.get("origin"))
        if _is_preflight(scope, headers):
            await _preflight(named)(scope, receive, send)
            return

        async def shown(message: Message) -> None:
            if message["type"] == "http.response.start":
                _show(MutableHeaders(scope=message), named)
            await send(message)

        await self._app(scope, receive, shown)

    def _named(self, origin: str | None) -> str | None:
        if origin is None:
            return None
        if ANY in self._origins:
            return ANY
        return origin if origin in self._origins else None


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    is_asked = "origin" in headers and "access-control-request-method" in headers
    return is_asked and scope["method"] == "OPTIONS"


def _preflight(named: str | None) -> Response:
    """Allow a post, or say nothing: then the browser does not send it."""
    answer = Response(status_code=204)
    if named is not None:
        answer.headers["Access-Control-Allow-Methods"] = "POST"
        answer.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
        answer.headers["Access-Control-Max-Age"] = str(_MAX_AGE_S)
    _show(answer.headers, named)
    return answer


def _show(headers: MutableHeaders, named: str | None) -> None:
    headers.add_vary_header("Origin")
    if named is not None:
        headers["Access-Control-Allow-Origin"] = named
        headers["Access-Control-Expose-Headers"] = _SHOWN
