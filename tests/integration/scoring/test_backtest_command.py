"""`tierline backtest` on the database: what it writes, and what it says of wrong options."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli import known_then
from services.scoring.cli import app
from shared.contracts.backtest import BacktestDocument
from tests.servers import SECRET_KEY, query
from tests.shop_facts import LAST_DAY
from tests.trained import NOW

VERSION = f"{LAST_DAY}-1"


def test_command_judges_the_database(
    shop_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the command line, with the log's own word on what was known then."""
    monkeypatch.setenv("DATABASE_URL", shop_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("BUSINESS_NOW", NOW.isoformat())
    report, figures = tmp_path / "out.html", tmp_path / "out.json"
    result = CliRunner().invoke(
        app,
        ["backtest", "--as-known", "--report", str(report), "--json", str(figures)],
        obj=known_then(),
    )
    assert result.exit_code == 0, result.output
    found = BacktestDocument.model_validate_json(figures.read_text(encoding="utf-8"))
    assert found.model_version == VERSION
    assert found.as_known is not None  # this shop's events are not in the log: nothing was late
    assert found.as_known.accuracy == found.contenders[0].accuracy
    assert found.as_known.rows_left_out == 0
    assert len(found.stability) > 1
    stored = query(shop_url, "SELECT report FROM evaluations WHERE kind = 'backtest'")
    assert report.read_bytes() == stored[0][0]


def test_predictions_are_in_the_currency_of_the_shop(
    shop_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A yen has no cents: written as the figures are, not divided by a hundred."""
    monkeypatch.setenv("DATABASE_URL", shop_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("BUSINESS_NOW", NOW.isoformat())
    monkeypatch.setenv("BASE_CURRENCY", "JPY")
    written, figures = tmp_path / "out.csv", tmp_path / "out.json"
    arguments = ["backtest", "--quick", "--predictions", str(written), "--json", str(figures)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    found = BacktestDocument.model_validate_json(figures.read_text(encoding="utf-8"))
    with written.open(encoding="utf-8", newline="") as rows:
        predicted = sum(float(row["predicted_value"]) for row in csv.DictReader(rows))
    said = sum(each.predicted * each.customers for each in found.deciles)
    assert found.currency == "JPY"
    assert predicted == pytest.approx(said)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as-known"], "needs ingest installed"),
        (["--mapping", "map.json"], "belongs to a file"),
        (["none.csv"], "needs --cutoff and --until"),
    ],
)
def test_command_says_what_does_not_go_together(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["backtest", *arguments])
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
