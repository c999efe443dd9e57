"""`tierline rebuild`: facts from the events again, compared with what is stored."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.ingest.domain.spans import EVERYBODY, RebuildScope, Span
from services.ingest.queries.rebuilds import shards_of
from services.ingest.queries.stored_facts import Difference
from services.ingest.rebuild_workers import Tell, WorkerLost, work_here, work_in_processes
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from services.ingest.usecases.rebuilds.rebuild_shards import AlreadyRunning, Plan, Step, plan
from shared.commands import run_with_pool
from shared.settings import PlatformSettings

_SHOWN = 100
#: Below so many customers a second process takes longer to start than to help.
_FEW = 2_000
_console = Console(stderr=True)
_PART = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)

Check = Annotated[bool, typer.Option("--check", help="Report differences, change nothing")]
Customer = Annotated[str | None, typer.Option(help="Only the customer with this id")]
From = Annotated[UUID | None, typer.Option("--from", help="First profile id")]
To = Annotated[UUID | None, typer.Option("--to", help="Last profile id")]
Part = Annotated[str | None, typer.Option("--shard", help="2/5: the second of five equal parts")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes (default: one a core)")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew, though one was interrupted")]


def rebuild(  # noqa: PLR0917 - one parameter per option
    check: Check = False,
    customer: Customer = None,
    first: From = None,
    last: To = None,
    shard: Part = None,
    jobs: Jobs = None,
    fresh: Fresh = False,
) -> None:
    """Recompute facts from events. With --check any difference is reported and ends with 1.

    An interrupted rebuild goes on where it was when the same command is given again.
    """
    platform = PlatformSettings.load()
    if customer is not None:
        work = Rebuild(repairs=not check, only=customer)
        count = run_with_pool(platform, lambda pool: _one(pool, work))
    else:
        scope = _scope(first, last, shard, check=check)
        processes = jobs or os.cpu_count() or 1
        try:
            count = run_with_pool(platform, lambda pool: _all(pool, scope, processes, fresh=fresh))
        except AlreadyRunning:
            raise _stopped("The same rebuild is already running.") from None
        except WorkerLost:
            raise _stopped("A process ended early: the same command goes on from here.") from None
    _report(count, check=check)


def _scope(first: UUID | None, last: UUID | None, part: str | None, *, check: bool) -> RebuildScope:
    span = Span(first or EVERYBODY.first, last or EVERYBODY.last)
    if span.first > span.last:
        raise typer.BadParameter("--from must not be after --to")
    if part is None:
        return RebuildScope(is_repair=not check, span=span)
    found = _PART.fullmatch(part)
    number, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= parts:
        raise typer.BadParameter("--shard is such as 2/5: the second of five")
    return RebuildScope(not check, span, number, parts)


def _stopped(words: str) -> typer.Exit:
    typer.echo(words, err=True)
    return typer.Exit(2)


def _report(count: int, *, check: bool) -> None:
    if count == 0:
        typer.echo("no difference: the facts are what the events say")
    elif check:
        typer.echo(f"{count} values differ from what the events say; tierline rebuild mends them")
        raise typer.Exit(1)
    else:
        typer.echo(f"{count} values mended")


async def _one(pool: asyncpg.Pool, work: Rebuild) -> int:
    found = [difference async for difference in work.run(pool, lambda _done, _of: None)]
    for difference in found[:_SHOWN]:
        typer.echo(_line(difference))
    return len(found)


async def _all(pool: asyncpg.Pool, scope: RebuildScope, jobs: int, *, fresh: bool) -> int:
    async with pool.acquire() as connection:  # holds the rebuild until it is done
        planned = await plan(connection, scope, afresh=fresh)
        if planned.is_resumed:
            typer.echo(f"going on after {planned.done} customers that are done", err=True)
        with _told(planned) as tell:
            await _work(planned, tell, jobs, repairs=scope.is_repair)
        return sum(s.differences for s in await shards_of(connection, scope.rebuild_id))


async def _work(planned: Plan, tell: Tell, jobs: int, *, repairs: bool) -> None:
    if jobs == 1 or planned.customers < _FEW:
        await work_here(planned.left, tell, repairs=repairs)
    else:
        await asyncio.to_thread(work_in_processes, planned.left, tell, repairs=repairs, jobs=jobs)


@contextmanager
def _told(planned: Plan) -> Iterator[Tell]:
    """Show a bar, and the first differences as they are found."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=_console, transient=True) as bar:
        task = bar.add_task("rebuilding", total=planned.customers, completed=planned.done)
        shown = 0

        def tell(step: Step) -> None:
            nonlocal shown
            bar.advance(task, step.customers)
            for difference in step.differences[: _SHOWN - shown]:
                typer.echo(_line(difference))
            shown = min(_SHOWN, shown + len(step.differences))

        yield tell


def _line(difference: Difference) -> str:
    key = " ".join(part.hex() if isinstance(part, bytes) else str(part) for part in difference.key)
    stored, rebuilt = (
        json.dumps(value, default=str) for value in (difference.stored, difference.rebuilt)
    )
    return f"{difference.table} {key} {difference.column}: stored {stored}, events say {rebuilt}"
