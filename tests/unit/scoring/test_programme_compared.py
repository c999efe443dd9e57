"""Two versions are compared place by place, each place told in both languages."""

from copy import deepcopy
from typing import Any

import pytest

from services.scoring.domain.programmes.checking import faults_of
from services.scoring.domain.programmes.compared import Difference, differences
from services.scoring.domain.programmes.places import PLACES
from services.scoring.domain.programmes.schema import document_schema
from tests.unit.scoring.test_programme_presets import PRESETS

COFFEE = PRESETS["coffee"]
VALUE = PRESETS["value"]


def changed(document: dict[str, Any], *path: str | int, to: Any) -> dict[str, Any]:
    made = deepcopy(document)
    place: Any = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return made


def test_a_document_does_not_differ_from_itself() -> None:
    assert differences(COFFEE, deepcopy(COFFEE)) == []


def test_a_threshold_is_told_by_its_tier_and_metric() -> None:
    right = changed(COFFEE, "tiers", 2, "enter", "all", "stars", to=2000)
    told = {
        "en": "Gold, to enter, stars: 2000 instead of 2500.",
        "zh": "金星·升级条件·星星：由2500改为2000。",
    }
    assert differences(COFFEE, right) == [Difference("/tiers/2/enter/all/stars", 2500, 2000, told)]


def test_shares_are_told_as_percentages() -> None:
    (found,) = differences(VALUE, changed(VALUE, "tiers", 0, "enter_share", to=0.1))
    assert found.pointer == "/tiers/0/enter_share"
    assert "10 % instead of 20 %" in found.text["en"]


def test_a_tier_that_goes_is_told_once_by_its_name() -> None:
    left = changed(COFFEE, "benefits", to=[])
    right = changed(left, "tiers", to=COFFEE["tiers"][:2])
    (found,) = differences(left, right)
    assert (found.pointer, found.after) == ("/tiers/2", None)
    assert found.text["en"] == "Gold: Gold is gone."


def test_a_pointer_follows_a_tier_to_its_new_place() -> None:
    first, second, third = COFFEE["tiers"]
    moved = {**third, "enter": {"all": {"stars": 3000}}}
    found = differences(COFFEE, changed(COFFEE, "tiers", to=[first, moved, second]))
    assert [each.pointer for each in found] == ["/tiers/1/enter/all/stars", "/tiers"]
    assert found[1].after == ["regular", "gold", "silver"]
    assert found[1].text["en"].startswith("order of the tiers: Regular, Gold, Silver instead of")


@pytest.mark.parametrize("member", ["pending_days", "warn_days"])
def test_a_policy_that_is_new_is_told_as_new(member: str) -> None:
    left = {name: value for name, value in COFFEE.items() if name != member}
    (found,) = differences(left, COFFEE)
    assert (found.pointer, found.before) == (f"/{member}", None)
    assert found.text["en"].endswith("is new.")


def test_a_cost_and_whom_it_is_for_are_told_as_people_write_them() -> None:
    left = changed(COFFEE, "benefits", 0, to=COFFEE["benefits"][0] | {"tiers": ["gold"]})
    benefit = left["benefits"][0]
    right = changed(left, "benefits", 0, "tiers", to=["silver", "gold"])
    right["benefits"][0]["cost"] = {"amount": "12.50"}
    assert faults_of(right) == []
    whom, cost = differences(left, right)
    name = benefit["name"]
    assert whom.text["en"] == f"benefit, {name['en']}, tiers: Silver, Gold instead of Gold."
    assert cost.text == {
        "en": f"benefit, {name['en']}, cost: 12.50 CNY is new.",
        "zh": f"权益·{name['zh']}·成本：新增12.50 CNY。",
    }
    (dearer,) = differences(right, changed(right, "benefits", 0, "cost", "amount", to="13.00"))
    assert dearer.pointer == "/benefits/0/cost/amount"
    assert dearer.text["en"] == f"benefit, {name['en']}, cost: 13.00 CNY instead of 12.50 CNY."
    abroad = changed(right, "benefits", 0, "cost", "amount", to="2.00") | {"currency": "USD"}
    told = {each.pointer: each.text["en"] for each in differences(right, abroad)}
    assert told[dearer.pointer].endswith("cost: 2.00 USD instead of 12.50 CNY.")


def test_a_policy_of_several_members_is_told_without_brackets() -> None:
    right = changed(COFFEE, "velocity", to={"orders_per_day": 20, "pin": "silver"})
    left = {name: value for name, value in right.items() if name != "velocity"}
    (found,) = differences(left, right)
    assert found.text["en"] == "limit of pace: orders a day 20, held in Silver is new."
    assert found.text["zh"] == "频次限制：新增每日订单数 20，固定等级 银星。"


def test_every_member_of_a_document_has_a_name_in_both_languages() -> None:
    named_otherwise = {"key", "en", "zh", "all", "any"}  # by its thing; as words; left out
    assert _members(document_schema()) - set(PLACES) - named_otherwise == set()
    assert [
        name for name, words in PLACES.items() if not words["en"] or words["zh"].isascii()
    ] == []


def _members(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for each in schema for name in _members(each)}
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    return set(own) | {name for each in schema.values() for name in _members(each)}


def test_long_words_are_cut_in_the_sentence_alone() -> None:
    words = {"en": "x" * 2000, "zh": "长" * 2000}
    (found,) = differences(COFFEE, changed(COFFEE, "description", to=words))
    assert found.after == words
    assert all(len(text) < 500 for text in found.text.values())


@pytest.mark.parametrize("left", PRESETS, ids=str)
@pytest.mark.parametrize("right", PRESETS, ids=str)
def test_any_two_presets_can_be_told_apart(left: str, right: str) -> None:
    found = differences(PRESETS[left], PRESETS[right])
    assert bool(found) == (PRESETS[left] != PRESETS[right])
    assert all(each.text["en"] and each.text["zh"] for each in found)
    assert len({(each.pointer, each.after is None) for each in found}) == len(found)
