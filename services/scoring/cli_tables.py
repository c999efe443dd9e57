"""What `tierline backtest` writes: a table on the terminal, predictions as CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from services.scoring.model.backtests.backtest import Backtest
    from shared.contracts.backtest import BacktestDocument, BacktestLead


def write_predictions(found: Backtest, path: Path, *, minor: int) -> None:
    """Write one row per customer, in the history's order; money in major units."""
    scores = found.scores
    with path.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("customer_id", "predicted_value", "low", "high", "p_active", "tier"))
        rows.writerows(
            (
                name,
                f"{value / minor:.6f}",
                f"{low / minor:.2f}",
                f"{high / minor:.2f}",
                f"{p:.6f}",
                tier,
            )
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


def print_document(found: BacktestDocument, console: Console) -> None:
    """Print the comparison with plain scores and what the figures rest on."""
    names = ("gini", "hit20", "cap20", "spearman", "auc", "bias")
    table = Table(title=f"Net spend {found.cutoff} to {found.until}")
    table.add_column("score")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for each in found.contenders:
        table.add_row(each.name.en, *(_number(getattr(each.accuracy, name)) for name in names))
    if found.as_known is not None and found.as_known.accuracy is not None:
        then = found.as_known.accuracy
        table.add_row("Tierline, as known then", *(_number(getattr(then, n)) for n in names))
    console.print(table)
    console.print("\n".join(_lines(found)), markup=False, highlight=False, soft_wrap=True)


def _lines(found: BacktestDocument) -> list[str]:
    card, share = found.card, found.buyers / max(found.customers, 1)
    without = found.without_surprise
    return [
        found.headline.en,
        *(_lead(each.name.en, each.lead) for each in found.contenders if each.lead is not None),
        f"{found.customers} customers, {share:.1%} of them bought.",
        f"Model: {card.kind}, trained at {', '.join(map(str, card.cutoffs))}.",
        card.horizon_reason.en,
        *(
            [f"Gini without the largest surprise: {_number(without.accuracy.gini)}."]
            if without is not None
            else []
        ),
        f"Interval given a purchase: {_number(found.coverage)} of buyers inside.",
        f"Chance to buy: off by {_number(found.chance_error)} on average.",
        *_known(found),
        *(f"Fails: {text}" for text in _failures(found)),
        *(f"Note: {text}" for text in found.warnings if text != card.horizon_reason.en),
    ]


def _known(found: BacktestDocument) -> list[str]:
    then = found.as_known
    if then is None:
        return []
    if then.refused is not None:
        return [f"As known then: {then.refused}"]
    return [f"As known then: {then.rows_left_out} rows arrived on or after the cut-off."]


def _failures(found: BacktestDocument) -> list[str]:
    return [
        f"{each.dimension} {each.name.en}: {', '.join(each.flags).replace('_', ' ')}"
        for each in found.segments
        if each.flags
    ]


def _lead(name: str, lead: BacktestLead) -> str:
    parts = (
        f"{short} {_signed(getattr(lead, short))} "
        f"({_signed(getattr(lead, f'{short}_low'))} to {_signed(getattr(lead, f'{short}_high'))})"
        for short in ("gini", "hit20")
    )
    return f"Lead over {name}: {', '.join(parts)}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}"
