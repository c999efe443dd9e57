"""`tierline users`: who may use the console, from the machine it runs on."""

import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Final, TypeVar

import asyncpg
import typer

from services.console.accounts.audit import Audit
from services.console.accounts.passwords import LONGEST, SHORTEST, Passwords, WeakPassword
from services.console.accounts.people import User
from services.console.accounts.roles import Role
from services.console.accounts.sessions import SessionRules, Sessions
from services.console.accounts.users import (
    BadName,
    LastAdmin,
    NameTaken,
    UnknownUser,
    Users,
    Wanted,
)
from shared.clock import SystemClock, clock_from
from shared.commands import run_with_pool
from shared.settings import PlatformSettings

app = typer.Typer(no_args_is_help=True, help="People who may use the console.")
#: Who did it, in the audit log: whoever has the shell of this machine.
ACTOR: Final = "command line"
_WORDS: Final[dict[type[Exception], str]] = {
    BadName: "A name has 1 to 100 characters that can be seen.",
    NameTaken: "Somebody else has this name.",
    UnknownUser: "There is no such user: tierline users list shows them.",
    LastAdmin: "This is the last admin: make another one first.",
}
_WEAK: Final = {
    "short": f"A password has at least {SHORTEST} characters.",
    "long": f"A password has at most {LONGEST} characters.",
    "plain": "This password is made of too few different characters.",
    "name": "This password holds the name.",
}
Name = Annotated[str, typer.Argument(help="The name to sign in with; capitals do not matter")]
Chosen = Annotated[Role, typer.Option("--role", help="What they are here for")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input")
]
Display = Annotated[str, typer.Option("--display", help="How pages name them (default: the name)")]
Result = TypeVar("Result")


@app.command()
def create(
    name: Name, role: Chosen, password_stdin: FromStdin = False, display: Display = ""
) -> None:
    """Make a user; asks for the password."""
    password = _password(password_stdin)

    async def work(users: Users) -> User:
        return await users.create(Wanted(name, display, role, password))

    made = _run(work, "user.created", name, {"role": role.value})
    typer.echo(f"{made.name} may sign in as {made.role}")


@app.command(name="list")
def show() -> None:
    """List users: name, role, how they sign in, made, state."""

    async def work(users: Users) -> list[User]:
        found, after = await users.page()
        while after:
            more, after = await users.page(after)
            found += more
        return found

    for user in _run(work):
        typer.echo("  ".join(_cells(user)))


@app.command(name="set-password")
def set_password(name: Name, password_stdin: FromStdin = False) -> None:
    """Give a user a new password and end their sessions."""
    password = _password(password_stdin)

    async def work(users: Users) -> None:
        await users.set_password((await users.named(name)).user_id, password)

    _run(work, "user.password_set", name)
    typer.echo(f"{name} has a new password and is signed out everywhere")


@app.command()
def disable(name: Name) -> None:
    """Lock a user out: their sessions end within two seconds."""

    async def work(users: Users) -> None:
        await users.disable((await users.named(name)).user_id)

    _run(work, "user.disabled", name)
    typer.echo(f"{name} is locked out")


@app.command()
def enable(name: Name) -> None:
    """Let a user in again."""

    async def work(users: Users) -> None:
        await users.enable((await users.named(name)).user_id)

    _run(work, "user.enabled", name)
    typer.echo(f"{name} may sign in again")


@app.command()
def role(name: Name, role: Chosen) -> None:
    """Give a user another role."""

    async def work(users: Users) -> None:
        await users.change_role((await users.named(name)).user_id, role)

    _run(work, "user.role_changed", name, {"role": role.value})
    typer.echo(f"{name} is {role} now")


def _password(is_from_stdin: bool) -> str:
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _cells(user: User) -> list[str]:
    ways = [("password", user.has_password), ("provider", user.is_from_provider)]
    state = "active"
    if user.disabled_at is not None:
        state = f"locked out {user.disabled_at:%Y-%m-%d %H:%M}Z"
    by = "+".join(way for way, is_way in ways if is_way) or "no way to sign in"
    return [user.name, user.role, by, f"made {user.created_at:%Y-%m-%d %H:%M}Z", state]


def _run(
    work: Callable[[Users], Awaitable[Result]],
    action: str = "",
    name: str = "",
    details: dict[str, object] | None = None,
) -> Result:
    """Run work on the accounts, write it down, and say in a sentence what stands in the way."""
    platform = PlatformSettings.load()

    async def on_pool(pool: asyncpg.Pool) -> Result:
        # no session is opened here: its rules do not matter
        sessions = Sessions(pool, SystemClock(), SessionRules(timedelta(0), timedelta(0)))
        result = await work(Users(pool, SystemClock(), Passwords(), sessions))
        if action:
            audit = Audit(pool, clock_from(platform.business_now))
            await audit.note(ACTOR, action, f"user:{name}", details or {})
        return result

    try:
        return run_with_pool(platform, on_pool)
    except WeakPassword as error:
        typer.echo(_WEAK[error.why], err=True)
    except tuple(_WORDS) as error:
        typer.echo(_WORDS[type(error)], err=True)
    raise typer.Exit(1)
