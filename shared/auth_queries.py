"""The one statement that finds an API key."""

import asyncpg

from shared.auth import KeyLoader
from shared.keys import Caller, KeyKind

_ACTIVE_KEY = """
SELECT key_id, name, kind, scopes, source_id FROM api_keys
WHERE key_hash = $1 AND (revoked_at IS NULL OR revoked_at > now())
"""


def key_loader(pool: asyncpg.Pool) -> KeyLoader:
    """Find unrevoked keys by their hash through a raw pool."""

    async def load(key_hash: bytes) -> Caller | None:
        row = await pool.fetchrow(_ACTIVE_KEY, key_hash)
        if row is None:
            return None
        return Caller(
            key_id=row["key_id"],
            name=row["name"],
            scopes=frozenset(row["scopes"]),
            source=row["source_id"],
            kind=KeyKind(row["kind"]),
        )

    return load
