"""From 0018 to 0019: stored answers of pinned tiers are stale, open cases have no solution."""

from collections.abc import Iterator

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

ADD_TIERS = """
INSERT INTO tier_current (profile_id, programme_key, release_id, decided_version, business_date,
    decided_at, next_change_at, rank, tier_key, since, lifecycle, status, answer)
SELECT gen_random_uuid(), 'club', 1, 1, 'infinity', '2026-03-01', '2027-03-01', 1, 'silver',
    '2026-03-01', 'active', status, '' FROM unnest(ARRAY['held', 'pinned']) AS status
"""
ADD_CASES = """
INSERT INTO cases (case_id, kind, state, opened_at, clock_from, due_at, first_due_at, updated_at,
    resolved_at, resolution_minutes)
SELECT gen_random_uuid(), 'complaint', state, now(), now(), now(), now(), now(),
    CASE state WHEN 'resolved' THEN now() END, 7
FROM unnest(ARRAY['received', 'resolved']) AS state
"""


def _to_0018(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(REPO_DIR / "shared/schema/migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0018")


@pytest.fixture
def old_url(databases: Databases) -> Iterator[str]:
    with databases.temporary("template0") as url:
        yield url


async def test_what_was_kept_wrongly_is_put_right(old_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(old_url))
    async with engine.begin() as opened:
        await opened.run_sync(_to_0018)
    await engine.dispose()
    connection: asyncpg.Connection = await asyncpg.connect(old_url, ssl=False)
    await connection.execute(f"{ADD_TIERS}; {ADD_CASES}")
    await migrate.upgrade(old_url)
    stale = await connection.fetch(
        "SELECT status FROM tier_current WHERE next_change_at <= decided_at"
    )
    times = await connection.fetch("SELECT state, resolution_minutes FROM cases ORDER BY state")
    await connection.close()
    assert [row["status"] for row in stale] == ["pinned"]
    assert [tuple(row) for row in times] == [("received", None), ("resolved", 7)]
