"""Every odd shop trains an honest model or is refused with what is missing; nothing crashes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from services.scoring.cli_backtest import backtest
from services.scoring.domain.days import CustomerDays, day_of
from services.scoring.domain.features import features
from services.scoring.model.artefact import from_bytes, to_bytes
from services.scoring.model.backtests.backtest import run_backtest
from services.scoring.model.errors import FileRefused, ModelError
from services.scoring.model.files.transactions import read_transactions
from services.scoring.model.learning.horizon import plan_for
from services.scoring.model.learning.training import Trained, train
from tests import odd_shops
from tests.model_shop import START
from tests.odd_shops import AHEAD, HISTORY, REFUSED, TRAINED, Row, is_sound, write_rows

CUTOFF, UNTIL = day_of(START + HISTORY), day_of(START + HISTORY + AHEAD)
KEY = b"k" * 32
Shop = Callable[[], list[Row]]

app = typer.Typer()
app.command()(backtest)


def days_of(shop: Shop, folder: Path) -> CustomerDays:
    return read_transactions(write_rows(folder / "shop.csv", shop())).days


def trained(days: CustomerDays) -> Trained:
    plan = plan_for(days, int(days.date.min()), START + HISTORY)
    return train(days, plan, version="v", created_at=datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("shop", TRAINED)
def test_odd_shop_gets_a_model_whose_answers_are_numbers(shop: Shop, tmp_path: Path) -> None:
    days = days_of(shop, tmp_path)
    model = trained(days).model
    X = features(days, START + HISTORY, int(days.date.min()), months=model.months)
    scores = model.score(X, start=START + HISTORY)
    assert is_sound(scores.raw, scores.value, scores.p_buy, scores.low, scores.high)
    assert (scores.p_buy <= 1).all()
    assert (scores.low <= scores.high).all()
    assert all(np.isfinite(list(model.manifest.metrics.values())))
    assert from_bytes(to_bytes(model, KEY).content, KEY).score(X).raw.tolist() == (
        scores.raw.tolist()
    )


@pytest.mark.parametrize(("shop", "missing"), REFUSED)
def test_hopeless_shop_is_refused_with_what_is_missing(
    shop: Shop, missing: str, tmp_path: Path
) -> None:
    file = write_rows(tmp_path / "shop.csv", shop())
    with pytest.raises(ModelError, match=missing):
        run_backtest(read_transactions(file), CUTOFF, UNTIL)


@pytest.mark.parametrize("shop", [*TRAINED, *(shop for shop, _ in REFUSED)])
def test_command_ends_with_figures_or_with_a_sentence(shop: Shop, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "shop.csv", shop())
    given = [str(file), "--cutoff", str(CUTOFF), "--until", str(UNTIL), "--quick"]
    result = CliRunner().invoke(app, given)
    is_refused = shop not in TRAINED
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code == int(is_refused)
    assert ("Backtest stopped" in result.output) is is_refused
    assert " nan" not in result.output.lower()


@pytest.mark.parametrize("column", ["customer_id", "occurred_at", "amount"])
def test_missing_column_is_named(column: str, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "shop.csv", odd_shops.sixty_customers())
    head, rest = file.read_text(encoding="utf-8").split("\n", 1)
    file.write_text(head.replace(column, "other") + "\n" + rest, encoding="utf-8")
    with pytest.raises(FileRefused, match=f"lacks the column {column}"):
        read_transactions(file)


def test_what_is_odd_is_said(tmp_path: Path) -> None:
    whale = trained(days_of(odd_shops.one_whale, tmp_path)).model.manifest.warnings
    assert any("One customer holds 9" in text for text in whale)
    loyal = trained(days_of(odd_shops.everybody_comes_back, tmp_path)).model
    assert any("one figure for everybody" in text for text in loyal.manifest.warnings)
    tiny = trained(days_of(odd_shops.sixty_customers, tmp_path)).model.manifest
    assert tiny.kind == "decayed_spend"
    assert any("ecayed spend alone is served" in text for text in tiny.warnings)


def test_where_all_come_back_spend_is_still_learnt(tmp_path: Path) -> None:
    days = days_of(odd_shops.everybody_comes_back, tmp_path)
    found = trained(days)
    scores = found.model.score(features(days, START + HISTORY, START))
    assert np.ptp(scores.p_buy) < 1e-6
    assert scores.p_buy.min() > 0.99
    assert found.check.model.gini > 0.5
    assert scores.value[-1] > 1.3 * scores.value[0]


def test_copies_of_a_row_count_as_rows(tmp_path: Path) -> None:
    twice = days_of(odd_shops.duplicates, tmp_path)
    plain = days_of(lambda: odd_shops.one_huge_amount()[:-1], tmp_path)
    assert twice.net_booked.sum() == 2 * plain.net_booked.sum()
    assert twice.orders.sum() == plain.orders.sum()


def test_dates_after_the_cutoff_change_nothing(tmp_path: Path) -> None:
    future = trained(days_of(odd_shops.far_future_dates, tmp_path)).model
    plain = trained(days_of(lambda: odd_shops.far_future_dates()[:-50], tmp_path)).model
    assert to_bytes(future, KEY) == to_bytes(plain, KEY)


def test_training_twice_gives_the_same_bits(tmp_path: Path) -> None:
    days = days_of(odd_shops.one_whale, tmp_path)
    assert to_bytes(trained(days).model, KEY) == to_bytes(trained(days).model, KEY)
