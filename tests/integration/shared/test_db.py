"""Sessions, pools and keys on a real Postgres."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from shared.auth_queries import key_loader
from shared.away import is_away
from shared.db import Limits, create_raw_pool
from shared.health import CheckState, check_start, database_probe, unsafe_settings
from shared.keys import hash_key, new_key
from shared.schema.migrate import head_revision

LIMITS = Limits("test", statement_timeout_s=0.3, lock_timeout_s=0.1)


@pytest.fixture
async def pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    async with await create_raw_pool(module_database_url, LIMITS, size=2) as pool:
        yield pool


async def test_a_slow_statement_is_ended_by_the_server(pool: asyncpg.Pool) -> None:
    with pytest.raises(asyncpg.QueryCanceledError) as caught:
        await pool.fetchval("SELECT pg_sleep(5)")
    assert is_away(caught.value)


async def test_sessions_are_utc_and_named(pool: asyncpg.Pool) -> None:
    assert await pool.fetchval("SHOW timezone") == "UTC"
    assert await pool.fetchval("SHOW application_name") == "test"


async def test_json_goes_in_and_out_as_values(pool: asyncpg.Pool) -> None:
    value = {"名": ["咖啡", 1, None]}
    assert await pool.fetchval("SELECT $1::jsonb", value) == value
    assert json.loads(await pool.fetchval("SELECT $1::jsonb::text", value)) == value


async def test_a_connection_given_back_in_a_transaction_starts_clean(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute("CREATE TEMPORARY TABLE left_over (x int)")
    for _ in range(3):
        async with pool.acquire() as connection:
            assert not connection.is_in_transaction()
    assert await pool.fetchval("SELECT to_regclass('left_over')") is None


async def test_a_database_that_is_not_there_is_an_outage() -> None:
    nowhere = "postgresql://127.0.0.1:1/x"
    with pytest.raises(OSError, match=r"refused|Connect call failed") as caught:
        await create_raw_pool(nowhere, LIMITS)
    assert is_away(caught.value)


async def test_a_killed_connection_is_an_outage_once(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        await pool.execute("SELECT pg_terminate_backend($1)", backend)
        await asyncio.sleep(0.1)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as caught:
            await connection.fetchval("SELECT 1")
    assert is_away(caught.value)
    assert await pool.fetchval("SELECT 1") == 1


async def test_a_sound_database_lets_services_start(pool: asyncpg.Pool) -> None:
    head = head_revision()
    await check_start(pool, head=head, is_unsafe_allowed=False)
    check = await database_probe(pool, head=head, is_unsafe_allowed=False)()
    assert check.state is CheckState.OK


async def test_asynchronous_commit_is_seen(module_database_url: str) -> None:
    connection = await asyncpg.connect(module_database_url)
    await connection.execute("SET synchronous_commit = off")
    assert await unsafe_settings(connection) == ["synchronous_commit=off"]
    await connection.close()


async def test_only_unrevoked_keys_are_found(pool: asyncpg.Pool) -> None:
    good, revoked = new_key(), new_key()
    now = datetime.now(UTC)
    for number, (key, ended) in enumerate([(good, None), (revoked, now)]):
        await pool.execute(
            "INSERT INTO api_keys (key_hash, key_id, name, kind, scopes, source_id, created_at,"
            " revoked_at) VALUES ($1, $2, 'till', 'secret', $3, 'pos', $4, $5)",
            hash_key(key), UUID(int=number), ["events:write"], now, ended,
        )  # fmt: skip
    load = key_loader(pool)
    caller = await load(hash_key(good))
    assert caller is not None
    assert (caller.name, caller.source) == ("till", "pos")
    assert caller.scopes == {"events:write"}
    assert await load(hash_key(revoked)) is None
    assert await load(hash_key(new_key())) is None
