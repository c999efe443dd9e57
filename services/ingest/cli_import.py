"""`tierline import FILE`: a file of purchases into the database, faults into a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from services.ingest.cli_settings import run_with_pool
from services.ingest.domain.mapping import ColumnMapping, MappingRefused, in_currency
from services.ingest.importing.error_file import ErrorFile
from services.ingest.importing.files import FileRefused
from services.ingest.importing.job import ImportJob, Shop
from services.ingest.importing.mapping_files import load_mapping
from services.ingest.usecases.import_file import Progress as Tell
from services.ingest.usecases.import_file import Summary
from shared.clock import clock_from
from shared.money import is_currency
from shared.settings import PlatformSettings

_console = Console(stderr=True)

File = Annotated[Path, typer.Argument(help="CSV or Parquet: customer_id, occurred_at, amount, ...")]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping", help='cdnow, online_retail, or a JSON file: {"columns": {"amount": "Total"}}'
    ),
]
Source = Annotated[
    str | None, typer.Option(help="The source its receipts come from (default: the mapping's)")
]
Currency = Annotated[str | None, typer.Option(help="Currency of the amounts, such as CNY")]
Errors = Annotated[
    Path | None, typer.Option(help="List rows without effect here (default: FILE.errors.csv)")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and judge, change nothing")]


def import_(  # noqa: PLR0917 - one parameter per option
    file: File,
    mapping: MappingName = None,
    source: Source = None,
    currency: Currency = None,
    errors: Errors = None,
    dry_run: DryRun = False,
) -> None:
    """Import purchases; the same file again changes nothing. Exit code 1: see the error file."""
    platform = PlatformSettings.load()
    shop = Shop(
        clock_from(platform.business_now).now(),
        platform.zone,
        platform.base_currency,
        platform.secrets,
    )
    listing = ErrorFile(errors or file.with_name(f"{file.name}.errors.csv"))
    try:
        columns = _mapping(mapping, currency)
        with listing, _bar(file.name) as tell:
            source_id = source or columns.source or "import"
            job = ImportJob(file, columns, source_id, listing.add, tell)
            if dry_run:
                summary = job.judge(shop)
            else:
                summary = run_with_pool(platform, lambda pool: job.run(pool, shop))
    except (FileRefused, MappingRefused) as error:
        typer.echo(f"Import stopped: {error}", err=True)
        raise typer.Exit(1) from None
    _report(summary, listing, is_dry=dry_run)


def _mapping(name: str | None, currency: str | None) -> ColumnMapping:
    found = load_mapping(name)
    if currency is None:
        return found
    if not is_currency(currency):
        raise MappingRefused("--currency must be an ISO 4217 code such as CNY")
    return in_currency(found, currency)


@contextmanager
def _bar(name: str) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=_console, transient=True) as bar:
        task = bar.add_task(f"importing {name}", total=1.0)

        def tell(share: float, summary: Summary) -> None:
            text = f"importing {name}, {summary.rows:,} rows"
            bar.update(task, completed=share, description=text)

        yield tell


def _report(summary: Summary, listing: ErrorFile, *, is_dry: bool) -> None:
    """Print what became of the file; exit code 1 if a row had no effect."""
    counts = asdict(summary)
    counts.pop("sequence")
    if is_dry:
        counts = {name: counts[name] for name in ("rows", "receipts", "rejected")}
    typer.echo(", ".join(f"{name} {count}" for name, count in counts.items()))
    if listing.count:
        typer.echo(f"{listing.count} rows had no effect, listed in {listing.path}", err=True)
        raise typer.Exit(1)
