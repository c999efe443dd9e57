"""The overview: what its charts say, and the page with services there and away."""

from datetime import date, timedelta
from typing import Any

import pytest
from nicegui.testing import User

from services.console.accounts.person import Language
from services.console.pages.overview import figures, flow_figures, value_figures
from services.console.pages.overview.minutes import sentence
from shared.contracts.overview import (
    Concentration,
    Distribution,
    DistributionHistory,
    Migration,
    TierChange,
    TierChanges,
)
from tests.unit.console.visits import NOW, browsing, stage

NAMES = {"gold": "Gold", "regular": "Regular"}
TIERS = [
    {"key": "regular", "rank": 0, "name": {"en": "Regular", "zh": "常客"}},
    {"key": "gold", "rank": 1, "name": {"en": "Gold", "zh": "金星"}},
]
PROGRAMME = {
    "programme": "club", "version": 1, "newest_version": 1, "kind": "status",
    "name": {"en": "Club", "zh": "俱乐部"}, "audience": "customer_facing", "is_default": True,
    "release": "r-1", "tiers": TIERS,
}  # fmt: skip


def tally(customers: int, **more: Any) -> dict[str, Any]:
    expected = {"amount": f"{customers}.00", "currency": "CNY"}
    return {"customers": customers, "expected": expected, **more}


DISTRIBUTION = {
    "programme": "club", "business_date": "2026-11-22", "counted_at": NOW.isoformat(),
    "customers": 30,
    "tiers": [
        tally(20, tier="regular", rank=0, name={"en": "Regular", "zh": "常客"}),
        tally(10, tier="gold", rank=1, name={"en": "Gold", "zh": "金星"}),
    ],
    "stages": [tally(12, lifecycle="active"), tally(18, lifecycle="churned")],
    "cells": [
        tally(18, tier="regular", lifecycle="churned"),
        tally(2, tier="regular", lifecycle="active"),
        tally(10, tier="gold", lifecycle="active"),
    ],
}  # fmt: skip
MIGRATION = {
    "programme": "club", "first": "2026-10-23", "last": "2026-11-22", "days": 30,
    "spans": [7, 30], "counted_at": NOW.isoformat(),
    "cells": [
        {"tier_from": None, "tier_to": "regular", "customers": 4},
        {"tier_from": "regular", "tier_to": "gold", "customers": 3},
        {"tier_from": "gold", "tier_to": "regular", "customers": 2},
        {"tier_from": "gold", "tier_to": "gold", "customers": 5},
    ],
}  # fmt: skip
CURVE = {
    "customers": 100, "gini": 0.5, "curve": [min(1.0, n / 50) for n in range(101)],
    "top": [{"percent": 1, "share": 0.02}, {"percent": 5, "share": 0.1},
            {"percent": 20, "share": 0.4}],
    "tiers": [{"tier": "gold", "customers": 10, "share": 0.75}],
}  # fmt: skip
CONCENTRATION = {
    "programme": "club", "business_date": "2026-11-22", "counted_at": NOW.isoformat(),
    "expected": CURVE, "net": CURVE,
}  # fmt: skip
CHANGES: dict[str, Any] = {
    "programme": "club", "first": (NOW - timedelta(minutes=3)).isoformat(),
    "as_of": NOW.isoformat(),
    "minutes": [{"minute": (NOW - timedelta(minutes=1)).isoformat(), "up": 2, "down": 1,
                 "entered": 0}],
    "last_changes": [{"customer_id": "c-<b>1", "tier_from": "regular", "tier_to": "gold",
                      "way": "up", "reason": "qualified",
                      "text": {"en": "Reached the rule", "zh": "达到条件"},
                      "at": NOW.isoformat()}],
}  # fmt: skip
STATUS: dict[str, Any] = {
    "as_of": NOW.isoformat(), "business_date": "2026-11-22",
    "last_event_at": (NOW - timedelta(minutes=2)).isoformat(), "last_decision_at": None,
    "last_sweep_at": None, "releases": [],
    "model": {"version": "m-1", "trained_until": "2026-11-22", "gini": 0.9,
              "gini_of_best_rule": 0.8, "drift": "steady",
              "sentence": {"en": "Model m-1 fits.", "zh": "模型 m-1 适用。"}},
    "rescoring": {"is_under_way": True, "waiting": 3, "oldest_s": 5.0, "jobs": []},
}  # fmt: skip
QUALITY = {
    "grade": "B", "word": {"en": "Good", "zh": "良好"},
    "sentence": {"en": "Good data.", "zh": "数据良好。"}, "sources": 1, "judged_sources": 1,
    "silent_sources": [], "last_event_at": None, "as_of": NOW.isoformat(),
}  # fmt: skip
REPORT: dict[str, Any] = {
    "first": "2026-10-24", "last": "2026-11-22", "grain": "day", "today": "2026-11-22",
    "as_of": NOW.isoformat(), "rolled_up_to": "2026-11-21", "rolled_up_at": NOW.isoformat(),
    "currency": "CNY", "is_today_counted": True,
    "items": [{"key": "repeat_rate", "name": {"en": "Repeat rate", "zh": "复购率"},
               "slice": "all", "unit": "share", "better": "up",
               "actual": {"value": 0.5, "numerator": 1, "denominator": 2}, "previous": None,
               "change": -0.012, "status": "behind", "points": [],
               "target": {"period": "2026", "value": 0.6, "owner": "Lin", "note": "",
                          "version": 1, "first": "2026-01-01", "last": "2026-12-31",
                          "actual": None}}],
}  # fmt: skip
HISTORY = {
    "programme": "club", "first": "2025-11-22", "last": "2026-11-22", "grain": "week",
    "points": [
        {"date": "2026-11-15", "customers": 28, "tiers": {"gold": 9, "regular": 19},
         "stages": {}, "expected": {}},
        {"date": "2026-11-22", "customers": 30, "tiers": {"gold": 10, "regular": 20},
         "stages": {"active": 12, "churned": 18}, "expected": {}},
    ],
}  # fmt: skip
ANSWERS = {
    "GET /v1/programmes": {"items": [PROGRAMME], "next_cursor": None},
    "GET /v1/programmes/club/distribution": DISTRIBUTION,
    "GET /v1/programmes/club/distribution/history": HISTORY,
    "GET /v1/programmes/club/migration": MIGRATION,
    "GET /v1/programmes/club/changes": CHANGES,
    "GET /v1/value/concentration": CONCENTRATION,
    "GET /v1/status": STATUS,
    "GET /v1/quality/summary": QUALITY,
    "GET /v1/kpis": REPORT,
}


