"""Idempotency-Key: the answer is kept in the transaction of its effect, and given again.

While a request runs, its transaction holds an advisory lock instead of a `running` row: a crash
leaves nothing to take over, and a second request is told at once instead of waiting.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg
from fastapi import Request
from pydantic import BaseModel

from shared.ids import short_key
from shared.keys import Caller
from shared.one_header import one_header
from shared.problem import BAD_REQUEST, Kind, Problem

KEEP_HOURS: Final = 72
PURGE_BATCH: Final = 10_000
REPLAYED: Final = {"Idempotent-Replayed": "true"}
IN_PROGRESS: Final = Kind(409, "idempotency_in_progress", "The first request still runs", 1)
_AT: Final = "/header/idempotency-key"
REUSED: Final = Kind(
    422, "idempotency_key_reused", "The key belongs to another request", pointer=_AT
)
_WRONG: Final = (
    BAD_REQUEST._replace(pointer=_AT, code="wrong_form"),
    "An Idempotency-Key is one text of 1 to 255 visible characters",
)

#: For a route's `openapi_extra`.
HEADER_PARAMETER: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of yours; sending it again with the same body gives the stored answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}

# Visible ASCII, also as the quoted string of the IETF draft.
_KEY = re.compile(r'"(?P<quoted>[!#-\[\]-~]{1,255})"|(?P<plain>[!#-~][!-~]{0,254})', re.ASCII)

_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_FIND = """
SELECT fingerprint, response::text AS response FROM idempotency_keys
WHERE key_id = $1 AND route = $2 AND key = $3
"""
_KEEP = """
INSERT INTO idempotency_keys (key_id, route, key, fingerprint, status, response, created_at)
VALUES ($1, $2, $3, $4, 'done', $5::text::jsonb, now())
"""
_PURGE = """
DELETE FROM idempotency_keys WHERE (key_id, route, key) IN (
    SELECT key_id, route, key FROM idempotency_keys
    WHERE created_at < now() - make_interval(hours => $1) LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under an idempotency key: whose, where, which, and a hash of what it asks."""

    key_id: UUID
    route: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer of the first request."""

    status: int
    body: dict[str, Any]


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


#: The effect of a request in its transaction, and the answer to keep.
Work = Callable[[asyncpg.Connection], Awaitable[Mapping[str, Any]]]


def key_of(request: Request) -> str | None:
    """Read the Idempotency-Key header, quoted or not; raises Problem 400."""
    found = one_header(request, "idempotency-key", _KEY, _WRONG)
    return None if found is None else found["quoted"] or found["plain"]


def fingerprint_of(body: BaseModel) -> bytes:
    """Hash a body by its meaning: the order of its fields and their spelling do not count."""
    canonical = json.dumps(body.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).digest()


async def idempotently(pool: asyncpg.Pool, asked: Asked, work: Work) -> Answer:
    """Do the work, or give the first answer to the same key again; raises Problem 409, 422."""
    async with pool.acquire() as connection, connection.transaction():
        if asked.key is None:
            return Answer(asked.status, await work(connection))
        attempt = Attempt(asked.caller.key_id, asked.route, asked.key, fingerprint_of(asked.body))
        if first := await begin(connection, attempt):
            return Answer(first.status, first.body, is_replayed=True)
        body = await work(connection)
        await keep(connection, attempt, Stored(asked.status, dict(body)))
        return Answer(asked.status, body)


async def begin(connection: asyncpg.Connection, attempt: Attempt) -> Stored | None:
    """Look for the first answer, inside the transaction of the effect; raises Problem 409, 422.

    None means: do the work, then `keep` its answer in the same transaction.
    """
    if not await connection.fetchval(_LOCK, _lock_of(attempt)):
        raise Problem(IN_PROGRESS)
    row = await connection.fetchrow(_FIND, attempt.key_id, attempt.route, attempt.key)
    if row is None:
        return None
    if row["fingerprint"] != attempt.fingerprint:
        raise Problem(REUSED, "Use a new Idempotency-Key for another body")
    return Stored(**json.loads(row["response"]))


async def keep(connection: asyncpg.Connection, attempt: Attempt, answer: Stored) -> None:
    """Keep a 2xx answer for whoever asks again."""
    text = json.dumps({"status": answer.status, "body": answer.body})
    row = (attempt.key_id, attempt.route, attempt.key, attempt.fingerprint, text)
    await connection.execute(_KEEP, *row)


async def purge(pool: asyncpg.Pool, *, keep_hours: int = KEEP_HOURS) -> bool:
    """Delete a batch of answers kept long enough; tell whether more may wait."""
    deleted = await pool.execute(_PURGE, keep_hours, PURGE_BATCH)
    return bool(deleted == f"DELETE {PURGE_BATCH}")


def _lock_of(attempt: Attempt) -> int:
    name = short_key("idempotency", attempt.key_id.hex, attempt.route, attempt.key)
    return int.from_bytes(name[:8], "big", signed=True)
