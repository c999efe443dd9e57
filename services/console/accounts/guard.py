"""Nobody gets past here without a session; nothing is changed from another site's page."""

from collections.abc import MutableMapping
from typing import Any, Final
from urllib.parse import quote

from nicegui import __version__ as nicegui_version
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console.accounts.coming_back import Returning
from services.console.accounts.cookies import SESSION
from services.console.accounts.keeper import Keeper
from services.console.accounts.origins import is_changing, is_ours
from services.console.accounts.person import Person
from services.console.settings import ConsoleSettings

#: Open to everybody: no page of data is below them.
_OPEN: Final = frozenset({"/login", "/oidc/start", "/oidc/callback", "/metrics", "/favicon.ico"})
_OPEN_BELOW: Final = ("/health/", "/static/", f"/_nicegui/{nicegui_version}/")
_SOCKET: Final = "/_nicegui_ws/"
_WAY_OUT: Final = "/logout"
#: What never changes under its address may be kept; everything else is of one person.
_KEPT_BELOW: Final = _OPEN_BELOW[1:]
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        # NiceGUI builds its page of an inline script, and Vue compiles templates by `eval`
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_FOREIGN: Final = "This was sent from a page that is not the console's."
#: How Socket.IO begins a message that NiceGUI sends for a click or a key, not for its own upkeep.
_EVENT: Final = '42["event"'
#: A close of a websocket that is not accepted is a 403 for the browser.
_CLOSED: Final[Message] = {"type": "websocket.close", "code": 1008}


Headers = list[tuple[bytes, bytes]]


class Guard:
    """Pure ASGI: looks for the session, refuses foreign pages, adds the headers of every answer."""

    def __init__(self, app: ASGIApp, *, settings: ConsoleSettings) -> None:
        self._app = app
        self._public_url = settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, send to the sign-in page, or refuse."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, _Headed(send, scope["path"]))
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if is_changing(scope["method"]) and not is_ours(headers, self._public_url):
            await PlainTextResponse(_FOREIGN, 403)(scope, receive, send)
        elif is_open(scope["path"]) or await _admitted(scope):
            await self._app(scope, receive, send)
        else:
            await _turned_away(scope)(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if is_ours(headers, self._public_url) and (person := await _admitted(scope)):
            await self._app(scope, _Heard(receive, scope["state"], person), send)
            return
        await receive()  # websocket.connect
        await send(_CLOSED)


def is_open(path: str) -> bool:
    """Tell whether a path needs no session."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


async def _admitted(scope: Scope) -> Person | None:
    """Find who is there and put them into the scope."""
    state: MutableMapping[str, Any] = scope.setdefault("state", {})
    token = HTTPConnection(scope).cookies.get(SESSION)
    keeper: Keeper = state["accounts"]
    person = None if token is None else await keeper.sessions.person_with(token)
    if person is not None:
        state["person"] = person
    return person


def _turned_away(scope: Scope) -> Response:
    """Send people to the sign-in page, and programs an answer they understand."""
    is_page = scope["method"] in {"GET", "HEAD"} and _wants_page(scope)
    if scope["path"] == _WAY_OUT and scope["method"] == "POST":  # who wanted out is out
        return RedirectResponse("/login", 303)
    if not is_page:
        return PlainTextResponse("Sign in first.", 401)
    path = scope["path"]
    query = scope["query_string"].decode("latin-1")
    where = quote(f"{path}?{query}" if query else path, safe="")
    return RedirectResponse("/login" if where == "%2F" else f"/login?next={where}", 302)


def _wants_page(scope: Scope) -> bool:
    accept = dict(scope["headers"]).get(b"accept", b"")
    return b"text/html" in accept and not scope["path"].startswith(_SOCKET)


class _Heard:
    """The way in of an open page: what people do on it keeps their session, what it does not."""

    __slots__ = ("_person", "_receive", "_state")

    def __init__(self, receive: Receive, state: MutableMapping[str, Any], person: Person) -> None:
        self._receive = receive
        self._state = state
        self._person = person

    async def __call__(self) -> Message:
        message = await self._receive()
        if (message.get("text") or "").startswith(_EVENT):
            await self._keep()
        return message

    async def _keep(self) -> None:
        keeper: Keeper = self._state["accounts"]
        returning: Returning = self._state["house"].returning
        await keeper.sessions.keep(returning.latest(self._person.session_id))


class _Headed:
    """The way out: adds the headers of every answer."""

    __slots__ = ("_path", "_send")

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._completed(message["headers"])}
        await self._send(message)

    def _completed(self, given: Headers) -> Headers:
        headers = [*given, *_HEADERS]
        if b"content-security-policy" not in {name.lower() for name, _ in given}:
            headers.append((b"content-security-policy", _POLICY.encode()))
        if self._path.startswith(_KEPT_BELOW):
            return headers
        kept = [(name, value) for name, value in headers if name.lower() != b"cache-control"]
        return [*kept, (b"cache-control", b"no-store")]
