"""API keys as administrators make, list and revoke them."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.usecases.running import Ingest
from shared.contracts.common import Page
from shared.contracts.keys import KeyInfo, KeyMade, NewKey
from shared.idempotency import Answer, Asked, idempotently
from shared.key_desk import By, make_key, retire_key
from shared.key_rows import Grant, key_for_update, keys_before
from shared.keys import Caller, KeyKind, granted

#: Under what the key lies in the answer that an Idempotency-Key brings back: sealed.
_SEALED: Final = "api-key"


async def list_keys(ingest: Ingest, *, before: UUID | None, limit: int) -> Page[KeyInfo]:
    """Give one page of the keys, newest first; the cursor is the last one's id."""
    found = await keys_before(ingest.pool, before, limit + 1)
    has_more = len(found) > limit
    items = found[:limit]
    return Page(items=items, next_cursor=str(items[-1].key_id) if has_more else None)


async def create_key(ingest: Ingest, wanted: NewKey, asked: Asked) -> Answer:
    """Make a key; what an Idempotency-Key keeps of it is sealed."""
    grant = _grant(wanted)
    by = By(asked.caller.name, ingest.clock.now())

    async def make(connection: Connection) -> Mapping[str, Any]:
        key, key_id = await make_key(connection, grant, by)
        info = await key_for_update(connection, key_id)
        sealed = ingest.secrets.encrypt_identifier(_SEALED, key)
        document = {} if info is None else info.model_dump(mode="json")
        return document | {"sealed": base64.b64encode(sealed).decode()}

    return _opened(ingest, await idempotently(ingest.pool, asked, make))


def _grant(wanted: NewKey) -> Grant:
    kind = KeyKind(wanted.kind)
    scopes = granted(frozenset(wanted.scopes), kind)
    return Grant(wanted.name, scopes, wanted.source_id or wanted.name, kind)


def _opened(ingest: Ingest, answer: Answer) -> Answer:
    sealed = base64.b64decode(answer.body["sealed"])
    key = ingest.secrets.decrypt_identifier(_SEALED, sealed)
    made = KeyMade(key=key, **answer.body)
    return replace(answer, body=made.model_dump(mode="json"))


async def revoke(ingest: Ingest, caller: Caller, key_id: UUID, reason: str) -> KeyInfo:
    """Revoke a key: within 5 seconds it is refused everywhere; raises UnknownKey, KeyNeeded."""
    by = By(caller.name, ingest.clock.now(), reason, caller.key_id)
    async with ingest.pool.acquire() as connection, connection.transaction():
        return await retire_key(connection, key_id, by)
