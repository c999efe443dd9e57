"""What no condition may say: each mistake is named with its path."""

from typing import Any

import pytest

from services.scoring.domain.conditions.parse import (
    BadCondition,
    faults_of_condition,
    parse_condition,
)
from tests.condition_trees import attribute, metric, performed

DEEP: dict[str, Any] = attribute("a", "exists")
for _ in range(16):
    DEEP = {"not": DEEP}
ENDLESS: Any = "x"
for _ in range(900):
    ENDLESS = {"not": ENDLESS}
RANGE = {"from": "2026-02-01", "to": "2026-01-01"}
PLACED = performed("searched", where={"channel": ["web"]})
REFUSED: tuple[tuple[Any, str, str], ...] = (
    (None, "", "wrong_type"),
    ({}, "", "one_kind"),
    ({"all": [], "any": []}, "", "one_kind"),
    ({"every": []}, "", "unknown_field"),
    ({"all": []}, "/all", "too_many"),
    ({"all": {}}, "/all", "wrong_type"),
    ({"all": [DEEP]}, "/all/0" + "/not" * 15, "too_deep"),
    (ENDLESS, "/not" * 16, "too_deep"),
    ({"any": [attribute("a", "exists")] * 500}, "/any/499", "too_many"),
    (attribute("a", "matches", "(a+)+$"), "/attribute/op", "not_allowed"),
    (attribute("a", "eq", {}), "/attribute/value", "wrong_type"),
    (attribute("a", "eq"), "/attribute", "missing"),
    (attribute("a", "exists", 1), "/attribute/value", "not_allowed"),
    (attribute("a", "lt", True), "/attribute/value", "wrong_type"),
    (attribute("a", "eq", 2**63), "/attribute/value", "out_of_range"),
    (attribute("a", "eq", float("nan")), "/attribute/value", "wrong_type"),
    (attribute("a", "in", "x"), "/attribute/value", "wrong_type"),
    (attribute("a", "in", ["x"] * 1001), "/attribute/value", "too_many"),
    (attribute("a", "in", ["x", None]), "/attribute/value/1", "wrong_type"),
    (attribute("a", "between", [2, 1]), "/attribute/value", "wrong_type"),
    (attribute("a", "between", ["a", 1]), "/attribute/value", "wrong_type"),
    (attribute("a", "eq", "x" * 201), "/attribute/value", "bad_text"),
    (attribute("a", "eq", "\ud800"), "/attribute/value", "bad_text"),
    (attribute("a", "prefix", "a\x00b"), "/attribute/value", "bad_text"),
    (attribute("a..b", "exists"), "/attribute/name", "bad_path"),
    (attribute("a.b.c.d.e", "exists"), "/attribute/name", "bad_path"),
    (metric("profile_id", "eq", 1), "/metric/name", "not_allowed"),
    (metric("spend", "gte", 12.5), "/metric/value", "bad_decimal"),
    (metric("spend", "gte", "12.505"), "/metric/value", "wrong_exponent"),
    (metric("spend", "gte", "9" * 17), "/metric/value", "bad_decimal"),
    (metric("orders", "gte", "1"), "/metric/value", "wrong_type"),
    (metric("orders", "gte", True), "/metric/value", "wrong_type"),
    (metric("orders", "gte", 2**63), "/metric/value", "wrong_type"),
    (metric("orders", "between", [3, 1]), "/metric/value", "out_of_range"),
    (metric("orders", "between", 3), "/metric/value", "wrong_type"),
    (metric("orders", "gte", 1, last_days=0), "/metric/last_days", "out_of_range"),
    (metric("orders", "gte", 1, last_days=9, to="2026-01-01"), "/metric/last_days", "one_kind"),
    (metric("orders", "gte", 1, **RANGE), "/metric/to", "out_of_range"),
    (metric("orders", "gte", 1, to="2026-02-30"), "/metric/to", "bad_date"),
    (performed("teleported"), "/performed/event", "not_allowed"),
    (performed("order_completed", times=0), "/performed/times", "out_of_range"),
    (PLACED, "/performed/where", "not_allowed"),
    (
        performed("order_completed", where={"tenant": ["x"]}),
        "/performed/where",
        "unknown_field",
    ),
    (performed("order_completed", where={"sku": []}), "/performed/where/sku", "too_many"),
    ({"last_performed": {"event": "searched", "op": "eq"}}, "/last_performed", "missing"),
    ({"score": {"op": "gte", "value": "1"}}, "/score/value", "wrong_type"),
    ({"rank": {"top": 0}}, "/rank/top", "out_of_range"),
    ({"rank": {"top": 1.5}}, "/rank/top", "out_of_range"),
    ({"rank": {"top": 0.00001}}, "/rank/top", "wrong_exponent"),
    ({"rank": {"top": 0.2, "last_days": 30}}, "/rank", "not_allowed"),
    ({"lifecycle": {"in": ["asleep"]}}, "/lifecycle/in", "not_allowed"),
    ({"tier": {"programme": "coffee"}}, "/tier", "one_kind"),
    ({"in_segment": 5}, "/in_segment", "wrong_type"),
    ({"in_segment": None}, "/in_segment", "wrong_type"),
    ({"has_been": {"at_least_days": 5}}, "/has_been", "one_kind"),
    ({"has_been": {"programme": "c", "at_least_days": 5}}, "/has_been", "missing"),
    ({"consent": {"purpose": "spying"}}, "/consent/purpose", "not_allowed"),
    ({"random_bucket": {"percent": 101, "seed": "x"}}, "/random_bucket/percent", "out_of_range"),
    ({"random_bucket": {"percent": 1}}, "/random_bucket", "missing"),
)


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_mistake_is_named_with_its_path(place: int) -> None:
    tree, pointer, code = REFUSED[place]
    faults = faults_of_condition(tree)
    assert [(fault.pointer, fault.code) for fault in faults][:1] == [(pointer, code)]
    assert all(fault.message for fault in faults)


def test_mistakes_are_told_together_and_bounded() -> None:
    faults = faults_of_condition({"any": [{"what": 1}] * 200})
    assert (faults[0].pointer, faults[49].pointer, len(faults)) == ("/any/0", "/any/49", 50)


def test_condition_with_a_mistake_is_no_condition() -> None:
    with pytest.raises(BadCondition, match="/score/value: must be a number"):
        parse_condition({"score": {"op": "gte", "value": None}})
