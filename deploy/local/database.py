"""The database a start needs: there, migrated, and knowing our own keys."""

from collections.abc import Mapping

import asyncpg

from deploy.local.errors import StartRefused
from shared.ids import uuid7
from shared.keys import ADMIN, hash_key
from shared.schema.migrate import upgrade

_ADD_KEY = """
INSERT INTO api_keys (key_hash, key_id, name, kind, scopes, source_id, created_at)
VALUES ($1, $2, $3, 'secret', $4, $5, now()) ON CONFLICT (key_hash) DO NOTHING
"""
#: The keys a start puts into the database itself, by the name they get there.
OWN_KEYS: Mapping[str, str] = {
    "local-admin": "TIERLINE_ADMIN_KEY",
    "services": "TIERLINE_SERVICE_KEY",
}


async def create_database(server_url: str, name: str) -> None:
    """Create a database on the embedded server unless it is there."""
    connection = await asyncpg.connect(server_url, ssl=False)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


async def require_reachable(database_url: str) -> None:
    """Connect once; raise StartRefused (which never shows the password) where that fails."""
    try:
        connection = await asyncpg.connect(database_url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise StartRefused(
            f"DATABASE_URL cannot be used ({type(error).__name__}: {error}): correct it, or unset "
            "it to let make run start its own Postgres"
        ) from error
    await connection.close()


async def prepare_schema(database_url: str, keys: Mapping[str, str]) -> None:
    """Migrate to the newest schema and add the keys (name -> key) that are missing."""
    await upgrade(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        for name, key in keys.items():
            await connection.execute(_ADD_KEY, hash_key(key), uuid7(), name, [ADMIN], name)
    finally:
        await connection.close()


async def is_empty(database_url: str) -> bool:
    """Tell whether nothing was ever posted."""
    connection = await asyncpg.connect(database_url)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT 1 FROM events)")
    finally:
        await connection.close()
