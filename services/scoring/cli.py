"""`tierline train`, `tierline backtest` and `tierline programme`."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import asyncpg
import typer

from services.scoring import cli_decisions, cli_programme
from services.scoring.cli_backtest import backtest

app = typer.Typer(no_args_is_help=True)
app.command()(backtest)
app.add_typer(cli_programme.app, name="programme")
app.add_typer(cli_decisions.app, name="decisions")


@app.command()
def train(
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="train as on this business date (default: today)"),
    ] = None,
) -> None:
    """Train the value model on the database and put it into force."""
    from services.scoring.errors import CannotTrain

    try:
        result = asyncio.run(_train(at))
    except CannotTrain as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from None
    except asyncpg.UndefinedTableError:
        typer.echo("The database has no schema yet: run tierline migrate.", err=True)
        raise typer.Exit(1) from None
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"The database cannot be used ({type(error).__name__}).", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{result['model_version']}: {result['kind']}, {result['customers']} customers")
    for warning in [*result["warnings"], *filter(None, [result["because"]])]:
        typer.echo(f"note: {warning}")


async def _train(at: datetime | None) -> dict[str, Any]:
    from rich.progress import Progress

    from services.scoring.worker import background
    from shared.settings import PlatformSettings

    platform = PlatformSettings.load()
    if at is not None:
        midday = at.replace(hour=12, tzinfo=platform.zone)
        platform = platform.model_copy(update={"business_now": midday.isoformat()})
    with Progress(transient=True) as bar:
        task = bar.add_task("training", total=1.0)

        async def report(done: float, text: str) -> None:
            bar.update(task, completed=done, description=text)

        async with background(platform) as parts:
            return await parts.trainer.train(report)