def test_tiers_are_stacked_by_stage_with_the_highest_in_the_first_row() -> None:
    picture = figures.tiers_by_stage(stage().visit, Distribution.model_validate(DISTRIBUTION))
    assert [one["data"] for one in picture.options["series"]] == [[2, 10], [18, 0]]
    first = picture.rows[0]
    assert (first[0], first[-2], first[-1]) == ("Gold", "10", "CN¥10")


def test_flows_are_counted_up_and_down_by_the_order_of_tiers() -> None:
    picture = flow_figures.flows(stage().visit, Migration.model_validate(MIGRATION), NAMES)
    assert picture.summary == "23 Oct 2026 to 22 Nov 2026: 3 rose, 2 fell, 4 came in."


def test_every_link_of_the_flows_joins_two_of_its_nodes() -> None:
    picture = flow_figures.flows(stage().visit, Migration.model_validate(MIGRATION), NAMES)
    series = picture.options["series"][0]
    names = [node["name"] for node in series["data"]]
    assert len(names) == len(set(names))
    assert {end for link in series["links"] for end in (link["source"], link["target"])} == set(
        names
    )


def test_a_tier_of_an_older_version_is_called_by_its_key() -> None:
    cells = [{"tier_from": "bronze", "tier_to": "gold", "customers": 1}]
    found = Migration.model_validate(MIGRATION | {"cells": cells})
    assert flow_figures.flows(stage().visit, found, NAMES).rows[0][:2] == ["bronze", "Gold"]


def test_the_curve_says_what_the_best_hold() -> None:
    picture = value_figures.value_curve(stage().visit, Concentration.model_validate(CONCENTRATION))
    assert "best 20 % 40.0%" in picture.summary
    assert picture.rows[3] == ["20%", "40.0%", "40.0%"]


