"""Spread announcements to who listens, and deliver them: in order a customer, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx

from services.scoring.domain.webhooks.records import Due, Line
from services.scoring.domain.webhooks.retries import (
    Attempt,
    Disabled,
    outcome_of,
    reason_to_disable,
)
from services.scoring.domain.webhooks.signing import signed_headers
from services.scoring.queries.telling import webhook_deliveries, webhook_endpoints
from services.scoring.usecases.webhooks.courier import CONNECTIONS, Courier
from shared.audit import Note, note
from shared.jitter import jitter
from shared.logs import logger
from shared.secrets import Secrets

SEALED_AS: Final = "webhook-endpoint"
DISABLED: Final = "webhook_endpoint_disabled"
#: Longer than the courier takes: nobody else sends what is under way.
LEASE: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=30)
_SPREAD_AT_ONCE: Final = 2000
_ENDPOINTS_AT_ONCE: Final = 64
_BATCHES: Final = 50
_PURGED_AT_ONCE: Final = 5000

Sent = tuple[Due, Attempt]


def signed_by(secrets: Secrets, line: Line, due_id: str, at_s: int, body: bytes) -> dict[str, str]:
    """Sign a message with the secrets of an endpoint."""
    opened = [secrets.decrypt_identifier(SEALED_AS, each) for each in line.sealed]
    return signed_headers(due_id, at_s, body, opened)


@dataclass(slots=True)
class PostRoom:
    """Delivers to each endpoint in a task of its own: a slow one keeps nobody else waiting."""

    pool: asyncpg.Pool
    courier: Courier
    secrets: Secrets
    jitter: Callable[[], float] = jitter
    log: Any = field(default_factory=lambda: logger("worker"))
    _runs: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)

    async def spread(self) -> bool:
        """Write deliveries for what was announced; tell whether more may wait."""
        now = self.courier.clock.now()
        found = await webhook_deliveries.spread(self.pool, now, limit=_SPREAD_AT_ONCE)
        return found == _SPREAD_AT_ONCE

    async def deliver(self) -> bool:
        """Begin to send what is due, endpoint by endpoint; raises what ended a sending before."""
        self._look_after()
        now = self.courier.clock.now()
        for endpoint_id in await webhook_deliveries.waiting_endpoints(self.pool, now):
            if endpoint_id not in self._runs and len(self._runs) < _ENDPOINTS_AT_ONCE:
                self._runs[endpoint_id] = asyncio.create_task(self._run(endpoint_id))
        return False

    async def purge(self) -> bool:
        """Forget what was announced long ago."""
        before = self.courier.clock.now() - KEPT
        return await webhook_deliveries.purge(self.pool, before, limit=_PURGED_AT_ONCE)

    async def finish(self) -> None:
        """Wait for what is being sent."""
        if self._runs:
            await asyncio.wait(self._runs.values())
        self._look_after()

    async def close(self) -> None:
        """Leave what is being sent; it is sent again when its lease is over."""
        for run in self._runs.values():
            run.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)

    def _look_after(self) -> None:
        done = [endpoint_id for endpoint_id, run in self._runs.items() if run.done()]
        for run in [self._runs.pop(endpoint_id) for endpoint_id in done]:
            with suppress(asyncio.CancelledError):
                run.result()

    async def _run(self, endpoint_id: UUID) -> None:
        async with self.courier.open() as wire:
            url = None
            for _ in range(_BATCHES):
                line = await webhook_endpoints.line(
                    self.pool, endpoint_id, self.courier.clock.now()
                )
                # connections belong to one host
                if line is None or url not in (None, line.url):
                    return
                url = line.url
                if not await self._batch(wire, line):
                    return

    async def _batch(self, wire: httpx.AsyncHTTPTransport, line: Line) -> bool:
        """Send some; tell whether to go on. Of an endpoint that fails only one is asked."""
        now = self.courier.clock.now()
        limit = 1 if line.failing_since else CONNECTIONS
        found = await webhook_deliveries.claim(
            self.pool, line.endpoint_id, now, until=now + LEASE, limit=limit
        )
        sent = await asyncio.gather(*(self._send(wire, line, due) for due in found))
        if sent:
            await self._record(line, sent)
        return any(attempt.is_success for _, attempt in sent)

    async def _send(self, wire: httpx.AsyncHTTPTransport, line: Line, due: Due) -> Sent:
        body, at_s = due.content(), int(self.courier.clock.now().timestamp())
        signed = signed_by(self.secrets, line, due.message_id, at_s, body)
        return due, await self.courier.send(wire, line.url, body, signed)

    async def _record(self, line: Line, sent: list[Sent]) -> None:
        now = self.courier.clock.now()
        results = [(d, a, outcome_of(a, d.attempts, self.jitter())) for d, a in sent]
        async with self.pool.acquire() as connection, connection.transaction():
            await webhook_deliveries.record(connection, results, now)
            reason = await _judge(connection, line, [attempt for _, attempt in sent])
            is_news = reason and await webhook_endpoints.disable(
                connection, line.endpoint_id, reason
            )
            if reason and is_news:
                details: Mapping[str, object] = {"reason": reason}
                told = Note("tierline", DISABLED, str(line.endpoint_id), details)
                await note(connection, told, at=now)
        if is_news:
            self.log.error(DISABLED, endpoint_id=str(line.endpoint_id), reason=reason)


async def _judge(
    connection: asyncpg.Connection, line: Line, attempts: list[Attempt]
) -> Disabled | None:
    """Remember whether an endpoint fails; say why it is disabled, if it is."""
    since = None
    if any(attempt.is_success for attempt in attempts):
        await webhook_endpoints.note_success(connection, line.endpoint_id)
    else:
        since = await webhook_endpoints.note_failure(connection, line.endpoint_id, attempts[0].at)
    reasons = (reason_to_disable(attempt, since) for attempt in attempts)
    return next(filter(None, reasons), None)
