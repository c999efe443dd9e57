"""Who listens: registered, changed, pinged, and sent things once more."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.webhooks.records import (
    PING,
    Delivery,
    Endpoint,
    Wish,
    content_of,
    message_id_of,
)
from services.scoring.domain.webhooks.retries import Attempt
from services.scoring.domain.webhooks.signing import KEY_BYTES, secret_of
from services.scoring.domain.webhooks.targets import BadTarget
from services.scoring.errors import TooManyEndpoints, UnknownDelivery, UnknownEndpoint
from services.scoring.queries.telling import webhook_endpoints, webhook_log
from services.scoring.queries.telling.webhook_log import Again
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import SEALED_AS, signed_by
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7
from shared.problem import INVALID, FieldFault, Problem
from shared.secrets import Secrets

MOST_ENDPOINTS: Final = 100
REPLAYED_AT_ONCE: Final = 20_000
REPLAYED: Final = "webhook.replayed"

Change = Callable[[asyncpg.Connection], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Keeps who listens, and what signs the messages they get."""

    pool: asyncpg.Pool
    secrets: Secrets
    courier: Courier

    async def register(self, wish: Wish, asked: Asked) -> Answer:
        """Add an endpoint and tell its secret; raises Problem 422, TooManyEndpoints."""
        await self._check(wish)

        async def add(connection: asyncpg.Connection) -> Mapping[str, Any]:
            if await webhook_endpoints.count_endpoints(connection) >= MOST_ENDPOINTS:
                raise TooManyEndpoints
            endpoint_id = uuid7()
            await webhook_endpoints.add_endpoint(connection, endpoint_id, wish, self._new_secret())
            await self._note(connection, asked.caller.name, "add_webhook", endpoint_id, wish)
            return {"webhook_id": str(endpoint_id)}

        return await self._with_secret(await idempotently(self.pool, asked, add))

    async def change(
        self, endpoint_id: UUID, wish: Wish, actor: str, *, is_active: bool
    ) -> Endpoint:
        """Replace what an endpoint is told; raises Problem 422, UnknownEndpoint."""
        await self._check(wish)

        async def put(connection: asyncpg.Connection) -> bool:
            return await webhook_endpoints.change_endpoint(
                connection, endpoint_id, wish, is_active=is_active
            )

        await self._do(put, actor, "change_webhook", endpoint_id)
        return await self.one(endpoint_id)

    async def rotate(self, endpoint_id: UUID, asked: Asked) -> Answer:
        """Give an endpoint a new secret; the former one signs beside it for a day."""

        async def turn(connection: asyncpg.Connection) -> Mapping[str, Any]:
            until = self.courier.clock.now() + webhook_endpoints.OVERLAP
            if not await webhook_endpoints.rotate_secret(
                connection, endpoint_id, self._new_secret(), former_until=until
            ):
                raise UnknownEndpoint
            await self._note(connection, asked.caller.name, "rotate_webhook_secret", endpoint_id)
            return {"webhook_id": str(endpoint_id)}

        return await self._with_secret(await idempotently(self.pool, asked, turn))

    async def remove(self, endpoint_id: UUID, actor: str) -> None:
        """Forget an endpoint, its secrets and its log; raises UnknownEndpoint."""

        async def drop(connection: asyncpg.Connection) -> bool:
            return await webhook_endpoints.remove_endpoint(connection, endpoint_id)

        await self._do(drop, actor, "remove_webhook", endpoint_id)

    async def one(self, endpoint_id: UUID) -> Endpoint:
        """Find an endpoint; raises UnknownEndpoint."""
        found = await webhook_endpoints.endpoint(self.pool, endpoint_id)
        if found is None:
            raise UnknownEndpoint
        return found

    async def page(self, after: UUID | None, limit: int) -> tuple[list[Endpoint], str | None]:
        """List endpoints and give the cursor of the next page."""
        found = await webhook_endpoints.endpoints(self.pool, after, limit=limit + 1)
        items = found[:limit]
        return items, str(items[-1].endpoint_id) if len(found) > limit else None

    async def ping(self, endpoint_id: UUID) -> Attempt:
        """Send a message that means nothing, now and once; raises UnknownEndpoint."""
        now = self.courier.clock.now()
        line = await webhook_endpoints.line(self.pool, endpoint_id, now)
        if line is None:
            raise UnknownEndpoint
        body = content_of(PING, now, {"webhook_id": str(endpoint_id)})
        name = message_id_of(uuid7())
        signed = signed_by(self.secrets, line, name, int(now.timestamp()), body)
        async with self.courier.open() as wire:
            return await self.courier.send(wire, line.url, body, signed)

    async def log(
        self, endpoint_id: UUID, status: str | None, before: int | None, limit: int
    ) -> tuple[list[Delivery], str | None]:
        """List deliveries, the newest first, and give the cursor; raises UnknownEndpoint."""
        await self.one(endpoint_id)
        found = await webhook_log.delivery_log(
            self.pool, endpoint_id, status=status, before=before, limit=limit + 1
        )
        items = found[:limit]
        return items, str(items[-1].number) if len(found) > limit else None

    async def replay(self, endpoint_id: UUID, delivery_id: UUID, actor: str) -> Delivery:
        """Send a delivery once more under the same id; raises UnknownDelivery."""
        now = self.courier.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            found = await webhook_log.replay(connection, endpoint_id, delivery_id, now)
            if found is None:
                raise UnknownDelivery
            details = {"delivery_id": str(delivery_id)}
            await note(connection, Note(actor, REPLAYED, str(endpoint_id), details), at=now)
        return found

    async def replay_since(self, endpoint_id: UUID, since: datetime, actor: str) -> Again:
        """Send everything once more that was announced since; raises UnknownEndpoint."""
        await self.one(endpoint_id)
        now = self.courier.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            again = await webhook_log.replay_since(
                connection, endpoint_id, since, now, limit=REPLAYED_AT_ONCE
            )
            details = {"since": since.isoformat(), "replayed": again.replayed}
            await note(connection, Note(actor, REPLAYED, str(endpoint_id), details), at=now)
        return again

    async def _check(self, wish: Wish) -> None:
        try:
            await self.courier.check(wish.url)
        except BadTarget as bad:
            fault = FieldFault("/url", "forbidden_target", str(bad))
            raise Problem(INVALID, errors=[fault]) from None
        unknown = await webhook_endpoints.unknown_programmes(self.pool, wish.programmes)
        faults = [
            FieldFault(f"/programmes/{place}", "unknown_programme", "must be a programme's key")
            for place, key in enumerate(wish.programmes)
            if key in unknown
        ]
        if faults:
            raise Problem(INVALID, errors=faults)

    async def _do(self, change: Change, actor: str, action: str, endpoint_id: UUID) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            if not await change(connection):
                raise UnknownEndpoint
            await self._note(connection, actor, action, endpoint_id)

    async def _note(
        self,
        connection: asyncpg.Connection,
        actor: str,
        action: str,
        endpoint_id: UUID,
        wish: Wish | None = None,
    ) -> None:
        # a path may hold a secret of the receiver's
        details = {} if wish is None else {"kinds": list(wish.kinds)}
        made = Note(actor, action, str(endpoint_id), details)
        await note(connection, made, at=self.courier.clock.now())

    def _new_secret(self) -> bytes:
        return self.secrets.encrypt_identifier(SEALED_AS, secret_of(os.urandom(KEY_BYTES)))

    async def _with_secret(self, answer: Answer) -> Answer:
        """Add the secret in force: it is never kept with the answer of an Idempotency-Key."""
        endpoint_id = UUID(answer.body["webhook_id"])
        found = await self.one(endpoint_id)
        line = await webhook_endpoints.line(self.pool, endpoint_id, self.courier.clock.now())
        if line is None:
            raise UnknownEndpoint
        until = found.former_until
        told = {
            "secret": self.secrets.decrypt_identifier(SEALED_AS, line.sealed[0]),
            "former_secret_until": None if until is None else until.isoformat(),
        }
        return replace(answer, body={**answer.body, **told})
