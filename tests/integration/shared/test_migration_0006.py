"""From 0005 to 0006: models of a running shop keep their place, and processes of before go on."""

from collections.abc import Iterator

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.scoring.queries.models.models import find_model, live_version
from services.scoring.queries.releases.rollback import steps_back
from shared.db import Limits, create_raw_pool, sqlalchemy_url
from shared.schema import migrate
from tests.databases import Databases
from tests.paths import REPO_DIR

#: What a worker of before writes when it has trained a model: no column of 0006.
ADD_MODEL = """
INSERT INTO models (model_version, manifest, artefact, signature, training_artefact,
    training_signature, created_at)
VALUES ($1, '{}', '', '', '', '', now())
"""
ADD_EVALUATION = """
INSERT INTO evaluations (evaluation_id, model_version, metrics, created_at)
VALUES (gen_random_uuid(), $1, '{}', now())
"""
ADD_RELEASES = """
INSERT INTO releases (release_id, programme_key, programme_version, model_version, cuts_id,
    reference_date, status, snapshot_sequence, created_at, live_at)
VALUES (1, 'value', 1, 'first', 1, '2026-03-01', 'retired', 0, now(), now() - interval '1 day'),
    (2, 'value', 1, 'second', 1, '2026-03-02', 'live', 0, now(), now())
"""
ADD_PROGRAMME = """
INSERT INTO programmes (programme_key, audience, is_default, created_at)
VALUES ('value', 'internal', true, now())
"""
ADD_POINTER = """
INSERT INTO live_releases (programme_key, release_id, previous_release_id, flipped_at)
VALUES ('value', 2, 1, now())
"""


def _to_0005(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(REPO_DIR / "shared/schema/migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0005")


@pytest.fixture
def old_url(databases: Databases) -> Iterator[str]:
    with databases.temporary("template0") as url:
        yield url


async def _add_as_before(connection: asyncpg.Connection | asyncpg.Pool, version: str) -> None:
    await connection.execute(ADD_MODEL, version)
    await connection.execute(ADD_EVALUATION, version)


async def test_models_keep_their_place_and_old_workers_go_on(old_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(old_url))
    async with engine.begin() as opened:
        await opened.run_sync(_to_0005)
    await engine.dispose()
    connection: asyncpg.Connection = await asyncpg.connect(old_url, ssl=False)
    for version in ("first", "second"):
        await _add_as_before(connection, version)
    for statement in (ADD_PROGRAMME, ADD_RELEASES, ADD_POINTER):
        await connection.execute(statement)
    await connection.close()
    await migrate.upgrade(old_url)
    async with await create_raw_pool(old_url, Limits("tests"), size=2) as pool:
        await _add_as_before(pool, "third")
        found = [await find_model(pool, version) for version in ("first", "second", "third")]
        assert [row and row.status for row in found] == ["retired", "live", "candidate"]
        assert [row and row.gate for row in found] == [None, None, None]
        assert await live_version(pool) == "second"
        assert [step.model_version for step in await steps_back(pool)] == ["first"]
