"""From 0001 to 0002: rows of a running shop stay; the same refused body becomes one row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db import sqlalchemy_url
from shared.schema import migrate
from tests.databases import Databases
from tests.paths import REPO_DIR

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
#: source, route, body: the third and fourth repeat the first; all others differ in one of the three
REFUSED = (
    ("till", "read_receipt", b"a"),
    ("till", "read_receipt", b"b"),
    ("till", "read_receipt", b"a"),
    ("till", "read_receipt", b"a"),
    ("web", "read_receipt", b"a"),
    ("till", "read_event", b"a"),
)


def _to_0001(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(REPO_DIR / "shared/schema/migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.fixture
def old_url(databases: Databases) -> Iterator[str]:
    with databases.temporary("template0") as url:
        yield url


async def _upgraded(url: str) -> asyncpg.Connection:
    """Give a database that held refused bodies at 0001 and was then brought to the newest level."""
    engine = create_async_engine(sqlalchemy_url(url))
    async with engine.begin() as opened:
        await opened.run_sync(_to_0001)
    await engine.dispose()
    connection: asyncpg.Connection = await asyncpg.connect(url, ssl=False)
    await connection.executemany(
        """
        INSERT INTO quarantine (quarantine_id, source_id, route, reason, message, body_encrypted,
            body_sha256, received_at)
        VALUES ($1, $2, $3, 'missing', '', '', $4, $5)
        """,
        [
            (UUID(int=n), *refused, FIRST + timedelta(hours=n))
            for n, refused in enumerate(REFUSED, 1)
        ],
    )
    await migrate.upgrade(url)
    return connection


async def test_the_same_refused_body_becomes_one_row_that_counts(old_url: str) -> None:
    connection = await _upgraded(old_url)
    rows = await connection.fetch(
        "SELECT quarantine_id, times_seen, received_at, last_seen_at FROM quarantine ORDER BY 1"
    )
    await connection.close()
    assert [row[0].int for row in rows] == [1, 2, 5, 6]
    assert [row[1] for row in rows] == [3, 1, 1, 1]
    assert rows[0][2:] == (FIRST + timedelta(hours=1), FIRST + timedelta(hours=4))
    assert {row[3] for row in rows[1:]} == {None}


async def test_from_then_on_the_same_body_cannot_be_kept_twice(old_url: str) -> None:
    connection = await _upgraded(old_url)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "INSERT INTO quarantine SELECT gen_random_uuid(), source_id, route, reason, message,"
            " body_encrypted, body_sha256, received_at FROM quarantine WHERE times_seen = 3"
        )
    await connection.close()
