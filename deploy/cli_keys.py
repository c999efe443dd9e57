"""`tierline keys`: make, list and revoke API keys."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer

from shared.clock import clock_from
from shared.contracts.keys import KeyInfo
from shared.db import Limits, connect_arguments
from shared.key_desk import By, end_key, make_key
from shared.key_rows import Grant, keys_named, list_keys
from shared.keys import SCOPES, GrantRefused, KeyKind, granted, own_name

app = typer.Typer(name="keys", help="API keys: make, list, revoke.", no_args_is_help=True)
_LIMITS = Limits("tierline-keys")
#: As the audit log names whoever may run commands.
_ACTOR = "command line"
Result = TypeVar("Result")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, such as till-0747")],
    scopes: Annotated[str, typer.Option(help=f"Comma-separated: {', '.join(sorted(SCOPES))}")] = "",
    source: Annotated[
        str, typer.Option(help="The source its events come from (default: the name)")
    ] = "",
    publishable: Annotated[
        bool, typer.Option("--publishable", help="For web pages: browsing events and nothing else")
    ] = False,
) -> None:
    """Make a key and print it: this once, it is stored as a hash only."""
    kind = KeyKind.PUBLISHABLE if publishable else KeyKind.SECRET
    grant = Grant(_named(name), _granted(scopes, kind), source or name, kind)
    key, key_id = _run(lambda connection: _make(connection, grant))
    typer.echo(key)
    typer.echo(
        f"key {key_id}, scopes {','.join(sorted(grant.scopes))}; it is not shown again", err=True
    )


@app.command(name="list")
def show() -> None:
    """List every key: id, name, kind, scopes, source, made, revoked."""
    for info in _run(list_keys):
        typer.echo("  ".join(_cells(info)))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its name, or the id `tierline keys list` shows")],
) -> None:
    """Revoke a key: every process refuses it within 5 seconds."""
    revoked = _run(lambda connection: _revoke(connection, key))
    if not revoked:
        typer.echo("There is no active key with this name or id.", err=True)
        raise typer.Exit(1)
    for info in revoked:
        typer.echo(f"revoked {info.name} ({info.key_id}): refused everywhere within 5 seconds")


async def _make(connection: asyncpg.Connection, grant: Grant) -> tuple[str, UUID]:
    async with connection.transaction():
        return await make_key(connection, grant, _by())


async def _revoke(connection: asyncpg.Connection, key: str) -> list[KeyInfo]:
    async with connection.transaction():
        return [
            await end_key(connection, each, _by()) for each in await keys_named(connection, key)
        ]


def _by() -> By:
    return By(_ACTOR, clock_from(os.environ.get("BUSINESS_NOW") or None).now())


def _named(name: str) -> str:
    try:
        return own_name(name)
    except GrantRefused as refused:
        raise typer.BadParameter(str(refused), param_hint="NAME") from None


def _granted(scopes: str, kind: KeyKind) -> frozenset[str]:
    asked = frozenset(part.strip() for part in scopes.split(",") if part.strip())
    try:
        return granted(asked, kind)
    except GrantRefused as refused:
        raise typer.BadParameter(str(refused), param_hint="--scopes") from None


def _cells(info: KeyInfo) -> list[str]:
    state = "active" if info.revoked_at is None else f"revoked {info.revoked_at:%Y-%m-%d %H:%M}Z"
    return [
        str(info.key_id),
        info.name,
        info.kind,
        ",".join(info.scopes),
        f"source={info.source}",
        f"made {info.created_at:%Y-%m-%d %H:%M}Z",
        state,
    ]


def _run(work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    """Run work on one connection to DATABASE_URL; say in a sentence what stands in the way."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        typer.echo("Set DATABASE_URL, or start Tierline once with make run.", err=True)
        raise typer.Exit(2)

    async def on_connection() -> Result:
        connection = await asyncpg.connect(**connect_arguments(url, _LIMITS))
        try:
            return await work(connection)
        finally:
            await connection.close()

    try:
        return asyncio.run(on_connection())
    except asyncpg.UndefinedTableError:
        typer.echo("The database has no schema yet: run tierline migrate.", err=True)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        typer.echo(f"The database cannot be used ({type(error).__name__}).", err=True)
    raise typer.Exit(1)
