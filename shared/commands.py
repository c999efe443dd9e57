"""What commands need of the settings: a pool of the database, and a sentence when it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import typer

from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings

#: A batch of an import or a chunk of a rebuild may take longer than an answer may.
PATIENCE = Limits("tierline-command", statement_timeout_s=120, lock_timeout_s=60)
Result = TypeVar("Result")


def run_with_pool(
    platform: PlatformSettings, work: Callable[[asyncpg.Pool], Awaitable[Result]]
) -> Result:
    """Run work on a pool of the database; says what stands in the way."""

    async def on_pool() -> Result:
        url = platform.database_url.get_secret_value()
        pool = await create_raw_pool(url, PATIENCE, size=4)
        try:
            return await work(pool)
        finally:
            await pool.close()

    try:
        return asyncio.run(on_pool())
    except asyncpg.UndefinedTableError:
        typer.echo("The database has no schema yet: run tierline migrate.", err=True)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"The database cannot be used ({type(error).__name__}).", err=True)
    raise typer.Exit(1)
