"""The one way out: deadlines, retries of what may be repeated, and two kinds of failure."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.jitter import backoff_s, jitter
from shared.logs import request_id

MAX_RETRIES = 2
_RETRIED = frozenset({502, 503, 504})
_BASE_DELAY_S, _MAX_DELAY_S = 0.05, 1.0
Reply = TypeVar("Reply", bound=BaseModel)
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one part of a body; `pointer` is a JSON pointer, `code` is stable."""

    pointer: str
    message: str
    code: str = ""


class RemoteProblem(Exception):
    """The other service answered, and refused."""

    def __init__(
        self, status: int, code: str, detail: str, faults: Sequence[FieldFault] = ()
    ) -> None:
        """Take what its problem document says."""
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)


class RemoteUnavailable(Exception):
    """The other service did not answer in time, or not in its language."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `is_repeatable` says that sending it twice changes nothing more."""

    method: str
    path: str
    body: object = None
    query: Mapping[str, str] | None = None
    is_repeatable: bool = True
    timeout_s: float | None = None
    #: speaks for somebody else than this service: their key, passed on
    key: str | None = None
    #: more of the headers
    headers: Mapping[str, str] = field(default_factory=dict)
    #: the other service does it once for this key, however often it is sent
    idempotency_key: str | None = None
    #: changed only where this is still its version (RFC 9110, 13.1.1)
    if_match: str | None = None
    #: a body too large to hold, made anew by each try: its pieces, and what it is
    content: Callable[[], AsyncIterable[bytes]] | None = None
    content_type: str = "application/octet-stream"


def http_client(base_url: str, key: str, *, timeout_s: float = 2.0) -> httpx.AsyncClient:
    """Make the client a service keeps from start to stop; every kind of waiting is bounded."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=httpx.Timeout(timeout_s, connect=min(0.5, timeout_s), pool=min(0.5, timeout_s)),
        limits=httpx.Limits(max_connections=32, max_keepalive_connections=16),
        follow_redirects=False,
        trust_env=False,
    )


class Transport:
    """Sends calls of one service to another."""

    __slots__ = ("_client", "_random", "_sleep")

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = jitter,
    ) -> None:
        """Take an open client; it is closed by whoever made it."""
        self._client = client
        self._sleep = sleep
        self._random = jitter

    async def ask(self, call: Call, reply: type[Reply]) -> Reply:
        """Send a call and read its answer; raises RemoteProblem or RemoteUnavailable."""
        response = await self._send(call)
        if not response.is_success:
            raise _problem_of(response)
        try:
            return reply.model_validate_json(response.content)
        except ValidationError:
            raise RemoteUnavailable(f"{call.path} answered in another form") from None

    async def tell(self, call: Call) -> None:
        """Send a call whose answer does not matter; raises RemoteProblem or RemoteUnavailable."""
        response = await self._send(call)
        if not response.is_success:
            raise _problem_of(response)

    async def _send(self, call: Call) -> httpx.Response:
        attempts = 1 + (MAX_RETRIES if call.is_repeatable else 0)
        for attempt in range(attempts):
            is_last = attempt == attempts - 1
            try:
                response = await self._client.request(**self._arguments(call))
            except httpx.ConnectError as error:
                if is_last:
                    raise RemoteUnavailable(_named(call, error)) from error
            except httpx.TransportError as error:
                raise RemoteUnavailable(_named(call, error)) from error
            else:
                if is_last or response.status_code not in _RETRIED:
                    return response
            await self._sleep(self._delay(attempt))
        raise AssertionError("unreachable")

    def _arguments(self, call: Call) -> dict[str, Any]:
        headers = {**call.headers, **_traced()}
        arguments: dict[str, Any] = {"method": call.method, "url": call.path, "headers": headers}
        if call.key is not None:
            arguments["headers"]["Authorization"] = f"Bearer {call.key}"
        if call.idempotency_key is not None:
            arguments["headers"]["Idempotency-Key"] = call.idempotency_key
        if call.if_match is not None:
            arguments["headers"]["If-Match"] = call.if_match
        if call.body is not None:
            arguments["json"] = call.body
        if call.content is not None:
            arguments["content"] = call.content()
            arguments["headers"]["Content-Type"] = call.content_type
        if call.query:
            arguments["params"] = call.query
        if call.timeout_s is not None:
            arguments["timeout"] = call.timeout_s
        return arguments

    def _delay(self, attempt: int) -> float:
        return backoff_s(attempt, first_s=_BASE_DELAY_S, most_s=_MAX_DELAY_S, draw=self._random)


def _traced() -> dict[str, str]:
    current = request_id()
    return {"X-Request-Id": current} if current else {}


def _named(call: Call, error: Exception) -> str:
    return f"{call.method} {call.path}: {type(error).__name__}"


def _problem_of(response: httpx.Response) -> RemoteProblem:
    try:
        body = response.json()
    except ValueError:
        body = None
    members = body if isinstance(body, dict) else {}
    code = str(members.get("type", "")).rpartition("/")[2] or "unknown"
    detail = str(members.get("detail") or members.get("message") or "")
    return RemoteProblem(response.status_code, code, detail, _faults_of(members.get("errors")))


def _faults_of(errors: object) -> list[FieldFault]:
    listed = errors if isinstance(errors, list) else []
    return [
        FieldFault(*(str(error.get(name, "")) for name in ("pointer", "message", "code")))
        for error in listed
        if isinstance(error, dict)
    ]
