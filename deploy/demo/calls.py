"""HTTP as a careful shop does it: a few attempts, then a clear word about what was refused."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import httpx

from deploy.demo.names import Body

ATTEMPTS = 6
FIRST_PAUSE_S = 0.25
BUSY = frozenset({429, 502, 503, 504})


class DemoFailed(Exception):
    """The demo shop could not be played; the message says what answered what."""


class Calls:
    """JSON over one client; repeats what is idempotent while a service is busy or away."""

    def __init__(
        self, client: httpx.AsyncClient, key: str, first_pause_s: float = FIRST_PAUSE_S
    ) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._first_pause_s = first_pause_s
        self.repeats = 0

    async def send(
        self, method: str, url: str, body: Body | None = None, *, version: int | None = None
    ) -> Any:
        """Send one request and return the parsed answer; DemoFailed when it is refused.

        `version`: of what is changed, as it was read.
        """
        headers = self._headers if version is None else self._headers | {"If-Match": f'"{version}"'}
        content = None if body is None else _encoded(body)
        request = self._client.build_request(method, url, content=content, headers=headers)
        pause = self._first_pause_s
        for _ in range(ATTEMPTS - 1):
            try:
                answer = await self._client.send(request)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in BUSY:
                return _parsed(answer)
            self.repeats += 1
            await asyncio.sleep(pause)
            pause *= 2
        try:
            return _parsed(await self._client.send(request))
        except httpx.TransportError as error:
            message = f"{method} {url}: {type(error).__name__} after {ATTEMPTS} attempts"
            raise DemoFailed(message) from error


def _encoded(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _parsed(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    raise DemoFailed(
        f"{answer.request.method} {answer.request.url} answered {answer.status_code}: "
        f"{answer.text[:500]}"
    )


Item = TypeVar("Item")


async def drain(
    items: Iterable[Item], act: Callable[[Item], Awaitable[None]], *, workers: int
) -> None:
    """Do one thing for each item, `workers` at a time; the first failure stops all."""
    source = iter(items)

    async def work() -> None:
        for item in source:
            await act(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
