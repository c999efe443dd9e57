"""The report tells of every index what it claims, how it did, and whether it is shown."""

from typing import Any

import pytest

from services.scoring.model.backtests.report import render_report
from services.scoring.model.backtests.report_indices import index_table
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.routes.contracts.example_backtest import EXAMPLE
from shared.contracts.backtest import BacktestDocument
from tests.model_shop import START, shop_days


def document(indices: dict[str, Any] | None) -> BacktestDocument:
    return BacktestDocument.model_validate({**EXAMPLE, "indices": indices})


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return fit_indices(shop_days(1500), plan_training(START, START + 300)).figures()


def test_every_index_has_its_row_in_both_languages(figures: dict[str, Any]) -> None:
    page = render_report(document(figures))
    for text in (
        "Growth potential",
        "增长潜力",
        "Buys in both halves of the next 91 days",
        "影响力",
    ):
        assert text in page


def test_shown_index_tells_its_lead_over_its_rule(figures: dict[str, Any]) -> None:
    rows = index_table(document({"loyalty": figures["loyalty"]}))
    assert f"{figures['loyalty']['value']:.3f}" in rows
    assert f"{figures['loyalty']['lead']:+.3f}" in rows
    assert "Days with a purchase so far" in rows
    assert ">yes" in rows


def test_index_that_is_not_shown_says_why(figures: dict[str, Any]) -> None:
    rows = index_table(document({"influence": figures["influence"]}))
    assert "Nothing of the kind has been recorded yet" in rows
    assert ">yes" not in rows


@pytest.mark.parametrize("indices", [None, {}])
def test_report_without_indices_has_no_such_part(indices: dict[str, Any] | None) -> None:
    assert "The other outcomes" not in render_report(document(indices))
