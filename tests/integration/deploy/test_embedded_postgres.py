import asyncpg
import pytest

from tests.databases import Databases, blocking


async def _fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_database_of_a_test_is_migrated(database_url: str) -> None:
    assert await _fetch(database_url, "SELECT count(*) FROM alembic_version") == 1


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
async def test_acknowledged_commits_survive_a_crash(database_url: str, setting: str) -> None:
    assert await _fetch(database_url, f"SHOW {setting}") == "on"


def test_databases_of_two_tests_differ(databases: Databases) -> None:
    with databases.temporary() as one, databases.temporary() as other:
        blocking(_fetch(one, "SELECT 1"))
        assert one != other


async def test_strings_sort_by_code_point(database_url: str) -> None:
    query = "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','a','B','é','中']) AS t(x)"
    assert await _fetch(database_url, query) == "Babé中"
