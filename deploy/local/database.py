"""What a start asks the database before and after it is migrated."""

import asyncpg

from deploy.local.errors import StartRefused


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


async def is_empty(database_url: str) -> bool:
    """Tell whether nothing was ever posted."""
    connection = await asyncpg.connect(database_url)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT 1 FROM events)")
    finally:
        await connection.close()
