import asyncio

import pytest
from typer.testing import CliRunner, Result

from services.console.cli import app
from tests.integration.console.conftest import PASSWORD, Door
from tests.servers import SECRET_KEY


@pytest.fixture
def command(module_database_url: str) -> "Command":
    return Command(module_database_url)


class Command:
    """`tierline users` on the test's database."""

    def __init__(self, url: str) -> None:
        environ = {"DATABASE_URL": url, "TIERLINE_SECRET_KEY": SECRET_KEY, "COLUMNS": "200"}
        self._runner = CliRunner(env=environ)

    async def __call__(self, *arguments: str, given: str | None = None) -> Result:
        # The command runs a loop of its own, so it gets a thread of its own.
        words = ["users", *arguments]
        return await asyncio.to_thread(self._runner.invoke, app, words, given)


async def test_a_user_that_was_made_can_sign_in(door: Door, command: Command) -> None:
    made = await command("create", "Li", "--role", "ops", "--password-stdin", given=f"{PASSWORD}\n")
    assert made.stdout == "Li may sign in as ops\n"
    user = await door.users.named("li")
    assert user.role == "ops"
    assert user.has_password
    assert await door.noted() == ["user.created"]
    listed = (await command("list")).stdout.splitlines()
    assert [line.split("  ")[:3] for line in listed] == [["Li", "ops", "password"]]


@pytest.mark.parametrize(
    ("arguments", "given", "words"),
    [
        (["create", "Li", "--role", "ops"], PASSWORD, "Somebody else has this name."),
        (["create", "wu", "--role", "ops"], "short", "at least 10 characters"),
        (["create", "", "--role", "ops"], PASSWORD, "1 to 100 characters"),
        (["set-password", "nobody"], PASSWORD, "There is no such user"),
    ],
    ids=["taken", "weak", "nameless", "unknown"],
)
async def test_what_stands_in_the_way_is_said(
    door: Door, command: Command, arguments: list[str], given: str, words: str
) -> None:
    await door.add("li")
    result = await command(*arguments, "--password-stdin", given=given)
    assert result.exit_code == 1
    assert words in result.stderr
    assert await door.noted() == []


async def test_the_last_admin_is_not_lost(door: Door, command: Command) -> None:
    await command("create", "a", "--role", "admin", "--password-stdin", given=PASSWORD)
    for arguments in (("disable", "a"), ("role", "a", "--role", "ops")):
        result = await command(*arguments)
        assert "This is the last admin" in result.stderr
    assert (await door.users.named("a")).role == "admin"


async def test_a_user_is_changed_by_name(door: Door, command: Command) -> None:
    known = await door.add("li")
    await command("role", "LI", "--role", "marketer")
    assert (await door.users.named("li")).role == "marketer"
    await command("set-password", "li", "--password-stdin", given="neues wort 77\n")
    assert await door.elsewhere().person_with(known.token) is None
    await command("disable", "li")
    assert (await door.users.named("li")).disabled_at is not None
    assert "locked out" in (await command("list")).stdout
    await command("enable", "li")
    assert (await door.users.named("li")).disabled_at is None
