import asyncio

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from deploy.cli_keys import app
from deploy.migrate import migrate
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.key_rows import Grant, MalformedKey, add_key, keep_own_key, list_keys
from shared.keys import OWN_KEYS, Caller, KeyKind, new_key
from shared.problem import Problem
from tests.fakes import FakeTimer


@pytest.fixture
def keys_cli(module_database_url: str) -> "KeysCli":
    return KeysCli(module_database_url)


class KeysCli:
    """`tierline keys` on the test's database."""

    def __init__(self, url: str) -> None:
        self.environ = {"DATABASE_URL": url, "COLUMNS": "200"}

    async def __call__(self, *arguments: str) -> Result:
        # The command runs a loop of its own, so it gets a thread of its own.
        invoke = CliRunner(env=self.environ).invoke
        return await asyncio.to_thread(invoke, app, list(arguments))


async def caller_of(pool: asyncpg.Pool, key: str) -> Caller:
    return await ApiKeys(key_loader(pool)).caller_with(key)


async def test_a_made_key_carries_its_scopes_and_source(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    made = await keys_cli(
        "create", "till-1", "--scopes", "events:write, tier:read", "--source", "pos"
    )
    caller = await caller_of(pool, made.stdout.strip())
    assert (caller.name, caller.source) == ("till-1", "pos")
    assert caller.scopes == {"events:write", "tier:read"}


async def test_a_key_without_source_speaks_for_itself(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    made = await keys_cli("create", "till-2", "--scopes", "events:write")
    assert (await caller_of(pool, made.stdout.strip())).source == "till-2"


async def test_a_key_is_nowhere_in_the_database(pool: asyncpg.Pool, keys_cli: KeysCli) -> None:
    key = (await keys_cli("create", "till", "--scopes", "admin")).stdout.strip()
    stored = await pool.fetch("SELECT api_keys::text AS row FROM api_keys")
    assert not any(key[6:] in row["row"] for row in stored)


async def test_a_publishable_key_may_only_post_browsing(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    made = await keys_cli("create", "page", "--publishable")
    caller = await caller_of(pool, made.stdout.strip())
    assert caller.kind is KeyKind.PUBLISHABLE
    assert caller.scopes == {"browse:write"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("till", "--scopes", "events:writ"),
        ("till",),
        ("page", "--publishable", "--scopes", "admin"),
        ("TIERLINE_ADMIN_KEY", "--scopes", "admin"),
        (" ", "--scopes", "admin"),
    ],
)
async def test_a_wrong_request_makes_no_key(
    pool: asyncpg.Pool, keys_cli: KeysCli, arguments: tuple[str, ...]
) -> None:
    result = await keys_cli("create", *arguments)
    assert result.exit_code == 2
    assert await list_keys(pool) == []


async def test_the_list_shows_keys_but_no_secrets(pool: asyncpg.Pool, keys_cli: KeysCli) -> None:
    key = (await keys_cli("create", "till", "--scopes", "admin")).stdout.strip()
    listed = (await keys_cli("list")).stdout
    assert "till  secret  admin  source=till" in listed
    assert key not in listed


async def test_a_revoked_key_is_refused_after_five_seconds(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    timer = FakeTimer()
    keys = ApiKeys(key_loader(pool), now=timer)
    key = (await keys_cli("create", "till", "--scopes", "admin")).stdout.strip()
    caller = await keys.caller_with(key)
    assert (await keys_cli("revoke", str(caller.key_id))).exit_code == 0
    timer.seconds += 5
    with pytest.raises(Problem):
        await keys.caller_with(key)
    assert "revoked" in (await keys_cli("list")).stdout


async def test_revoking_an_unknown_key_fails(pool: asyncpg.Pool, keys_cli: KeysCli) -> None:
    assert pool
    result = await keys_cli("revoke", "019c0000-0000-7000-8000-000000000000")
    assert result.exit_code == 1


async def test_without_a_database_a_sentence_says_so(keys_cli: KeysCli) -> None:
    keys_cli.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    result = await keys_cli("list")
    assert result.exit_code == 1
    assert "cannot be used" in result.stderr


async def test_migrating_knows_the_keys_of_the_settings_once(
    pool: asyncpg.Pool, module_database_url: str
) -> None:
    environ = {variable: new_key() for variable in OWN_KEYS}
    for _ in range(2):
        await migrate(module_database_url, environ)
    keys = [(key.name, key.source, key.scopes) for key in await list_keys(pool)]
    assert keys == [
        ("TIERLINE_ADMIN_KEY", "admin", ["admin"]),
        ("TIERLINE_SERVICE_KEY", "services", ["admin"]),
        ("TIERLINE_CONSOLE_KEY", "console", ["admin"]),
    ]


async def test_a_changed_setting_revokes_the_former_key(pool: asyncpg.Pool) -> None:
    former, key = new_key(), new_key()
    await keep_own_key(pool, "TIERLINE_ADMIN_KEY", former)
    await keep_own_key(pool, "TIERLINE_ADMIN_KEY", key)
    assert (await caller_of(pool, key)).may("models:write")
    with pytest.raises(Problem):
        await caller_of(pool, former)


async def test_a_revoked_key_of_the_settings_stays_revoked(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    key = new_key()
    await keep_own_key(pool, "TIERLINE_ADMIN_KEY", key)
    await keys_cli("revoke", str((await list_keys(pool))[0].key_id))
    await keep_own_key(pool, "TIERLINE_ADMIN_KEY", key)
    with pytest.raises(Problem):
        await caller_of(pool, key)


async def test_a_malformed_key_of_the_settings_is_refused(pool: asyncpg.Pool) -> None:
    with pytest.raises(MalformedKey):
        await keep_own_key(pool, "TIERLINE_ADMIN_KEY", "secret")


async def test_the_same_key_is_stored_once(pool: asyncpg.Pool) -> None:
    key = new_key()
    for _ in range(2):
        await add_key(pool, key, Grant("till", frozenset({"admin"}), "pos"))
    assert len(await list_keys(pool)) == 1


async def test_who_made_and_revoked_a_key_by_command_is_in_the_audit_log(
    pool: asyncpg.Pool, keys_cli: KeysCli
) -> None:
    key = (await keys_cli("create", "till-9", "--scopes", "admin")).stdout.strip()
    await keys_cli("revoke", "till-9")
    rows = await pool.fetch("SELECT actor, action, details::text FROM audit_log ORDER BY audit_id")
    assert [tuple(row)[:2] for row in rows][-2:] == [
        ("command line", "key.made"),
        ("command line", "key.revoked"),
    ]
    assert not any(key[6:] in row["details"] for row in rows)
