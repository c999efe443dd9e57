"""The report: every part that was measured, words in two languages, nothing from elsewhere."""

import math
import re
from collections.abc import Mapping
from typing import Any

import pytest

from services.scoring.model.backtests.document import figure, rehearsal_document
from services.scoring.model.backtests.report import render_report
from services.scoring.model.backtests.report_svg import Axis, Plot, money_axis, share_axis
from services.scoring.model.backtests.report_tables import lead_text, money, signed
from services.scoring.model.backtests.report_words import horizon_reason
from services.scoring.routes.backtests import wants_page
from services.scoring.routes.contracts.example_backtest import EXAMPLE
from shared.contracts.backtest import BacktestDocument, BacktestLead

HOSTILE = '<img src=x onerror="alert(1)">&\u202e'


def example(**changes: Any) -> BacktestDocument:
    return BacktestDocument.model_validate({**EXAMPLE, **changes})


def test_every_part_has_a_heading_in_both_languages() -> None:
    page = render_report(example())
    headings = re.findall(r"<h2>(.+?) <span lang=\"zh\">(.+?)</span></h2>", page)
    assert len(headings) == page.count("<h2>") == 13
    assert all(zh != en for en, zh in headings)


def test_page_runs_nothing_and_loads_nothing() -> None:
    page = render_report(example()).lower()
    assert not any(text in page for text in ("<script", "http", "url(", "@import", "src=", "<link"))


def test_hostile_words_are_shown_and_not_obeyed() -> None:
    name = {"en": HOSTILE, "zh": HOSTILE}
    page = render_report(
        example(
            model_version=HOSTILE,
            currency=HOSTILE,
            headline=name,
            warnings=[HOSTILE],
            contenders=[EXAMPLE["contenders"][0] | {"name": name, "key": HOSTILE}],
            segments=[EXAMPLE["segments"][0] | {"name": name, "dimension": HOSTILE}],
            as_known=EXAMPLE["as_known"] | {"refused": HOSTILE},
            card=EXAMPLE["card"]
            | {"kind": HOSTILE, "code_version": HOSTILE, "features": [HOSTILE]}
            | {"feature_hash": HOSTILE, "horizon_reason": name},
        )
    )
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;") >= 11


def test_what_was_not_measured_is_left_out() -> None:
    bare = example(
        deciles=[],
        chances=[],
        confusion=[],
        misses=None,
        stability=[],
        segments=[],
        without_surprise=None,
        as_known=None,
        indices=None,
        warnings=[],
        perfect_gains=[],
        contenders=[each | {"gains": []} for each in EXAMPLE["contenders"]],
    )
    page = render_report(bare)
    assert page.count("<h2>") == 2
    assert "<svg" not in page


def test_where_it_fails_is_marked() -> None:
    assert "range off" in render_report(example())
    assert 'class="bad"' in render_report(example())


def test_rehearsal_becomes_a_document_without_parts() -> None:
    manifest: Mapping[str, Any] = {
        "version": "m-1",
        "kind": "additive",
        "horizon_days": 91,
        "trained_from": "2025-01-01",
        "trained_until": "2026-01-01",
        "cutoffs": ["2025-10-02", "2025-09-01"],
        "customers": 10,
        "rows": 20,
        "feature_hash": "f",
        "warnings": ["The horizon is 91 days because half of all gaps are short."],
    }
    metrics = {"gini": 0.7, "hit20": 0.5, "cap20": 0.6, "gini_decayed": 0.65, "lead_gini": 0.05}
    found = rehearsal_document(manifest, metrics, example().measured_at)
    assert (found.kind, found.deciles, found.cutoff) == ("rehearsal", [], None)
    assert [each.accuracy.gini for each in found.contenders] == [0.7, 0.65, None]
    assert [each.lead is not None for each in found.contenders] == [False, True, False]
    assert found.card.horizon_reason.zh == "91 天：依据顾客的购买间隔。"
    assert "60\u00a0%" in render_report(found)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_has_no_meaning_is_null(value: float | None) -> None:
    assert figure(value) is None


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("The horizon is 28 days because that is what was asked.", "28 天：按所要求的期限。"),
        ("The horizon is 28 days because of the moon.", "28 天：由训练选定。"),
        ("Something else.", "28 天：依据 84 天的历史选定。"),
    ],
)
def test_reason_of_a_horizon_is_told_as_training_said_it(text: str, zh: str) -> None:
    found = horizon_reason(28, 84, [text])
    assert found.zh == zh
    assert ("The horizon" not in text) or found.en == text


@pytest.mark.parametrize(
    ("low", "high", "style"),
    [(0.001, 0.02, "good"), (-0.02, -0.001, "bad"), (-0.01, 0.02, "even")],
)
def test_lead_is_marked_by_its_interval(low: float, high: float, style: str) -> None:
    lead = BacktestLead(
        gini=0.01, gini_low=low, gini_high=high, hit20=None, hit20_low=None, hit20_high=None
    )
    assert f'class="{style}"' in lead_text(lead)
    assert lead_text(lead, "hit20") == "–"
    assert not lead_text(None)


def test_signs_and_money_are_written_for_people() -> None:
    assert [signed(x) for x in (0.0004, -0.0004, 0.01, -0.01)] == [
        *("0.000", "0.000", "+0.010", "−0.010")
    ]
    assert [money(x) for x in (9.5, 1234.5)] == ["9.50", "1,234"]


def test_axis_of_money_is_logarithmic_over_decades() -> None:
    axis = money_axis("spend", [80.0, 4200.0])
    assert [value for value, _ in axis.ticks] == [100, 200, 500, 1000, 2000, 5000]
    assert axis.is_log
    assert axis.part((80 * 5000) ** 0.5) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("values", [[0.0, 50.0], [40.0, 50.0], [-3.0, 5.0], [], [0.0]])
def test_axis_of_money_is_linear_otherwise(values: list[float]) -> None:
    axis = money_axis("spend", values)
    assert not axis.is_log
    assert axis.part(axis.high) == 1


def test_points_stay_on_the_picture() -> None:
    plot = Plot(share_axis("x"), Axis("y", 0, 10, ()))
    assert plot.at((-1, 99)) == plot.at((0, 10))
    assert plot.at((0, 0))[1] > plot.at((0, 10))[1]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", True),
        ("application/json", False),
        ("application/json, text/html", False),
        ("TEXT/HTML; charset=utf-8", True),
        ("*/*", False),
        ("", False),
        ("text/htmlx", False),
    ],
)
def test_page_is_for_who_asks_for_it(accept: str, expected: bool) -> None:
    assert wants_page(accept) is expected
