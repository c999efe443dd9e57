"""`tierline rebuild`: facts from the events again, compared with what is stored."""

import json
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress

from services.ingest.cli_settings import run_with_pool
from services.ingest.queries.stored_facts import Difference
from services.ingest.usecases.rebuild import Rebuild
from shared.settings import PlatformSettings

_SHOWN = 100
_console = Console(stderr=True)

Check = Annotated[bool, typer.Option("--check", help="Report differences, change nothing")]
Customer = Annotated[str | None, typer.Option(help="Only the customer with this id")]


def rebuild(check: Check = False, customer: Customer = None) -> None:
    """Recompute facts from events. With --check any difference is reported and ends with 1."""
    work = Rebuild(repairs=not check, only=customer)
    count = run_with_pool(PlatformSettings.load(), lambda pool: _run(pool, work))
    if count == 0:
        typer.echo("no difference: the facts are what the events say")
    elif check:
        typer.echo(f"{count} values differ from what the events say; tierline rebuild mends them")
        raise typer.Exit(1)
    else:
        typer.echo(f"{count} values mended")


async def _run(pool: asyncpg.Pool, work: Rebuild) -> int:
    count = 0
    with Progress(console=_console, transient=True) as bar:
        task = bar.add_task("rebuilding", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        async for difference in work.run(pool, tell):
            count += 1
            if count <= _SHOWN:
                typer.echo(_line(difference))
    return count


def _line(difference: Difference) -> str:
    key = " ".join(part.hex() if isinstance(part, bytes) else str(part) for part in difference.key)
    stored, rebuilt = (
        json.dumps(value, default=str) for value in (difference.stored, difference.rebuilt)
    )
    return f"{difference.table} {key} {difference.column}: stored {stored}, events say {rebuilt}"
