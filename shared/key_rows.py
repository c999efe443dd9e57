"""API keys as rows: made, listed, revoked, and the two an installation brings from its settings."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.contracts.keys import KeyInfo
from shared.ids import uuid7
from shared.jobs import Connection
from shared.keys import ADMIN, KeyKind, hash_key, is_key
from shared.problem import DomainError

MAX_LISTED: Final = 1000
#: Keys of the settings: the variable that holds each, and the source its events come from.
OWN_KEYS: Final = {"TIERLINE_ADMIN_KEY": "admin", "TIERLINE_SERVICE_KEY": "services"}

_COLUMNS = "key_id, name, kind, scopes, source_id, created_at, revoked_at"
_ADD = """
INSERT INTO api_keys (key_hash, key_id, name, kind, scopes, source_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now()) ON CONFLICT (key_hash) DO NOTHING
"""
_LIST = f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at, key_id LIMIT $1"  # noqa: S608 - ours
_REVOKE = f"""
UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1
RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column list
_REVOKE_NAMED = f"""
UPDATE api_keys SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL
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


async def revoke_named(connection: Connection, name: str) -> list[KeyInfo]:
    """Revoke every active key of a name; every process refuses them within 5 s."""
    return [_info(row) for row in await connection.fetch(_REVOKE_NAMED, name)]


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
