"""Make a database ready for this program: newest schema, and the keys of the settings."""

from collections.abc import Mapping

import asyncpg

from shared.db import Limits, connect_arguments
from shared.key_rows import keep_own_key
from shared.keys import OWN_KEYS
from shared.schema.migrate import head_revision, upgrade

_LIMITS = Limits("tierline-migrate", statement_timeout_s=60)


async def migrate(database_url: str, environ: Mapping[str, str]) -> str:
    """Migrate, then know the keys that the environment holds; give the schema's revision."""
    await upgrade(database_url)
    connection = await asyncpg.connect(**connect_arguments(database_url, _LIMITS))
    try:
        async with connection.transaction():
            for variable in OWN_KEYS:
                if key := environ.get(variable):
                    await keep_own_key(connection, variable, key)
    finally:
        await connection.close()
    return head_revision()