def test_a_base_without_value_has_words_instead_of_a_curve() -> None:
    nothing = {**CURVE, "gini": None, "curve": [], "top": []}
    found = Concentration.model_validate({**CONCENTRATION, "expected": nothing, "net": nothing})
    picture = value_figures.value_curve(stage().visit, found)
    assert (picture.rows, picture.summary) == ([], "Nobody is expected to spend anything yet.")


def test_minutes_without_changes_stand_at_nothing() -> None:
    picture = value_figures.minutes(stage().visit, TierChanges.model_validate(CHANGES))
    assert [one["data"] for one in picture.options["series"]] == [[0, 2, 0], [0, -1, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ENGLISH, "▲ Regular → Gold · Reached the rule"),
        (Language.CHINESE, "▲ Regular → Gold · 达到条件"),
    ],
)
def test_a_change_is_said_with_its_reason(language: Language, said: str) -> None:
    change = TierChange.model_validate(CHANGES["last_changes"][0])
    assert sentence(stage(language=language).visit, change, NAMES) == said


def test_stages_are_drawn_from_two_dates_on() -> None:
    found = DistributionHistory.model_validate(HISTORY)
    assert figures.with_stages(found) is None
    later = found.points[1].model_copy(update={"date": date(2026, 11, 29)})
    known = figures.with_stages(found.model_copy(update={"points": [*found.points, later]}))
    assert known is not None
    assert [point.date for point in known.points] == [date(2026, 11, 22), date(2026, 11, 29)]


@pytest.mark.parametrize("language", list(Language), ids=str)
async def test_the_page_shows_everything(language: Language) -> None:
    async with browsing(stage(ANSWERS, language=language).visit) as user:
        await user.open("/")
        said = {Language.ENGLISH: "Model m-1 fits.", Language.CHINESE: "模型 m-1 适用。"}
        await user.should_see(said[language])
        await user.should_see("c-<b>1")


async def test_the_business_comes_before_the_machine() -> None:
    async with browsing(stage(ANSWERS).visit) as user:
        await user.open("/")
        assert _place(user, "Repeat rate") < _place(user, "Last event")


async def test_spend_comes_before_what_has_a_target() -> None:
    spend = {**REPORT["items"][0], "key": "net_spend", "target": None, "status": None,
             "name": {"en": "Net spend then", "zh": "净消费"}}  # fmt: skip
    answers = {**ANSWERS, "GET /v1/kpis": REPORT | {"items": [*REPORT["items"], spend]}}
    async with browsing(stage(answers).visit) as user:
        await user.open("/")
        assert _place(user, "Net spend then") < _place(user, "Repeat rate")


async def test_a_figure_of_nothing_is_shown_and_one_that_is_missing_is_not() -> None:
    item = {**REPORT["items"][0], "target": None, "status": None, "change": None}
    nothing = {"value": 0.0, "numerator": 0, "denominator": 9}
    items = [
        item | {"key": "nps", "name": {"en": "Promoters", "zh": "净推荐"}, "actual": nothing},
        item | {"key": "csat", "name": {"en": "Satisfied", "zh": "满意"}, "actual": None},
    ]
    answers = {**ANSWERS, "GET /v1/kpis": REPORT | {"items": items}}
    async with browsing(stage(answers).visit) as user:
        await user.open("/")
        await user.should_see("Promoters")
        await user.should_not_see("Satisfied")


@pytest.mark.parametrize("away", sorted(ANSWERS))
async def test_what_is_away_leaves_the_rest_standing(away: str) -> None:
    async with browsing(stage({**ANSWERS, away: None}).visit) as user:
        await user.open("/")
        await user.should_see("does not answer", retries=5)
        rest = "Repeat rate" if away != "GET /v1/kpis" else "Model m-1 fits."
        await user.should_see(rest)


async def test_a_shop_without_a_programme_is_told_what_to_do() -> None:
    answers = {**ANSWERS, "GET /v1/programmes": {"items": [], "next_cursor": None}}
    async with browsing(stage(answers).visit) as user:
        await user.open("/")
        await user.should_see("train", retries=5)


def _place(user: User, words: str) -> int:
    """Tell where on the page words stand: elements are numbered as they come."""
    return max(int(element.id) for element in user.find(content=words).elements)
