"""API keys as rows: made, listed, revoked, and the two an installation brings from its settings."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.contracts.keys import KeyInfo
from shared.ids import uuid7
from shared.jobs import Connection
from shared.keys import ADMIN, OWN_KEYS, KeyKind, hash_key, is_key
from shared.problem import DomainError

MAX_LISTED: Final = 1000

_COLUMNS = "key_id, name, kind, scopes, source_id, created_at, revoked_at"
_ADD = """
INSERT INTO api_keys (key_hash, key_id, name, kind, scopes, source_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now()) ON CONFLICT (key_hash) DO NOTHING
"""
_LIST = f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at, key_id LIMIT $1"  # noqa: S608 - ours
_BEFORE = f"""
SELECT {_COLUMNS} FROM api_keys WHERE $1::uuid IS NULL OR key_id < $1
ORDER BY key_id DESC LIMIT $2
"""  # noqa: S608 - our own column list
_ONE = f"SELECT {_COLUMNS} FROM api_keys WHERE key_id = $1 FOR UPDATE"  # noqa: S608 - ours
_ACTIVE_NAMED = f"""
SELECT {_COLUMNS} FROM api_keys WHERE name = $1 AND revoked_at IS NULL ORDER BY key_id FOR UPDATE
"""  # noqa: S608 - our own column list
_HOLD_ADMINISTRATORS = """
SELECT key_id FROM api_keys
WHERE revoked_at IS NULL AND kind = 'secret' AND 'admin' = ANY(scopes)
ORDER BY key_id FOR UPDATE
"""
_REVOKE = f"""
UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1
RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column list
# The key a setting held before must not outlive it.
_REVOKE_FORMER = """
UPDATE api_keys SET revoked_at = now()
WHERE name = $1 AND key_hash <> $2 AND revoked_at IS NULL
"""


class MalformedKey(DomainError):
    """A key of the settings is `tl_sk_` and 43 characters of URL-safe base64 (32 random bytes)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a new key is called, may do, and speaks for."""

    name: str
    scopes: frozenset[str]
    source: str
    kind: KeyKind = KeyKind.SECRET


async def add_key(connection: Connection, key: str, grant: Grant) -> UUID:
    """Store a key's hash with what it may do; the key itself is kept nowhere."""
    key_id = uuid7()
    may = (grant.name, grant.kind.value, sorted(grant.scopes), grant.source)
    await connection.execute(_ADD, hash_key(key), key_id, *may)
    return key_id


async def list_keys(connection: Connection) -> list[KeyInfo]:
    """List the keys, oldest first, the revoked ones too."""
    rows = await connection.fetch(_LIST, MAX_LISTED)
    return [_info(row) for row in rows]


async def revoke_key(connection: Connection, key_id: UUID) -> KeyInfo | None:
    """Revoke a key; every process refuses it within 5 s. None when there is no such key."""
    row = await connection.fetchrow(_REVOKE, key_id)
    return None if row is None else _info(row)


async def keys_named(connection: Connection, name: str) -> list[KeyInfo]:
    """Find the active keys of a name, or the key of an id, held until the transaction ends."""
    try:
        rows = await connection.fetch(_ONE, UUID(name))
    except ValueError:
        rows = await connection.fetch(_ACTIVE_NAMED, name)
    return [_info(row) for row in rows]


async def key_for_update(connection: Connection, key_id: UUID) -> KeyInfo | None:
    """Find a key and hold it until the transaction ends."""
    row = await connection.fetchrow(_ONE, key_id)
    return None if row is None else _info(row)


async def hold_administrators(connection: Connection) -> set[UUID]:
    """Hold the active keys that may do everything until the transaction ends."""
    return {row[0] for row in await connection.fetch(_HOLD_ADMINISTRATORS)}


async def keys_before(connection: Connection, before: UUID | None, limit: int) -> list[KeyInfo]:
    """List keys, newest first, from before the given one on."""
    return [_info(row) for row in await connection.fetch(_BEFORE, before, limit)]


async def keep_own_key(connection: Connection, variable: str, key: str) -> None:
    """Know the admin key that a setting holds, and no longer the one it held before.

    A key that was revoked stays revoked: put another one into the setting. Raises MalformedKey.
    """
    if not is_key(key):
        raise MalformedKey
    await connection.execute(_REVOKE_FORMER, variable, hash_key(key))
    await add_key(connection, key, Grant(variable, frozenset({ADMIN}), OWN_KEYS[variable]))


def _info(row: object) -> KeyInfo:
    values = dict(row)  # type: ignore[call-overload] # asyncpg has no types
    return KeyInfo(source=values.pop("source_id"), **values)
