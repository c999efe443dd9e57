"""The migrated schema is the declared one, and its rules hold in the database."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.ingest.domain import fold
from shared.db import sqlalchemy_url
from shared.schema import facts, metadata
from shared.schema.migrate import current_revision, head_revision, upgrade
from tests.databases import Databases


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrations_make_the_declared_tables(database_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(database_url))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
        assert await connection.run_sync(current_revision) == head_revision()
    await engine.dispose()


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    with databases.temporary("template0") as url:
        yield url


async def test_two_that_migrate_at_once_do_not_disturb_each_other(empty_url: str) -> None:
    await asyncio.gather(upgrade(empty_url), upgrade(empty_url))
    connection = await asyncpg.connect(empty_url)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == head_revision()
    await connection.close()


@pytest.mark.parametrize("change", ["UPDATE events SET kind = 'x'", "DELETE FROM events"])
async def test_a_stored_event_cannot_be_changed(database_url: str, change: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        """
        INSERT INTO events (profile_id, sequence, source_id, kind, event_key, business_date,
            occurred_at, effective_at, received_at, body)
        VALUES (gen_random_uuid(), 1, 't', 'sale', '\\x00', now(), now(), now(), now(), '{}')
        """
    )
    with pytest.raises(asyncpg.RaiseError, match="immutable"):
        await connection.execute(change)
    await connection.close()


def test_the_fold_and_the_tables_spread_anonymous_receipts_alike() -> None:
    assert fold.SHOP_SLOTS == facts.SHOP_SLOTS
