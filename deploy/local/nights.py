"""What the past of the demo shop is lived on: a worker by the clock of each night, and scoring."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from deploy.local.errors import NightFailed
from deploy.local.output import NIGHT_OVER
from deploy.local.processes import Child, ChildSpec, describe_end
from deploy.local.stack import Stack, start_children, stop_child, wait_live

COMMAND: Final = (sys.executable, "-m", "deploy.local.night_shift")
_MARK: Final = NIGHT_OVER.encode()


@dataclass(slots=True)
class Nights:
    """The nights of one play: part of the stack while they last, so a stop waits for them."""

    stack: Stack
    environ: Mapping[str, str]
    command: tuple[str, ...] = COMMAND
    _begun: tuple[Child, asyncio.Task[tuple[int, str]]] | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self, at: datetime) -> None:
        """Have all decided and counted that is due at an instant; raises NightFailed."""
        child, ended = self._begun or self.begin()
        self._over.clear()
        over = asyncio.create_task(self._over.wait())
        try:
            await child.tell(f"{at.isoformat()}\n".encode())
            await asyncio.wait({ended, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if not self._over.is_set():
            code, words = await ended
            raise NightFailed(f"the night of {at:%Y-%m-%d} {describe_end(code)}:\n{words}")

    @asynccontextmanager
    async def asking(self, at: datetime) -> AsyncIterator[None]:
        """Run scoring by the clock of an instant: it would decide by today's what happens then."""
        start_children(self.stack, {**self.environ, "BUSINESS_NOW": at.isoformat()}, ("scoring",))
        await wait_live(self.stack)
        try:
            yield
        finally:
            await stop_child(self.stack, "scoring")

    async def end(self) -> None:
        """Let the worker of the nights go home."""
        if self._begun is not None:
            self._begun = None
            await stop_child(self.stack, "night")

    def begin(self) -> tuple[Child, asyncio.Task[tuple[int, str]]]:
        """Start the worker of the nights, which takes seconds: it can wait to be told."""
        spec = ChildSpec(
            name="night",
            arguments=self.command,
            environ=self.environ,
            log_file=self.stack.home.logs / "night.log",
            record=self.stack.home.processes / "night.json",
        )
        child = Child(spec, self.stack.say, self._hear)
        running = asyncio.create_task(child.run(), name=spec.name)
        self.stack.children.append(child)
        self.stack.tasks.append(running)
        self._begun = child, running
        return self._begun

    def _hear(self, line: bytes) -> None:
        if _MARK in line:
            self._over.set()
