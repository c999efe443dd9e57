"""What a benchmark says: a figure, the limit of the same run, and their ratio."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `goal` is the smallest ratio (or largest figure) that is enough."""

    name: str
    figure: str
    limit: str
    ratio: float | None
    goal: str
    is_met: bool
    note: str = ""


def show(rows: Iterable[Row]) -> bool:
    """Print the table; tells whether every goal is met."""
    table = Table(title="Tierline benchmarks (one run; ratios matter, not the figures)")
    for title in ("what", "figure", "limit in the same run", "ratio", "goal", "met", "note"):
        table.add_column(title)
    rows = list(rows)
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = "yes" if row.is_met else "NO"
        table.add_row(row.name, row.figure, row.limit, ratio, row.goal, met, row.note)
    Console(width=150).print(table)
    return all(row.is_met for row in rows)
