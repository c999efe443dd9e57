"""Stand-ins with the same shape as the real thing: a clock to set, keys in memory, a remote."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.keys import Caller, hash_key


@dataclass(slots=True)
class FakeClock:
    """A business clock that moves only when told to."""

    instant: datetime = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def advance(self, **span: float) -> None:
        self.instant += timedelta(**span)


@dataclass(slots=True)
class FakeTimer:
    """A monotonic clock in seconds."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class FakeKeys:
    """The api_keys table in memory; `is_away` is a database that cannot be reached."""

    callers: dict[bytes, Caller] = field(default_factory=dict)
    is_away: bool = False
    asked: int = 0

    def add(self, key: str, caller: Caller) -> None:
        self.callers[hash_key(key)] = caller

    def revoke(self, key: str) -> None:
        del self.callers[hash_key(key)]

    async def __call__(self, key_hash: bytes) -> Caller | None:
        self.asked += 1
        if self.is_away:
            raise ConnectionRefusedError
        return self.callers.get(key_hash)


@dataclass(slots=True)
class FakeRemote:
    """Another service: answers from a list, one a request, and keeps what it was asked."""

    answers: list[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self), base_url="http://remote")


@dataclass(slots=True)
class FakeConnection:
    """A raw connection that answers one row and one value, or an error."""

    row: dict[str, Any] | None = None
    value: object = None
    error: Exception | None = None

    async def fetchrow(self, _: str, *__: object) -> dict[str, Any] | None:
        if self.error:
            raise self.error
        return self.row

    async def fetchval(self, _: str, *__: object) -> object:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value
