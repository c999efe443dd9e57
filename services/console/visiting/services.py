"""The three services as a visitor meets them: over HTTP, named when they are away."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import httpx
from pydantic import BaseModel

from shared.acting import header_of
from shared.clients.transport import Call, RemoteProblem, RemoteUnavailable, Transport

Reply = TypeVar("Reply", bound=BaseModel)
#: Names who asks; raises where they may not go on (their session is over).
Admit = Callable[[], Awaitable[str]]


class Service(StrEnum):
    """Whom the console speaks to."""

    INGEST = "ingest"
    SCORING = "scoring"
    FEEDBACK = "feedback"


class ServiceAway(Exception):
    """A service did not answer in time; `service` says which."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.value)
        self.service = service


class ServiceRefused(Exception):
    """A service answered, and refused; `problem` says why."""

    def __init__(self, service: Service, problem: RemoteProblem) -> None:
        super().__init__(f"{service.value}: {problem}")
        self.service = service
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Line:
    """The open way to one service, kept from start to stop."""

    service: Service
    transport: Transport
    http: httpx.AsyncClient


@dataclass(frozen=True, slots=True)
class Remote:
    """One service as one visitor meets it; `admit` is asked before every call."""

    line: Line
    admit: Admit

    async def ask(self, call: Call, reply: type[Reply]) -> Reply:
        """Send a call and read its answer; raises ServiceAway, ServiceRefused."""
        call = await self._named(call)
        try:
            return await self.line.transport.ask(call, reply)
        except RemoteUnavailable as error:
            raise ServiceAway(self.line.service) from error
        except RemoteProblem as error:
            raise ServiceRefused(self.line.service, error) from error

    async def tell(self, call: Call) -> None:
        """Send a call whose answer does not matter; raises ServiceAway, ServiceRefused."""
        call = await self._named(call)
        try:
            await self.line.transport.tell(call)
        except RemoteUnavailable as error:
            raise ServiceAway(self.line.service) from error
        except RemoteProblem as error:
            raise ServiceRefused(self.line.service, error) from error

    async def get(self, path: str, reply: type[Reply], query: Mapping[str, object] = {}) -> Reply:
        """Read something; parts of the query that are None are left out."""
        return await self.ask(Call("GET", path, query=query_of(query)), reply)

    @asynccontextmanager
    async def stream(
        self, path: str, query: Mapping[str, object] = {}, body: object = None
    ) -> AsyncIterator[httpx.Response]:
        """Read something too large to hold; raises ServiceAway, ServiceRefused (status alone)."""
        headers = header_of(await self.admit())
        method = "GET" if body is None else "POST"
        try:
            async with self.line.http.stream(
                method, path, params=query_of(query), json=body, headers=headers, timeout=60
            ) as response:
                if not response.is_success:
                    problem = RemoteProblem(response.status_code, "unknown", "")
                    raise ServiceRefused(self.line.service, problem)
                yield response
        except httpx.TransportError as error:
            raise ServiceAway(self.line.service) from error

    async def _named(self, call: Call) -> Call:
        """Say for whom it is: services write down the person, not the console."""
        return replace(call, headers={**call.headers, **header_of(await self.admit())})


def query_of(query: Mapping[str, object]) -> dict[str, str] | None:
    """Write the query as text: true and false in small letters, None left out."""
    given = {name: value for name, value in query.items() if value is not None}
    return {name: _text(value) for name, value in given.items()} or None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
