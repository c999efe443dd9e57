"""`tierline import FILE`: a file of purchases into the database, faults into a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from services.ingest.domain.files.mapping import ColumnMapping, MappingRefused, parse_mapping
from services.ingest.importing.error_file import ErrorFile
from services.ingest.importing.job import ImportJob, Shop
from services.ingest.importing.mapping_files import mapping_document
from services.ingest.importing.refusal import FileRefused
from services.ingest.importing.stored import Run, collect_seldom, resumed_or_new
from services.ingest.settings import IngestSettings
from services.ingest.usecases.files.import_file import Progress as Tell
from services.ingest.usecases.files.import_file import Summary
from shared.clock import clock_from
from shared.commands import run_with_pool
from shared.money import is_currency
from shared.settings import PlatformSettings

_console = Console(stderr=True)

File = Annotated[
    Path, typer.Argument(help="CSV, NDJSON or Parquet: customer_id, occurred_at, amount, ...")
]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        help="cdnow, dunnhumby, olist, online_retail, online_retail_ii, shopify, square,"
        ' or a JSON file: {"columns": {"amount": "Total"}}',
    ),
]
Source = Annotated[
    str | None, typer.Option(help="The source its receipts come from (default: the mapping's)")
]
Currency = Annotated[str | None, typer.Option(help="Currency of the amounts, such as CNY")]
Encoding = Annotated[
    str | None, typer.Option(help="utf-8, gb18030, utf-16, ... (default: found out)")
]
Errors = Annotated[
    Path | None, typer.Option(help="List rows without effect here (default: FILE.errors.csv)")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and judge, change nothing")]


def import_(  # noqa: PLR0917 - one parameter per option
    file: File,
    mapping: MappingName = None,
    source: Source = None,
    currency: Currency = None,
    encoding: Encoding = None,
    errors: Errors = None,
    dry_run: DryRun = False,
) -> None:
    """Import purchases; again, it goes on where it stopped. Exit code 1: see the error file."""
    platform = PlatformSettings.load()
    collect_seldom()
    shop = Shop(
        clock_from(platform.business_now).now(),
        platform.zone,
        platform.base_currency,
        platform.secrets,
        IngestSettings.load().trust,
    )
    listing = ErrorFile(errors or file.with_name(f"{file.name}.errors.csv"))
    try:
        document = _document(mapping, currency, encoding)
        columns = parse_mapping(document)
        with listing, _bar(file.name) as tell:
            job = ImportJob(file, columns, _source(source, columns), listing.add, tell)
            if dry_run:
                summary = job.judge(shop)
            else:
                job.check()
                summary = _taken_in(platform, job, listing, document, shop)
    except (FileRefused, MappingRefused) as error:
        typer.echo(f"Import stopped: {error}", err=True)
        raise typer.Exit(1) from None
    _report(summary, listing, is_dry=dry_run)


def _taken_in(
    platform: PlatformSettings,
    job: ImportJob,
    listing: ErrorFile,
    document: dict[str, Any],
    shop: Shop,
) -> Summary:
    async def work(pool: asyncpg.Pool) -> Summary:
        stored = await resumed_or_new(
            pool, job.path, source_id=job.source_id, mapping=document, now=shop.now
        )
        if stored.checkpoint:
            _console.print(f"going on after {stored.checkpoint['receipts']:,} receipts")
        return await Run(pool, stored, job, listing, shop).whole()

    return run_with_pool(platform, work)


def _source(named: str | None, mapping: ColumnMapping) -> str:
    return named or mapping.source or "import"


def _document(name: str | None, currency: str | None, encoding: str | None) -> dict[str, Any]:
    """Return the mapping as a document, with what the options say put in."""
    found = mapping_document(name)
    if currency is not None:
        if not is_currency(currency):
            raise MappingRefused("--currency must be an ISO 4217 code such as CNY")
        found = found | {"constants": {**found.get("constants", {}), "currency": currency}}
    return found if encoding is None else found | {"encoding": encoding}


@contextmanager
def _bar(name: str) -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=_console, transient=True) as bar:
        task = bar.add_task(f"looking through {name}", total=1.0)

        def tell(share: float, summary: Summary) -> None:
            text = f"looking through {name}"
            if summary.rows:
                elapsed = bar.tasks[0].elapsed or 0.0
                rate = f", {summary.rows / elapsed:,.0f} rows/s" if elapsed > 1 else ""
                text = f"importing {name}, {summary.rows:,} rows{rate}"
            bar.update(task, completed=share, description=text)

        yield tell


def _report(summary: Summary, listing: ErrorFile, *, is_dry: bool) -> None:
    """Print what became of the file; exit code 1 if a row had no effect."""
    names = ["rows", "receipts", "accepted", "duplicates", "conflicts", "rejected"]
    if is_dry:
        names = ["rows", "receipts", "rejected"]
    if summary.skipped:
        names.append("skipped")
    typer.echo(", ".join(f"{name} {getattr(summary, name)}" for name in names))
    if listing.count:
        typer.echo(f"{listing.count} rows had no effect, listed in {listing.path}", err=True)
        raise typer.Exit(1)
