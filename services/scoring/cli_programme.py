"""`tierline programme`: work on tier programmes from the command line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from services.scoring.usecases.simulation.simulate import Order

app = typer.Typer(
    no_args_is_help=True, help="Tier programmes: replay cases, check documents, simulate drafts."
)

#: A file of cases is read whole; the published ones have 0.2 MB.
MAX_BYTES = 64 * 2**20


@app.command()
def replay(
    file: Annotated[
        Path,
        typer.Argument(
            help='JSON: {"programme", "enrolled_at", "entries", "pins", "until"}, or a list'
        ),
    ],
) -> None:
    """Replay cases of status programmes and print their timelines as JSON, without a database."""
    from services.scoring.domain.status.engine.cases import CaseFault, read_case, replayed

    found = read_json(file)
    try:
        if isinstance(found, list):
            told: Any = [replayed(read_case(case, f"/{n}")) for n, case in enumerate(found)]
        else:
            told = replayed(read_case(found, ""))
    except CaseFault as fault:
        raise fail(str(fault)) from None
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A programme document as JSON")],
) -> None:
    """Check a programme document without a database: every fault with its path and a sentence."""
    from services.scoring.domain.programmes.checking import faults_of
    from services.scoring.domain.programmes.ladder import kind_of, rungs_of

    document = read_json(file)
    faults = faults_of(document)
    for fault in faults:
        typer.echo(f"{fault.pointer or '/'}: {fault.message} ({fault.code})")
    if faults:
        raise fail(f"{file.name} has faults: {len(faults)}")
    keys = [rung.key for rung in sorted(rungs_of(document), key=lambda rung: rung.rank)]
    typer.echo(f"{file.name} is a valid {kind_of(document)} programme: {' < '.join(keys)}")


@app.command()
def simulate(
    key: Annotated[str, typer.Argument(help="The programme, such as coffee")],
    version: Annotated[int, typer.Argument(help="The version, a draft for example", min=1)],
    months: Annotated[int, typer.Option(help="Past months to count", min=1, max=60)] = 12,
    seed: Annotated[int, typer.Option(help="Of what is drawn: the same one, the same bytes")] = 1,
) -> None:
    """Replay the whole base by a version and print what it would do as JSON; changes nothing."""
    import asyncpg

    from services.scoring.errors import NoModelYet, UnknownVersion
    from services.scoring.usecases.simulation.simulate import Order

    try:
        found = asyncio.run(_simulate(Order(key, version, months, seed)))
    except (UnknownVersion, NoModelYet) as error:
        raise fail(error.detail) from None
    except asyncpg.UndefinedTableError:
        raise fail("The database has no schema yet: run tierline migrate.") from None
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise fail(f"The database cannot be used ({type(error).__name__}).") from None
    typer.echo(json.dumps(found, ensure_ascii=False, indent=1))


async def _simulate(order: Order) -> Mapping[str, Any]:
    from rich.console import Console
    from rich.progress import Progress

    from services.scoring.usecases.simulation.ask import named
    from services.scoring.worker import background
    from shared.settings import PlatformSettings

    with Progress(transient=True, console=Console(stderr=True)) as bar:
        task = bar.add_task("replaying", total=1.0)

        async def report(done: float, text: str) -> None:
            bar.update(task, completed=done, description=text)

        # Log lines go to stderr: what is printed is to be JSON and nothing else.
        with redirect_stdout(sys.stderr):
            async with background(PlatformSettings.load()) as parts:
                return await named(parts.pool, await parts.simulator.simulate(order, report))


def read_json(file: Path) -> Any:
    """Read a JSON file; end with a sentence where that cannot be done."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise fail(f"{file} is larger than {MAX_BYTES // 2**20} MiB")
        return json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise fail(f"{file} is not UTF-8 text") from None
    except (json.JSONDecodeError, RecursionError, ValueError):
        raise fail(f"{file} is not JSON") from None


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong on stderr; the command ends with 1."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)
