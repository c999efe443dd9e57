"""`tierline backtest [FILE]`: judge the value model on a shop's own history."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from services.scoring.cli_progress import Tell, telling
from services.scoring.cli_tables import print_document, write_predictions

if TYPE_CHECKING:
    from services.scoring.model.backtests.document import Judged
    from services.scoring.model.backtests.population import History
    from services.scoring.model.files.csv_form import CsvForm
    from services.scoring.usecases.backtest_shop import Wanted

_console = Console()
_errors = Console(stderr=True)

File = Annotated[
    Path | None,
    typer.Argument(
        help="CSV or Parquet: customer_id, occurred_at, amount, ... (default: the database)"
    ),
]
Cutoff = Annotated[
    str | None,
    typer.Option("--cutoff", help="First day to predict, as 2026-11-21; a file needs it"),
]
Until = Annotated[
    str | None,
    typer.Option("--until", help="First day after the prediction; a file needs it"),
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        help='JSON: {"columns": {"amount": "Total", ...}, "dates": "%d/%m/%Y", ...}',
    ),
]
Predictions = Annotated[
    Path | None, typer.Option("--predictions", help="Write one row per customer to this CSV")
]
Report = Annotated[Path | None, typer.Option("--report", help="Write an HTML page")]
Json = Annotated[Path | None, typer.Option("--json", help="Write all figures as JSON")]
AsKnown = Annotated[
    bool,
    typer.Option(
        "--as-known",
        help="Also without what arrived on or after the cut-off (received_at), backfills excepted",
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Leave out the earlier cut-offs")]


def backtest(  # noqa: PLR0917 - one parameter per option
    context: typer.Context,
    file: File = None,
    cutoff: Cutoff = None,
    until: Until = None,
    mapping: Mapping = None,
    predictions: Predictions = None,
    report: Report = None,
    figures: Json = None,
    as_known: AsKnown = False,
    quick: Quick = False,
) -> None:
    """Train on what lies before the cut-off, predict until a date, compare with what happened.

    Without FILE the shop in the database is judged: by default the last horizon before today; the
    result is kept with the live model.
    """
    from services.scoring.errors import CannotTrain
    from services.scoring.model.errors import ModelError

    asked = Asked(
        file, _date(cutoff, "--cutoff"), _date(until, "--until"), mapping, as_known, quick
    )
    try:
        with telling(_errors) as tell:
            judge = _judge_database if file is None else _judge_file
            judged = judge(asked, tell, context.obj)
        _write(judged, predictions, report, figures)
    except (ModelError, CannotTrain, OSError) as error:
        _errors.print(f"Backtest stopped: {error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    print_document(judged.document, _console)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    file: Path | None
    cutoff: date | None
    until: date | None
    mapping: Path | None
    is_as_known: bool
    is_quick: bool


def _date(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} must be a date such as 2026-11-21") from error


def _judge_file(asked: Asked, tell: Tell, _: object) -> Judged:
    from services.scoring.model.backtests.backtest import Extras, run_backtest
    from services.scoring.model.backtests.document import Judged, document_of
    from services.scoring.model.backtests.stability import EARLIER

    if asked.file is None or asked.cutoff is None or asked.until is None:
        raise typer.BadParameter("a file needs --cutoff and --until")
    tell(0.0, f"reading {asked.file.name}")
    history, then = _read_file(asked.file, asked)
    found = run_backtest(
        history,
        asked.cutoff,
        asked.until,
        extras=Extras(0 if asked.is_quick else EARLIER, then),
        progress=lambda done, text: tell(0.05 + 0.95 * done, text),
    )
    version = found.trained.model.manifest.version
    now = datetime.now(UTC)
    document = document_of(found, kind="backtest", model_version=version, measured_at=now)
    return Judged(found, document)


def _read_file(file: Path, asked: Asked) -> tuple[History, tuple[History, int] | None]:
    """Read the file as it is, and as it was known at the cut-off if that is asked."""
    from services.scoring.model.files.transactions import PLAIN, read_transactions

    columns = read_mapping(asked.mapping) if asked.mapping is not None else {}
    form = read_form(asked.mapping) if asked.mapping is not None else PLAIN
    history = read_transactions(file, columns, form=form)
    if not asked.is_as_known:
        return history, None
    then = read_transactions(file, columns, known_at=asked.cutoff, form=form)
    return history, (then, history.rows - then.rows)


def _judge_database(asked: Asked, tell: Tell, known_then: object) -> Judged:
    from services.scoring.model.backtests.stability import EARLIER
    from services.scoring.usecases.backtest_shop import AsKnown, Wanted

    if asked.mapping is not None:
        raise typer.BadParameter("--mapping belongs to a file")
    then = known_then if isinstance(known_then, AsKnown) else None
    if asked.is_as_known and then is None:
        raise typer.BadParameter("--as-known on the database needs ingest installed beside scoring")
    wanted = Wanted(
        cutoff=asked.cutoff,
        until=asked.until,
        earlier=0 if asked.is_quick else EARLIER,
        known_then=then if asked.is_as_known else None,
    )
    judged = asyncio.run(_on_database(wanted, tell))
    if not judged.is_kept:
        _errors.print("Not kept: there is no model yet (tierline train).", style="yellow")
    return judged


async def _on_database(wanted: Wanted, tell: Tell) -> Judged:
    from services.scoring.settings import ScoringSettings
    from services.scoring.usecases.backtest_shop import Backtester
    from services.scoring.usecases.business_day import BusinessDay
    from shared.clock import clock_from
    from shared.db import Limits, create_raw_pool
    from shared.settings import PlatformSettings

    platform, settings = PlatformSettings.load(), ScoringSettings.load()
    limits = Limits("tierline-backtest", settings.bulk_timeout_s, settings.lock_timeout_s)
    pool = await create_raw_pool(platform.database_url.get_secret_value(), limits, size=4)
    try:
        day = BusinessDay(clock_from(platform.business_now), platform.zone)
        return await Backtester(pool, day, platform.base_currency).judge(wanted, tell)
    finally:
        await pool.close()


def read_mapping(path: Path) -> dict[str, str]:
    """Read `{"columns": {"our name": "the file's name"}}`, {} where only the form is told.

    Raises FileRefused for anything else.
    """
    from services.scoring.model.errors import FileRefused
    from services.scoring.model.files.csv_form import FORM_KEYS

    found = _mapping(path)
    columns = found.get("columns", {} if set(FORM_KEYS) & set(found) else None)
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns.values()):
        raise FileRefused(
            f'The mapping {path.name} must look like {{"columns": {{"amount": "Total"}}}}.'
        )
    return columns


def read_form(path: Path) -> CsvForm:
    """Read how the file is written from its mapping; raises FileRefused for what is not done."""
    from services.scoring.model.errors import FileRefused
    from services.scoring.model.files.csv_form import FORM_KEYS, CsvForm

    found = _mapping(path)
    if undone := sorted(set(found) & {"fill_down", "only", "join"}):
        raise FileRefused(
            f"A backtest cannot follow {', '.join(undone)} of the mapping {path.name}: import the "
            "file and judge the database, or write a plain file."
        )
    return CsvForm(**{key: found[key] for key in FORM_KEYS if key in found})


def _mapping(path: Path) -> dict[str, Any]:
    from services.scoring.model.errors import FileRefused

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused(f"The mapping {path.name} is not readable JSON: {error}.") from error
    return found if isinstance(found, dict) else {}


def _write(
    judged: Judged, predictions: Path | None, report: Path | None, figures: Path | None
) -> None:
    if predictions is not None:
        from services.scoring.model.backtests.document import Currency

        minor = Currency.of(judged.document.currency).minor
        write_predictions(judged.found, predictions, minor=minor)
    if report is not None:
        from services.scoring.model.backtests.report import render_report

        report.write_text(render_report(judged.document), encoding="utf-8")
    if figures is not None:
        figures.write_text(judged.document.model_dump_json(indent=2), encoding="utf-8")
