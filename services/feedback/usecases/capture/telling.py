"""Tell ingest at once what was just stored; best effort, the outbox makes sure of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import asyncpg

from services.feedback.usecases.capture.relay import EventSink, relay
from shared import outbox
from shared.away import AWAY_ERRORS
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.logs import REMOTE_FAILED, logger
from shared.outbox import OutboxRow
from shared.secrets import Secrets

#: Posts events and closes their rows.
Tell = Callable[[Sequence[OutboxRow]], Awaitable[None]]
_BATCH: Final = 500
_MOST_WAITING: Final = 5000
#: What is said within this time is told together: an event alone costs ingest much more. The
#: first one waits but a moment, a crowd longer.
_FIRST_S: Final = 0.02
_GATHER_S: Final = 0.1
#: After a failure the worker is left alone with it for so long.
_REST_S: Final = 1.0
_AWAY: Final = (RemoteProblem, RemoteUnavailable, asyncpg.PostgresError, *AWAY_ERRORS)
_LOG: Final[Any] = logger("feedback")


class Telling:
    """Events on their way to ingest that nobody waits for, a bounded number."""

    __slots__ = ("_rest_until", "_running", "_tell", "_waiting")

    def __init__(self, tell: Tell | None) -> None:
        """Take what tells a batch (None: leave it to the worker)."""
        self._tell = tell
        self._waiting: deque[OutboxRow] = deque()
        self._running: asyncio.Task[None] | None = None
        self._rest_until = 0.0

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is on its way."""
        return self._running is None

    def soon(self, rows: Sequence[OutboxRow]) -> None:
        """Tell these soon, unless too many wait already or ingest was away a moment ago."""
        loop = asyncio.get_running_loop()
        if self._tell is None or not rows or loop.time() < self._rest_until:
            return
        self._waiting.extend(rows[: max(0, _MOST_WAITING - len(self._waiting))])
        if self._running is None:
            self._running = asyncio.create_task(self._work(self._tell))

    async def close(self) -> None:
        """Give up on what still waits; the outbox has it."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _work(self, tell: Tell) -> None:
        gather_s = _FIRST_S
        try:
            while self._waiting:
                await asyncio.sleep(gather_s)
                gather_s = _GATHER_S
                size = min(_BATCH, len(self._waiting))
                await tell([self._waiting.popleft() for _ in range(size)])
        except _AWAY as error:
            self._waiting.clear()
            self._rest_until = asyncio.get_running_loop().time() + _REST_S
            _LOG.info(REMOTE_FAILED, remote="ingest", error=type(error).__name__)
        finally:
            self._running = None


def telling_to(ingest: EventSink, pool: asyncpg.Pool, secrets: Secrets) -> Tell:
    """Return what posts a batch to ingest and closes the rows of what was told."""

    async def tell(rows: Sequence[OutboxRow]) -> None:
        errors = await relay(rows, ingest, secrets)
        await outbox.mark_done(pool, [row for row in rows if row.outbox_id not in errors])

    return tell
