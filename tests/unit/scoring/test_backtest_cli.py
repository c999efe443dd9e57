"""`tierline backtest FILE` from the command line to its three outputs."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from services.scoring.cli_backtest import backtest
from services.scoring.domain.days import day_of
from services.scoring.model.backtests.backtest import Backtest, Extras, run_backtest
from services.scoring.model.backtests.confusion import Tier, tiers_by_rank
from services.scoring.model.backtests.document import document_of
from services.scoring.model.backtests.report import render_report
from services.scoring.model.files.transactions import read_transactions
from shared.contracts.backtest import BacktestDocument
from tests.model_shop import START, write_shop

CUTOFF, UNTIL = day_of(START + 200), day_of(START + 280)

app = typer.Typer()
app.command()(backtest)


def document(found: Backtest) -> BacktestDocument:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return document_of(found, kind="backtest", model_version="m-1", measured_at=now)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("shop") / "shop.csv")


@pytest.fixture(scope="module")
def found(file: Path) -> Backtest:
    return run_backtest(read_transactions(file), CUTOFF, UNTIL)


def test_command_writes_predictions_and_report(file: Path, tmp_path: Path) -> None:
    predictions, report, figures = (tmp_path / f"out.{kind}" for kind in ("csv", "html", "json"))
    result = run(
        *(str(file), "--cutoff", str(CUTOFF), "--until", str(UNTIL), "--quick"),
        *("--predictions", str(predictions), "--report", str(report), "--json", str(figures)),
    )
    assert result.exit_code == 0, result.output
    assert "Decayed spend" in result.output
    with predictions.open(encoding="utf-8") as rows:
        head, first, *_ = csv.reader(rows)
    assert head == ["customer_id", "predicted_value", "low", "high", "p_active", "tier"]
    assert first[0] == "00000"
    assert "十等分" in report.read_text(encoding="utf-8")
    written = BacktestDocument.model_validate_json(figures.read_text(encoding="utf-8"))
    assert (written.cutoff, written.until, written.stability) == (CUTOFF, UNTIL, [])
    assert written.contenders[0].accuracy.gini is not None


def test_figures_are_strict_json_though_nobody_bought(file: Path, tmp_path: Path) -> None:
    """What has no meaning is null: NaN is no JSON."""
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    early = [line for line in lines if date.fromisoformat(line.split(",")[1]) < CUTOFF]
    cut, figures = tmp_path / "cut.csv", tmp_path / "out.json"
    cut.write_text("\n".join([head, *early, f"new,{CUTOFF},1.00,x"]), encoding="utf-8")
    result = run(
        *(str(cut), "--cutoff", str(CUTOFF), "--until", str(UNTIL), "--quick"),
        *("--json", str(figures)),
    )
    assert result.exit_code == 0, result.output

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    found = json.loads(figures.read_text(encoding="utf-8"), parse_constant=refuse)
    assert found["contenders"][0]["accuracy"]["gini"] is None
    assert found["misses"]["missed"] is None
    assert "cannot be measured" in found["headline"]["en"]


@pytest.mark.parametrize(
    ("cutoff", "until", "message"),
    [
        ("2001-01-01", "2001-04-01", "outside the data"),
        (str(day_of(START)), str(UNTIL), "outside the data"),
        (str(CUTOFF), str(CUTOFF), "must lie after"),
        (str(day_of(START + 30)), str(UNTIL), "42 days of history"),
    ],
)
def test_impossible_dates_stop_with_a_sentence(
    file: Path, cutoff: str, until: str, message: str
) -> None:
    result = run(str(file), "--cutoff", cutoff, "--until", until)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())


def test_date_that_is_none_is_a_usage_error(file: Path) -> None:
    result = run(str(file), "--cutoff", "1997-13-01", "--until", str(UNTIL))
    assert result.exit_code == 2


def test_missing_file_stops_with_a_sentence(tmp_path: Path) -> None:
    result = run(str(tmp_path / "no.csv"), "--cutoff", str(CUTOFF), "--until", str(UNTIL))
    assert result.exit_code == 1
    assert "There is no file" in " ".join(result.output.split())


def test_everyone_seen_before_the_cutoff_is_predicted(file: Path, found: Backtest) -> None:
    with file.open(encoding="utf-8") as rows:
        _, *lines = csv.reader(rows)
    seen = {line[0] for line in lines if date.fromisoformat(line[1]) < CUTOFF}
    assert set(found.customer_ids) == seen
    assert len(found.customer_ids) == len(seen)


def test_rows_after_the_cutoff_do_not_change_a_prediction(file: Path, found: Backtest) -> None:
    kept = file.with_name("cut.csv")
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    early = [line for line in lines if date.fromisoformat(line.split(",")[1]) < CUTOFF]
    kept.write_text("\n".join([head, *early, f"new,{CUTOFF},1.00,x"]), encoding="utf-8")
    again = run_backtest(read_transactions(kept), CUTOFF, UNTIL)
    before = dict(zip(found.customer_ids, found.scores.value.tolist(), strict=True))
    assert dict(zip(again.customer_ids, again.scores.value.tolist(), strict=True)) == before
    assert any("Nobody bought" in text for text in again.warnings)
    assert any("incomplete" in text for text in again.warnings)
    assert "–" in render_report(document(again))


def test_tiers_hold_their_shares_even_when_all_scores_tie() -> None:
    tiers = tiers_by_rank(np.zeros(10))
    assert [tiers.count(each) for each in (Tier.HIGH, Tier.MID, Tier.LOW)] == [2, 3, 5]
    assert tiers_by_rank(np.array([1.0, 9.0, 3.0, 2.0, 1.5]))[1] is Tier.HIGH


def test_deciles_hold_everyone_and_the_money(found: Backtest) -> None:
    deciles = found.measured.deciles
    assert sum(each.customers for each in deciles) == len(found.customer_ids)
    spent = sum(each.customers * each.spent for each in deciles)
    assert spent == pytest.approx(found.spend.sum())
    assert deciles[0].predicted >= deciles[-1].predicted


def test_document_survives_the_way_through_json(found: Backtest) -> None:
    written = document(found)
    assert BacktestDocument.model_validate_json(written.model_dump_json()) == written
    assert written.customers == len(found.customer_ids)
    assert [row.predicted for row in written.confusion] == ["high", "mid", "low"]
    spent = sum(each.customers * each.spent for each in written.deciles)
    assert spent == pytest.approx(found.spend.sum() / 100, rel=1e-6)


def test_earlier_cutoffs_are_judged_over_as_many_days(file: Path) -> None:
    found = run_backtest(read_transactions(file), CUTOFF, UNTIL, extras=Extras(earlier=1))
    earlier, last = found.stability
    assert earlier.cutoff < last.cutoff == START + 200
    assert earlier.until - earlier.cutoff == last.until - last.cutoff
    assert earlier.accuracy != last.accuracy
    assert "Stability over cut-offs" in render_report(document(found))


def test_report_holds_nothing_from_elsewhere(found: Backtest) -> None:
    page = render_report(document(found))
    assert "http" not in page
    assert "<script" not in page
    assert all(text in page for text in ("增益曲线", "<svg", "Accuracy beside plain scores"))
