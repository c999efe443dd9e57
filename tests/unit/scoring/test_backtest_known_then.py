"""What was known at a cut-off: rows of a file, and days put in the place of others."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from services.scoring.cli_backtest import backtest
from services.scoring.domain.days import day_number, day_of, pack_days
from services.scoring.model.backtests.known_then import days_known_then
from services.scoring.model.errors import FileRefused
from services.scoring.model.files.transactions import read_transactions
from shared.contracts.backtest import BacktestDocument
from tests.model_shop import START, write_shop

CUTOFF = date(2026, 3, 10)
HEAD = "customer_id,occurred_at,amount,received_at,backfill\n"
LINES = (
    "a,2026-03-01,1.00,2026-03-01T10:00:00Z,\n"
    "a,2026-03-02,2.00,2026-03-10T00:00:00Z,false\n"  # late by an instant
    "a,2026-03-03,4.00,2026-03-09T23:59:59Z,\n"
    "b,2026-03-04,8.00,2026-04-01,true\n"  # declared backfill
    "a,2026-03-11,16.00,2026-05-01,\n"  # after the cut-off: what happened, however late heard of
)


def test_rows_received_since_the_cutoff_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(HEAD + LINES, encoding="utf-8")
    then = read_transactions(file, known_at=CUTOFF)
    assert then.days.net_booked.tolist() == [100, 400, 1600, 800]
    assert then.customer_ids == ["a", "b"]
    assert read_transactions(file).days.net_booked.sum() == 3100


def test_file_that_cannot_say_what_was_known_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("customer_id,occurred_at,amount\na,2026-03-01,1\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="no column received_at"):
        read_transactions(file, known_at=CUTOFF)


def test_unreadable_receipt_is_named(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(HEAD + "a,2026-03-01,1,yesterday,\n", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"received_at of t\.csv holds 'yesterday'"):
        read_transactions(file, known_at=CUTOFF)


def test_both_figures_stand_side_by_side(tmp_path: Path) -> None:
    """Every fifth row before the cut-off arrived late: the features, and so the figures, differ."""
    cutoff, until = day_of(START + 200), day_of(START + 280)
    plain = write_shop(tmp_path / "plain.csv").read_text(encoding="utf-8").splitlines()
    late = tmp_path / "late.csv"
    rows = [
        f"{line},{until if place % 5 == 0 else line.split(',')[1]}"
        for place, line in enumerate(plain[1:])
    ]
    late.write_text("\n".join([f"{plain[0]},received_at", *rows]), encoding="utf-8")
    app, figures = typer.Typer(), tmp_path / "out.json"
    app.command()(backtest)
    arguments = [str(late), "--cutoff", str(cutoff), "--until", str(until), "--as-known", "--quick"]
    result = CliRunner().invoke(app, [*arguments, "--json", str(figures)])
    assert result.exit_code == 0, result.output
    assert "as known then" in result.output
    found = BacktestDocument.model_validate_json(figures.read_text(encoding="utf-8"))
    assert found.as_known is not None
    assert found.as_known.accuracy is not None
    early = [line for line in plain[1:] if date.fromisoformat(line.split(",")[1]) < cutoff]
    assert 0.15 < found.as_known.rows_left_out / len(early) < 0.25
    assert found.as_known.accuracy != found.contenders[0].accuracy
    assert found.as_known.customers <= found.customers


def test_days_before_the_cutoff_are_replaced_and_later_ones_kept() -> None:
    start = day_number(CUTOFF)
    days = pack_days(
        np.array([0, 3, 4, 5]),
        np.array([start - 5, start - 1, start + 1, start - 2, start - 3]),
        net_booked=np.array([1, 2, 3, 4, 5]),
        orders=np.ones(5, dtype=np.int64),
    )
    changed = {
        0: {day_of(start - 7): {"net_booked": 9, "orders": 2, "unknown": 1}},
        1: {},
        2: {day_of(start): {"net_booked": 7}},  # not before the cut-off: not of then
    }
    found = days_known_then(days, start, changed)
    assert found.offsets.tolist() == [0, 2, 2, 2]
    assert found.date.tolist() == [start - 7, start + 1]
    assert (found.net_booked.tolist(), found.orders.tolist()) == ([9, 3], [2, 1])


def test_nothing_changed_leaves_the_days_as_they_are() -> None:
    days = pack_days(np.array([0, 1]), np.array([5]), net_booked=np.array([3]))
    found = days_known_then(days, 10, {})
    assert found.net_booked.tolist() == [3]
    assert found.offsets.tolist() == [0, 1]
