"""`tierline decisions`: make past decisions again and see whether they come out the same."""

from __future__ import annotations

import asyncio
from typing import Annotated, cast

import asyncpg
import typer

from services.scoring.usecases.decide_again import Again, KnowsThen

app = typer.Typer(no_args_is_help=True, help="Past decisions.")
_MOST_LISTED = 20


@app.callback()
def decisions() -> None:
    """Past decisions."""


@app.command()
def check(
    context: typer.Context,
    sample: Annotated[int, typer.Option(min=1, help="how many past decisions")] = 1000,
    programme: Annotated[str | None, typer.Option(help="of one programme only")] = None,
    seed: Annotated[str, typer.Option(help="another one draws others")] = "",
) -> None:
    """Decide again from stored versions of facts, pins, programme and model; 1 if any differs."""
    if context.obj is None:
        typer.echo("Past facts are folded by ingest: run this where it is installed.", err=True)
        raise typer.Exit(1)
    knows = cast(KnowsThen, context.obj)
    try:
        found = asyncio.run(_check(knows, programme, seed, sample))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"The database cannot be used ({type(error).__name__}).", err=True)
        raise typer.Exit(1) from None
    differing = [again for again in found if not again.is_same]
    for again in differing[:_MOST_LISTED]:
        typer.echo(line_of(again), err=True)
    same_inputs = sum(again.has_same_inputs for again in found)
    typer.echo(
        f"{len(found) - len(differing)} of {len(found)} past decisions come out the same"
        f" ({same_inputs} from the same inputs to the bit)"
    )
    if differing:
        raise typer.Exit(1)


def line_of(again: Again) -> str:
    """Say what differs."""
    past = again.past
    return (
        f"{past.profile_id} {past.programme_key} r-{past.release_id} at"
        f" {past.business_instant.isoformat()}: told {past.tier_to}, now {again.tier_now}"
    )


async def _check(knows: KnowsThen, programme: str | None, seed: str, sample: int) -> list[Again]:
    from rich.progress import Progress

    from services.scoring.usecases.business_day import BusinessDay
    from services.scoring.usecases.decide_again import Examiner
    from services.scoring.worker import background
    from shared.clock import clock_from
    from shared.settings import PlatformSettings

    platform = PlatformSettings.load()
    day = BusinessDay(clock_from(platform.business_now), platform.zone)
    with Progress(transient=True) as bar:
        task = bar.add_task("deciding again", total=sample)

        async def done(count: int) -> None:
            bar.update(task, completed=count)

        async with background(platform) as parts:
            examiner = Examiner(parts.pool, parts.catalog, day, knows)
            return await examiner.examine(programme, seed=seed, limit=sample, done=done)
