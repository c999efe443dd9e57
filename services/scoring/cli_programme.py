"""`tierline programme`: work on tier programmes from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, help="Tier programmes: replay cases, check documents.")

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
    from services.scoring.domain.status.cases import CaseFault, read_case, replayed

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
