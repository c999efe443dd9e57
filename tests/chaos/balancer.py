"""A tiny balancer before two processes: it asks for readiness and sends only to who is ready."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

Body = dict[str, Any]
ASKED_EVERY_S = 0.1


@dataclass(slots=True)
class Balancer:
    """Forwards each request once, over kept connections, to one of the ready backends."""

    client: httpx.AsyncClient
    backends: list[str]
    tally: Counter[str] = field(default_factory=Counter)
    ready: list[str] = field(default_factory=list)
    #: Backends that answered "not ready" while their port was still open.
    left_in_order: list[str] = field(default_factory=list)
    _turn: int = 0

    async def watch(self) -> None:
        """Ask every backend again and again, until cancelled."""
        while True:
            for url in self.backends:
                await self._ask(url)
            await asyncio.sleep(ASKED_EVERY_S)

    async def _ask(self, url: str) -> None:
        try:
            status = (await self.client.get(f"{url}/health/ready", timeout=2)).status_code
        except httpx.TransportError:
            status = 0
        if status == 200 and url not in self.ready:
            self.ready.append(url)
        elif status != 200 and url in self.ready:
            self.ready.remove(url)
            if status == 503:
                self.left_in_order.append(url)

    async def post(self, path: str, body: Body) -> httpx.Response | None:
        """Return a backend's answer; None, counted, where the connection broke."""
        while not self.ready:
            await asyncio.sleep(ASKED_EVERY_S / 2)
        self._turn += 1
        url = self.ready[self._turn % len(self.ready)]
        try:
            return await self.client.post(url + path, json=body)
        except httpx.TransportError as error:
            self.tally[type(error).__name__] += 1
            return None
