"""Call somebody else's server without being led anywhere else."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from time import perf_counter
from typing import Final

import httpx

from services.scoring.domain.webhooks.retries import Attempt
from services.scoring.domain.webhooks.targets import (
    Address,
    BadTarget,
    Target,
    check_address,
    target_of,
)
from shared.clock import Clock, SystemClock

TOTAL_S: Final = 15.0
MOST_ANSWER: Final = 64 * 1024
CONNECTIONS: Final = 16
_MOST_ADDRESSES: Final = 3
_LOOK_UP_S: Final = 2.0
_HEADERS: Final = {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": "Tierline-Webhooks/1",
}

#: Names the addresses of a host; raises OSError where there are none.
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


async def resolve(host: str, port: int) -> list[Address]:
    """Ask the system for a host's addresses, those of IPv4 first."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(ip_address(row[4][0]) for row in found)
    return sorted(addresses, key=lambda address: address.version)


@cache
def _trusted() -> ssl.SSLContext:
    """Read the authorities once: it takes 20 ms."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Courier:
    """Posts to endpoints: the name is looked up once, and only what was checked is called."""

    allows_private: bool = False
    resolve: Resolve = resolve
    clock: Clock = field(default_factory=SystemClock)
    total_s: float = TOTAL_S
    trust: ssl.SSLContext | None = None

    async def check(self, url: str) -> None:
        """Refuse a URL that would not be called today; raises BadTarget.

        A name that is not known yet passes: what it stands for is checked at every sending.
        """
        target = target_of(url, allows_private=self.allows_private)
        try:
            async with asyncio.timeout(_LOOK_UP_S):
                await self._addresses(target)
        except OSError:
            return

    @asynccontextmanager
    async def open(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """Open connections for one endpoint: they are never shared between hosts.

        A transport, not a client: it follows no redirect, reads no proxy from the environment and
        keeps no cookie.
        """
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        trust = self.trust or _trusted()
        async with httpx.AsyncHTTPTransport(
            verify=trust, trust_env=False, limits=limits
        ) as transport:
            yield transport

    async def send(
        self, wire: httpx.AsyncHTTPTransport, url: str, content: bytes, signed: Mapping[str, str]
    ) -> Attempt:
        """Post once and say what came of it, within `total_s`."""
        at, began = self.clock.now(), perf_counter()
        status, error = None, None
        try:
            async with asyncio.timeout(self.total_s):
                status = await self._post(wire, url, content, signed)
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except BadTarget as refused:
            error = f"refused: {refused}"
        except socket.gaierror:
            error = "unknown_host"
        except (httpx.ConnectError, OSError):
            error = "connection_failed"
        except httpx.HTTPError:
            error = "broken_answer"
        if status is not None and 300 <= status < 400:
            error = "redirect"
        return Attempt(at, round((perf_counter() - began) * 1000), status, error)

    async def _post(
        self, wire: httpx.AsyncHTTPTransport, url: str, content: bytes, signed: Mapping[str, str]
    ) -> int:
        target = target_of(url, allows_private=self.allows_private)
        addresses = await self._addresses(target)
        *first, last = addresses[:_MOST_ADDRESSES]
        for address in first:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await _exchange(wire, _request(target, address, content, signed))
        return await _exchange(wire, _request(target, last, content, signed))

    async def _addresses(self, target: Target) -> Sequence[Address]:
        """Look up a host; one bad address among good ones is enough to refuse it."""
        if target.address is not None:
            return [target.address]
        found = await self.resolve(target.host, target.port)
        for address in found:
            check_address(address, allows_private=self.allows_private)
        if not found:
            raise socket.gaierror("no address")
        return found


def _request(
    target: Target, address: Address, content: bytes, signed: Mapping[str, str]
) -> httpx.Request:
    """Address a request to the checked address, but ask for and verify the name."""
    host = f"[{address}]" if address.version == 6 else str(address)
    return httpx.Request(
        "POST",
        f"{target.scheme}://{host}:{target.port}{target.path}",
        content=content,
        headers={"host": target.host_header, **_HEADERS, **signed},
        extensions={"sni_hostname": target.host, "timeout": {"connect": TOTAL_S / 3}},
    )


async def _exchange(wire: httpx.AsyncHTTPTransport, request: httpx.Request) -> int:
    """Send a request; give the status when its answer ends, or is longer than anybody reads."""
    response = await wire.handle_async_request(request)
    try:
        size = 0
        async for part in response.aiter_raw():
            size += len(part)
            if size > MOST_ANSWER:
                break
        return response.status_code
    finally:
        await response.aclose()
