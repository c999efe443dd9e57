"""Fixtures of every tier: one Postgres for the session, databases cloned from a template."""

import os
from collections.abc import Iterator

import pytest

from tests.databases import (
    TEMPLATE,
    Databases,
    blocking,
    embedded_server,
    memory_directory,
    name_of,
)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """One server for the session with a migrated template (TEST_DATABASE_URL: one that runs)."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield _with_template(Databases(given))
        return
    with embedded_server(below=memory_directory()) as server:
        yield _with_template(Databases(server.url("postgres")))


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated, empty database of this test alone."""
    with databases.temporary() as url:
        yield url


@pytest.fixture(scope="module")
def module_database_url(databases: Databases) -> Iterator[str]:
    """A migrated database that the tests of one module share."""
    with databases.temporary() as url:
        yield url


def _with_template(databases: Databases) -> Databases:
    from shared.schema.migrate import upgrade  # only the tiers that need Postgres pay for it

    databases.drop(databases.url(TEMPLATE))
    databases.execute(f'CREATE DATABASE "{TEMPLATE}"')
    blocking(upgrade(databases.url(TEMPLATE)))
    return databases


@pytest.fixture(scope="session")
def trained_template(databases: Databases) -> Iterator[str]:
    """A database with a shop, its first model and a live release, to clone."""
    from tests.trained import make_template  # the same

    url = make_template(databases)
    yield name_of(url)
    databases.drop(url)
