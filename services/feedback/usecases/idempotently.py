"""Do a request once per Idempotency-Key: its effect and its answer are kept in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import BaseModel

from shared import idempotency
from shared.idempotency import Attempt, Stored, fingerprint_of
from shared.keys import Caller


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that changes something: whose, where, with which body and key, and why."""

    caller: Caller
    route: str
    body: BaseModel
    key: str | None
    reason: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer; `is_replayed` when a key brought the first answer back."""

    status: int
    body: Mapping[str, Any]
    is_replayed: bool = False


Work = Callable[[asyncpg.Connection], Awaitable[Mapping[str, Any]]]


async def idempotently(pool: asyncpg.Pool, asked: Asked, work: Work) -> Answer:
    """Do the work, or give the first answer to the same key again; raises Problem 409, 422."""
    async with pool.acquire() as connection, connection.transaction():
        if asked.key is None:
            return Answer(asked.status, await work(connection))
        attempt = Attempt(asked.caller.key_id, asked.route, asked.key, fingerprint_of(asked.body))
        if first := await idempotency.begin(connection, attempt):
            return Answer(first.status, first.body, is_replayed=True)
        body = await work(connection)
        await idempotency.keep(connection, attempt, Stored(asked.status, dict(body)))
        return Answer(asked.status, body)
