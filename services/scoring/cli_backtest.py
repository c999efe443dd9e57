"""`tierline backtest FILE`: judge the value model on a shop's own history, without a database."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from services.scoring.model.backtest import Backtest
    from services.scoring.model.evaluation import Difference

_console = Console()
_errors = Console(stderr=True)

File = Annotated[Path, typer.Argument(help="CSV or Parquet: customer_id, occurred_at, amount, ...")]
Cutoff = Annotated[str, typer.Option("--cutoff", help="First day to predict, as 2026-11-21")]
Until = Annotated[str, typer.Option("--until", help="First day after the prediction")]
Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", help='JSON: {"columns": {"amount": "Total", ...}}'),
]
Predictions = Annotated[
    Path | None, typer.Option("--predictions", help="Write one row per customer to this CSV")
]
Report = Annotated[Path | None, typer.Option("--report", help="Write an HTML page")]


def backtest(  # noqa: PLR0917 - one parameter per option
    file: File,
    cutoff: Cutoff,
    until: Until,
    mapping: Mapping = None,
    predictions: Predictions = None,
    report: Report = None,
) -> None:
    """Train on FILE's rows before the cut-off, predict until a date, compare with what happened."""
    from services.scoring.model.errors import ModelError

    try:
        found = _run(file, _date(cutoff, "--cutoff"), _date(until, "--until"), mapping)
        if predictions is not None:
            write_predictions(found, predictions)
        if report is not None:
            from services.scoring.model.report import render_report

            report.write_text(render_report(found), encoding="utf-8")
    except (ModelError, OSError) as error:
        _errors.print(f"Backtest stopped: {error}", style="red", markup=False, highlight=False)
        raise typer.Exit(1) from error
    print_accuracy(found, _console)


def _date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} must be a date such as 2026-11-21") from error


def _run(file: Path, cutoff: date, until: date, mapping: Path | None) -> Backtest:
    from services.scoring.model.backtest import run_backtest
    from services.scoring.model.transactions import read_transactions

    columns = read_mapping(mapping) if mapping is not None else {}
    bar = Progress(
        TextColumn("{task.description:<32}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=_errors,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"reading {file.name}", total=1.0)
        transactions = read_transactions(file, columns)

        def progress(done: float, text: str) -> None:
            bar.update(task, completed=0.05 + 0.95 * done, description=text)

        return run_backtest(transactions, cutoff, until, progress=progress)


def read_mapping(path: Path) -> dict[str, str]:
    """Read `{"columns": {"our name": "the file's name"}}`.

    Raises FileRefused for anything else.
    """
    from services.scoring.model.errors import FileRefused

    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused(f"The mapping {path.name} is not readable JSON: {error}.") from error
    columns = found.get("columns") if isinstance(found, dict) else None
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns.values()):
        raise FileRefused(
            f'The mapping {path.name} must look like {{"columns": {{"amount": "Total"}}}}.'
        )
    return columns


def write_predictions(found: Backtest, path: Path) -> None:
    """Write one row per customer, in the file's order; money in major units."""
    scores = found.scores
    with path.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("customer_id", "predicted_value", "low", "high", "p_active", "tier"))
        rows.writerows(
            (name, f"{value / 100:.6f}", f"{low / 100:.2f}", f"{high / 100:.2f}", f"{p:.6f}", tier)
            for name, value, low, high, p, tier in zip(
                found.customer_ids,
                scores.value.tolist(),
                scores.low.tolist(),
                scores.high.tolist(),
                scores.p_buy.tolist(),
                found.tiers,
                strict=True,
            )
        )


def _lead(name: str, lead: Difference) -> str:
    return (
        f"Lead over {name}: gini {lead.gini:+.3f} ({lead.gini_low:+.3f} to {lead.gini_high:+.3f}),"
        f" hit20 {lead.hit20:+.3f} ({lead.hit20_low:+.3f} to {lead.hit20_high:+.3f})"
    )


def print_accuracy(found: Backtest, console: Console) -> None:
    """Print the comparison with plain scores and what the figures rest on."""
    from services.scoring.model.report import number

    table = Table(title=f"Net spend {found.cutoff} to {found.until}")
    table.add_column("score")
    for name in ("gini", "hit20", "cap20", "spearman", "auc", "bias"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found.contenders:
        seen = each.accuracy
        figures = (seen.gini, seen.hit20, seen.cap20, seen.spearman, seen.auc, seen.bias)
        table.add_row(each.name, *(number(value) for value in figures))
    console.print(table)
    manifest = found.trained.model.manifest
    cutoffs = ", ".join(str(day) for day in sorted(manifest.cutoffs))
    lines = [
        *(_lead(each.name, each.lead) for each in found.contenders if each.lead is not None),
        f"{len(found.customer_ids)} customers, {(found.spend > 0).mean():.1%} of them bought.",
        f"Model: {manifest.kind}, horizon {manifest.horizon_days} days, trained at {cutoffs}.",
        f"Gini without the largest surprise: {number(found.gini_without_surprise)}.",
        f"Interval given a purchase: {number(found.interval_coverage)} of buyers inside.",
        f"Chance to buy: off by {number(found.chance_error)} on average.",
        *(f"Note: {text}" for text in found.warnings),
    ]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
