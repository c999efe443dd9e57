"""Let pages of named origins ask from the browser: the answers browsers ask for, and no more."""

import re
from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import AfterValidator
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY: Final = "*"
# What the browser clients send; `anonymousid` is RudderStack's.
_REQUEST_HEADERS: Final = "authorization, content-type, content-encoding, anonymousid"
_SHOWN: Final = "retry-after, x-request-id"
_MAX_AGE_S: Final = 600
_ORIGIN: Final = re.compile(r"\*|https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?", re.ASCII)


def _origins(text: str) -> str:
    if all(_ORIGIN.fullmatch(origin) for origin in origins_in(text)):
        return text
    raise ValueError(
        "is not a list of origins, such as https://shop.example,https://www.shop.example"
    )


#: A setting: origins with commas between; `*`: every page.
OriginsText = Annotated[str, AfterValidator(_origins)]


def origins_in(text: str) -> tuple[str, ...]:
    """List the origins of a setting."""
    return tuple(origin.strip() for origin in text.split(",") if origin.strip())


class Cors:
    """Answers preflights and names the origin, on the paths that pages ask.

    Credentials are never allowed: a key goes in a header or in the body, never in a cookie.
    """

    __slots__ = ("_app", "_method", "_origins", "_paths")

    def __init__(
        self, app: ASGIApp, *, origins: Iterable[str], paths: Iterable[str], method: str = "POST"
    ) -> None:
        """Take the app, the origins that may ask, where, and by which method."""
        self._app = app
        self._origins = frozenset(origins)
        self._paths = frozenset(paths)
        self._method = method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or let the answer of the app be read by the page."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = self._named(headers.get("origin"))
        if _is_preflight(scope, headers):
            await self._preflight(named)(scope, receive, send)
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

    def _preflight(self, named: str | None) -> Response:
        """Allow the method, or say nothing: then the browser does not send it."""
        answer = Response(status_code=204)
        if named is not None:
            answer.headers["Access-Control-Allow-Methods"] = self._method
            answer.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
            answer.headers["Access-Control-Max-Age"] = str(_MAX_AGE_S)
        _show(answer.headers, named)
        return answer


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    is_asked = "origin" in headers and "access-control-request-method" in headers
    return is_asked and scope["method"] == "OPTIONS"


def _show(headers: MutableHeaders, named: str | None) -> None:
    headers.add_vary_header("Origin")
    if named is not None:
        headers["Access-Control-Allow-Origin"] = named
        headers["Access-Control-Expose-Headers"] = _SHOWN
