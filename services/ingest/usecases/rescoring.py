"""Tell scoring at once whom to look at again; best effort, the outbox makes sure of it."""

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.logs import logger

_CHUNK = 1000


class Rescorer(Protocol):
    """Whoever can have customers decided anew: scoring's client, or a fake."""

    async def rescore(self, profile_ids: Sequence[UUID]) -> None:
        """Have these customers decided anew now."""
        ...


class Rescoring:
    """Calls to scoring that nobody waits for, a bounded number at once."""

    def __init__(self, client: Rescorer | None, *, limit: int) -> None:
        """Take the client (None: leave it to the outbox) and how many calls may run."""
        self._client = client
        self._limit = limit
        self._running: set[asyncio.Task[None]] = set()

    def soon(self, profile_ids: Sequence[UUID]) -> None:
        """Ask for a look at these customers, unless too many calls run already."""
        if self._client is None or not profile_ids or len(self._running) >= self._limit:
            return
        task = asyncio.create_task(self._call(self._client, profile_ids))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _call(self, client: Rescorer, profile_ids: Sequence[UUID]) -> None:
        try:
            for start in range(0, len(profile_ids), _CHUNK):
                await client.rescore(profile_ids[start : start + _CHUNK])
        except (RemoteProblem, RemoteUnavailable) as error:
            logger("ingest").info("rescore_skipped", reason=type(error).__name__)

    async def close(self) -> None:
        """Give up on what still runs; the outbox has it."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
