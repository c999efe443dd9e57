"""Programmes in the console: bars that move, and what a simulation says of it in a sentence."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from services.console.accounts.person import Language
from services.console.pages.programmes.bars import bars_of, moved, moved_bar, priced
from services.console.pages.programmes.charts import heat_map
from services.console.pages.programmes.documents import (
    add,
    at,
    line_of,
    lines_of,
    pointer_of,
    put,
    text_of,
)
from services.console.pages.programmes.in_words import rule_facts, tier_rows
from services.console.pages.programmes.outcome import grid_of, outcome_of
from services.console.pages.programmes.sentence import sentence, subject_words
from tests.unit.console.visits import stage

CLUB: dict[str, Any] = {
    "kind": "status",
    "currency": "CNY",
    "tiers": [
        {"key": "guest", "name": {"en": "Guest", "zh": "茶客"}},
        {
            "key": "gold",
            "name": {"en": "Gold", "zh": "金卡"},
            "enter": {"all": {"spend": "5000.00", "orders": 4}},
            "keep": {"all": {"spend": "4500.00"}},
        },
    ],
    "window": {"kind": "rolling", "months": 12},
    "validity": {"kind": "periods", "after": 1},
    "benefits": [
        {
            "key": "gift",
            "kind": "gift",
            "name": {"en": "A gift", "zh": "礼品"},
            "tiers": ["gold"],
            "quota": {"count": 2, "per": "year"},
        }
    ],
}
VALUE: dict[str, Any] = {
    "kind": "value",
    "tiers": [
        {
            "key": "high",
            "name": {"en": "High", "zh": "高"},
            "enter_share": 0.2,
            "leave_share": 0.25,
        },
        {"key": "low", "name": {"en": "Low", "zh": "低"}},
    ],
}


def result(**changes: Any) -> dict[str, Any]:
    """What scoring answers: one of ten would rise from guest to gold."""
    money = {"currency": "CNY", "cost_a_year": "400.00", "benefits": [{"key": "gift"}]}
    return {
        "customers": 10,
        "in_force": 1,
        "tiers": [{"tier": "guest", "customers": 8}, {"tier": "gold", "customers": 2}],
        "migration": [
            {"from": "guest", "to": "guest", "customers": 8},
            {"from": "guest", "to": "gold", "customers": 1},
            {"from": "gold", "to": "gold", "customers": 1},
        ],
        "rising": {"customers": 1, "share": 0.1, "largest": []},
        "losing": {"customers": 0, "share": 0.0, "largest": []},
        "benefits": money,
        "value": [{"tier": "guest", "share": 0.4}, {"tier": "gold", "share": 0.6}],
        "before": {
            "tiers": [{"tier": "guest", "customers": 9}, {"tier": "gold", "customers": 1}],
            "benefits": money | {"cost_a_year": "200.00"},
            "value": [{"tier": "guest", "share": 0.5}, {"tier": "gold", "share": 0.5}],
        },
        **changes,
    }


def told(found: dict[str, Any], language: Language = Language.ENGLISH) -> str:
    visit = stage(language=language).visit
    return sentence(visit, "It", outcome_of(found), "Gold")


def test_every_threshold_is_a_bar_and_conditions_are_none() -> None:
    assert [(bar.tier, bar.metric, bar.value) for bar in bars_of(CLUB)] == [
        ("gold", "spend", Decimal("5000.00")),
        ("gold", "orders", Decimal(4)),
    ]
    assert [(bar.metric, bar.value) for bar in bars_of(VALUE)] == [("share", Decimal("0.2"))]
    assert bars_of({"tiers": [{"key": "a", "name": {}, "when": {"all": []}}]}) == []


def test_a_bar_that_moves_below_what_keeps_takes_that_along_and_is_written_as_before() -> None:
    spend, orders = bars_of(CLUB)
    lower = moved(CLUB, spend, Decimal(4000))
    assert at(lower, ("tiers", 1, "enter", "all", "spend")) == "4000.00"
    assert at(lower, ("tiers", 1, "keep", "all", "spend")) == "4000.00"
    higher = moved(CLUB, spend, Decimal(6000))
    assert at(higher, ("tiers", 1, "keep", "all", "spend")) == "4500.00"
    assert at(moved(CLUB, orders, Decimal(3)), orders.path) == 3
    assert at(CLUB, spend.path) == "5000.00"


@pytest.mark.parametrize(
    ("written", "value", "made"),
    [
        ("5000.00", "4000", "4000.00"),
        ("5000", "4999.5", "4999.5"),
        (4, "3", 3),
        (4, "2.5", "2.5"),
    ],
    ids=["as-before", "more-decimals", "whole", "fraction"],
)
def test_a_bar_is_moved_to_the_height_that_is_said(
    written: str | int, value: str, made: str | int
) -> None:
    document = put(CLUB, ("tiers", 1, "enter", "all", "spend"), written)
    (bar, _) = bars_of(document)
    assert at(moved(document, bar, Decimal(value)), bar.path) == made


def test_only_counts_are_whole() -> None:
    assert [bar.is_whole for bar in bars_of(CLUB)] == [False, True]
    assert not bars_of(put(VALUE, ("tiers", 0, "enter_share"), 1))[0].is_whole


def test_a_share_that_moves_keeps_its_gap_to_the_one_that_leaves() -> None:
    (share,) = bars_of(VALUE)
    made = moved(VALUE, share, Decimal("0.3"))
    assert (made["tiers"][0]["enter_share"], made["tiers"][0]["leave_share"]) == (0.3, 0.35)
    assert moved(VALUE, share, Decimal("0.98"))["tiers"][0]["leave_share"] == 1.0


def test_one_bar_that_moved_is_found_even_where_costs_were_written_down() -> None:
    (spend, _) = bars_of(CLUB)
    draft = priced(moved(CLUB, spend, Decimal(4000)), {"gift": "10.00"})
    assert at(draft, ("benefits", 0, "cost", "amount")) == "10.00"
    assert moved_bar(CLUB, draft) == (spend, Decimal(4000))
    assert moved_bar(CLUB, CLUB) is None
    assert moved_bar(CLUB, put(draft, ("tiers", 1, "name", "en"), "Golden")) is None


def test_lowering_a_bar_is_told_with_whom_it_lifts_costs_and_holds() -> None:
    (spend, _) = bars_of(CLUB)
    visit = stage().visit
    subject = subject_words(visit, CLUB, (spend, Decimal(4000)), 2)
    assert sentence(visit, subject, outcome_of(result()), "Gold") == (
        "Lowering Gold (spending) from CN¥5,000 to CN¥4,000 would lift one customer (10.0%), "
        "cost up to CN¥200 a year more and hold 10.0 points more of expected value in Gold "
        "(60.0% instead of 50.0%)."
    )


def test_a_wider_share_is_a_lower_bar() -> None:
    (share,) = bars_of(VALUE)
    visit = stage().visit
    assert subject_words(visit, VALUE, (share, Decimal("0.3")), 2).startswith("Lowering High")
    assert subject_words(visit, VALUE, (share, Decimal("0.1")), 2).startswith("Raising High")
    assert subject_words(visit, VALUE, None, 2) == "Version 2"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rising": {"customers": 0, "share": 0}}, "leave everybody in their tier"),
        ({"losing": {"customers": 2, "share": 0.2}}, "take a tier from 2 customers (20.0%)"),
        ({"benefits": {"benefits": []}, "before": None}, "No benefit states what one use costs"),
        ({"in_force": None, "before": None}, "give 10 customers their first tier"),
        ({"in_force": None, "before": None}, "cost up to CN¥400 a year"),
        ({"value": []}, "would lift one customer (10.0%) and cost up to CN¥200 a year more."),
        ({"value": [{"tier": "gold", "share": 0.5}]}, "as much of expected value"),
        ({"value": [{"tier": "gold", "share": 0.2}]}, "30.0 points less"),
        ({"rising": None}, "leave everybody in their tier"),
    ],
    ids=["nobody", "losers", "no-cost", "first", "first-cost", "no-value", "same", "less", "old"],
)
def test_the_sentence_is_true_for_other_figures(changes: dict[str, Any], words: str) -> None:
    assert words in told(result(**changes))


def test_saving_and_costing_the_same_are_told_as_such() -> None:
    found = result()
    found["before"]["benefits"]["cost_a_year"] = "900.00"
    assert "save up to CN¥500 a year" in told(found)
    found["before"]["benefits"]["cost_a_year"] = "400.00"
    assert "cost no more than now" in told(found)


def test_the_sentence_is_chinese_for_chinese_readers() -> None:
    assert told(result(), Language.CHINESE).startswith("It，预计使 1 位会员升级（10.0%）")


def test_value_from_a_tier_on_counts_the_tiers_above() -> None:
    assert outcome_of(result(), "guest").value == pytest.approx(1.0)
    assert outcome_of(result(), "unknown").held_from == "gold"


def test_the_grid_has_a_row_of_its_own_for_who_has_no_tier_yet() -> None:
    first = result(before=None, migration=[{"from": None, "to": "guest", "customers": 10}])
    grid = grid_of(first)
    assert (list(grid.rows), list(grid.columns)) == ([None], ["guest", "gold"])
    assert list(grid_of(result()).rows) == ["guest", "gold"]


def test_colours_tell_the_few_who_move_from_nobody_and_from_those_who_stay() -> None:
    names: dict[str | None, str] = {"guest": "Guest", "gold": "Gold", None: "-"}
    options = heat_map(stage().visit, result(), names)
    depth = {tuple(cell[:2]): cell[2:] for cell in options["series"][0]["data"]}
    assert [depth[place][0] for place in ((0, 0), (1, 0), (0, 1))] == [8, 1, 0]
    few = depth[1, 0][1] / options["visualMap"]["max"]
    assert 0.25 < few < 0.75
    assert depth[0, 0][1] == options["visualMap"]["max"]
    assert depth[0, 1][1] == 0


def test_a_version_is_told_in_words() -> None:
    visit = stage().visit
    assert tier_rows(visit, CLUB) == [
        ["Guest", "everybody", "–"],
        [
            "Gold",
            "spending: at least CN¥5,000 and orders: at least 4",
            "A gift (2 a year)",
        ],
    ]
    assert tier_rows(visit, VALUE)[0][1] == "the best 20%"
    assert ("What counts", "the last 12 months") in rule_facts(visit, CLUB)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ({"of": "spend", "per": "1.00"}, "one for every full CN¥1 of spending in an order"),
        ({"of": "spend", "per": "2.50"}, "one for every full CN¥2.50 of spending in an order"),
        ({"of": "quantity"}, "as many as pieces bought"),
    ],
)
def test_what_makes_a_star_is_told(metric: dict[str, Any], words: str) -> None:
    named = {"stars": metric | {"name": {"en": "stars", "zh": "星星"}}}
    facts = rule_facts(stage().visit, CLUB | {"metrics": named})
    assert facts[0] == ("Stars", words)
    chinese = rule_facts(stage(language=Language.CHINESE).visit, CLUB | {"metrics": named})
    assert chinese[0][0] == "星星"


def test_places_of_a_document_are_read_and_written_without_touching_it() -> None:
    before = deepcopy(CLUB)
    assert put(CLUB, ("points", "earn", "per"), "1.00")["points"] == {"earn": {"per": "1.00"}}
    assert "window" not in put(CLUB, ("window",), None)
    assert len(put(CLUB, ("tiers", 0), None)["tiers"]) == 1
    assert add(CLUB, ("tiers",), {"key": "x"})["tiers"][-1] == {"key": "x"}
    assert (at(CLUB, ("tiers", 9, "key")), at(CLUB, ("window", 0), 3)) == (None, 3)
    assert before == CLUB


def test_a_fault_is_found_on_its_line_however_the_text_is_laid_out() -> None:
    text = text_of(CLUB)
    lines = lines_of(text)
    place = line_of(lines, "/tiers/1/enter/all/orders")
    assert '"orders": 4' in text.splitlines()[place - 1]
    assert line_of(lines, "/tiers/1/enter/grant") == lines["/tiers/1/enter"]
    assert set(lines_of(json.dumps(CLUB)).values()) == {1}
    assert lines_of('{"a/b": [],\n "c": {}}')[pointer_of(("a/b",))] == 1
