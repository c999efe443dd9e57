"""`make chaos`: every scenario at length, one table at the end."""

import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.chaos.scenarios import BLOWS, Report, run

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "50"))
SEED = int(os.environ.get("CHAOS_SEED", "20261122"))
#: To kill everything takes longest and is done a fifth as often.
SELDOM = {"everything": 5}
COLUMNS = (
    "killed", "rounds", "acked", "unacked stored", "unacked absent", "lost", "doubled",
    "other body", "customers off", "receipts/s", "while up", "back after s (median, worst)",
    "requests", "cut off, timed out, refused", "contested",
)  # fmt: skip


def main(names: Sequence[str]) -> int:
    """Run the named scenarios, or all; 1 when a verdict is not clean."""
    print(f"seed {SEED}: CHAOS_SEED={SEED} repeats this run's dice", flush=True)
    reports = []
    for name in names or BLOWS:
        rounds = max(1, ROUNDS // SELDOM.get(name, 1))
        print(f"killing {name}, {rounds} rounds ...", flush=True)
        reports.append(run(name, rounds, SEED))
        print(reports[-1], flush=True)
    _show(reports)
    return 0 if all(report.verdict.is_clean for report in reports) else 1


def _show(reports: Sequence[Report]) -> None:
    table = Table(title="kill -9 under load: the ledger against the database")
    for column in COLUMNS:
        table.add_column(column)
    for report in reports:
        table.add_row(*_cells(report))
    Console(width=200).print(table)


def _cells(report: Report) -> list[str]:
    verdict, tally = report.verdict, report.tally
    return [
        report.killed,
        f"{report.rounds}",
        f"{verdict.acknowledged:,}",
        f"{verdict.unacknowledged_stored:,}",
        f"{verdict.unacknowledged_absent:,}",
        f"{len(verdict.lost)}",
        f"{len(verdict.doubled)}",
        f"{len(verdict.other_body)}",
        f"{len(verdict.other_sums)}",
        f"{report.per_second:,.0f}",
        f"{report.per_second_up:,.0f}",
        f"{report.back_median_s:.1f}, {max(report.back_s):.1f}",
        f"{tally['requests']:,}",
        f"{tally['cut off']:,}, {tally['timed out']:,}, {tally['refused']:,}",
        f"{tally['contested']:,}",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
