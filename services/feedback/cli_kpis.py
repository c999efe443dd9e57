"""`tierline kpis check`: everything counted again from the rows, beside what was rolled up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.feedback.queries.kpis.recount import Fraction
from services.feedback.usecases.kpis.check import Difference, dates_rolled_up, differences
from services.feedback.usecases.kpis.roll_up import RollUp
from shared.clock import clock_from
from shared.commands import run_with_pool
from shared.settings import PlatformSettings

app = typer.Typer(no_args_is_help=True, help="KPIs.")
SHOWN: Final = 100
_console = Console(stderr=True)
_HEAD: Final = ("date", "kpi", "slice", "rolled up", "counted")
_COLUMNS: Final = (
    TextColumn("{task.description:<36}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
)  # fmt: skip
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First date")]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last date")]
Repair = Annotated[bool, typer.Option("--repair", help="Roll all dates up anew before counting")]


@app.callback()
def kpis() -> None:
    """KPIs."""


@app.command()
def check(first: First = None, last: Last = None, repair: Repair = False) -> None:
    """Count every date that was rolled up again from the rows; any difference ends with 1.

    Facts that came after the last night differ until the next one: --repair rolls up now.
    """
    platform = PlatformSettings.load()
    rolls = partial(RollUp, clock=clock_from(platform.business_now), zone=platform.zone)

    async def work(pool: asyncpg.Pool) -> tuple[int, int, list[Difference]]:
        if repair and not await _roll_up(rolls(pool)):
            return 0, 0, []
        days = [day for day in await dates_rolled_up(pool) if _is_asked(day, first, last)]
        with Progress(*_COLUMNS, console=_console, transient=True) as bar:
            task = bar.add_task("counting again", total=len(days))
            tell = partial(bar.update, task)
            counted = differences(pool, platform.zone, days, lambda n: tell(completed=n))
            return len(days), *await counted

    _report(*run_with_pool(platform, work))


async def _roll_up(rolls: RollUp) -> bool:
    """Roll up all dates; False while the worker does."""
    with Progress(*_COLUMNS[:2], console=_console, transient=True) as bar:
        task = bar.add_task("rolling up", total=1.0)

        async def tell(done: float, text: str) -> None:
            bar.update(task, completed=done, description=text)

        return await rolls.run(is_all=True, report=tell) is not None


def _is_asked(day: date, first: datetime | None, last: datetime | None) -> bool:
    return (first is None or first.date() <= day) and (last is None or day <= last.date())


def _report(days: int, compared: int, found: Sequence[Difference]) -> None:
    if not days:
        typer.echo("No date to count: nothing was rolled up, or it is being done now.", err=True)
        raise typer.Exit(1)
    if not found:
        typer.echo(f"no difference: {compared} figures of {days} dates are what the rows say")
        return
    for line in table_of(found[:SHOWN]):
        typer.echo(line)
    if len(found) > SHOWN:
        typer.echo(f"... and {len(found) - SHOWN} more")
    dates = len({each.day for each in found})
    typer.echo(
        f"{len(found)} of {compared} figures differ, on {dates} of {days} dates; late facts are"
        " rolled up at night, tierline kpis check --repair does it now",
        err=True,
    )
    raise typer.Exit(1)


def table_of(found: Sequence[Difference]) -> Iterator[str]:
    """Write differences as lines of columns, a heading first."""
    rows = [_HEAD, *map(_cells, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cells(each: Difference) -> tuple[str, ...]:
    fractions = (_fraction(each.rolled_up), _fraction(each.counted))
    return (each.day.isoformat(), each.kpi, each.slice_key, *fractions)


def _fraction(found: Fraction | None) -> str:
    return "-" if found is None else f"{found[0]} / {found[1]}"
