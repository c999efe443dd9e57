"""A lean HTTP/1.1 client: some connections, each sending its next request on the last answer."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from typing_extensions import override

LONGEST_S: Final = 60
_LENGTH: Final = b"content-length: "
_OK: Final = (b"HTTP/1.1 200", b"HTTP/1.1 201")


@dataclass(slots=True)
class Round:
    """What one round measured."""

    seconds: float
    latencies: list[float] = field(repr=False)

    @property
    def per_s(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class _Connection(asyncio.Protocol):
    def __init__(
        self, requests: Iterator[bytes], latencies: list[float], done: asyncio.Future[None]
    ) -> None:
        self._requests = requests
        self._latencies = latencies
        self._done = done
        self._waiting = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class
        self._send()

    @override
    def data_received(self, data: bytes) -> None:
        self._waiting += data
        head = self._waiting.find(b"\r\n\r\n")
        if head < 0:
            return
        begin = self._waiting.find(_LENGTH) + len(_LENGTH)
        length = int(self._waiting[begin : self._waiting.find(b"\r", begin)])
        if len(self._waiting) < head + 4 + length:
            return
        if not self._waiting.startswith(_OK):
            self._fail(RuntimeError(self._waiting.decode("utf-8", "replace")))
            return
        self._latencies.append(time.perf_counter() - self._sent)
        self._waiting = b""
        self._send()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)


async def drive(port: int, requests: list[bytes], connections: int) -> Round:
    """Send every request once over so many connections; raises on any answer but 200 and 201."""
    loop = asyncio.get_running_loop()
    shared, latencies = iter(requests), list[float]()
    ends = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(
            lambda end=end: _Connection(shared, latencies, end),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
    async with asyncio.timeout(LONGEST_S):
        await asyncio.gather(*ends)
    return Round(time.perf_counter() - started, latencies)


def get(path: str, key: str) -> bytes:
    """Write a GET request with a key."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Accept: application/json\r\n\r\n"
    ).encode()


def post(path: str, key: str, body: bytes) -> bytes:
    """Write a POST request of JSON with a key."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
