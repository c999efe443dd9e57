"""What a new version changes is told in words an approver understands."""

from copy import deepcopy
from typing import Any

from services.scoring.domain.programmes.difference import Change, changes_between
from tests.unit.scoring.test_programme_presets import PRESETS

COFFEE = PRESETS["coffee"]


def changed(**members: Any) -> dict[str, Any]:
    return deepcopy(COFFEE) | members


def test_nothing_changes_between_a_document_and_itself() -> None:
    assert changes_between(COFFEE, deepcopy(COFFEE)) == []


def test_everything_is_new_in_a_first_version() -> None:
    told = changes_between(None, COFFEE)
    assert {change.what for change in told} == {"tier", "threshold", "benefit", "policy"}
    assert all(change.before is None for change in told)


def test_a_threshold_is_told_by_its_tier() -> None:
    document = changed()
    document["tiers"][1]["keep"] = {"all": {"stars": 400}}
    (change,) = changes_between(COFFEE, document)
    assert change == Change("threshold", "silver/keep", None, {"all": {"stars": 400}})


def test_a_tier_that_goes_is_told_with_its_rule() -> None:
    told = changes_between(COFFEE, changed(tiers=COFFEE["tiers"][:2], benefits=[]))
    assert Change("tier", "gold", {"en": "Gold", "zh": "金星"}, None) in told
    assert Change("threshold", "gold/enter", {"all": {"stars": 2500}}, None) in told
    assert [change.subject for change in told if change.what == "benefit"] == [
        "birthday_drink",
        "free_shipping",
        "quick_answers",
    ]


def test_another_order_of_tiers_is_told() -> None:
    value = PRESETS["value"]
    swapped = deepcopy(value) | {"tiers": [value["tiers"][n] for n in (1, 0, 2)]}
    assert "order" in {change.what for change in changes_between(value, swapped)}


def test_a_policy_and_a_benefit_are_told_by_their_names() -> None:
    document = changed(warn_days=60)
    document["benefits"][0]["quota"] = {"count": 2, "per": "year"}
    told = changes_between(COFFEE, document)
    assert [(change.what, change.subject) for change in told] == [
        ("benefit", "birthday_drink"),
        ("policy", "warn_days"),
    ]
