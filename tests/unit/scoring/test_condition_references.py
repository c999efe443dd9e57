"""What a condition refers to must be there; what is not is named with its path."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.scoring.domain.conditions.parse import faults_of_condition, parse_condition
from services.scoring.domain.conditions.references import missing_references, programmes_in
from services.scoring.domain.conditions.tree import NEVER
from services.scoring.domain.segments import Segment
from services.scoring.usecases.segments.definitions import (
    for_purpose,
    ladder_of,
    stored_condition,
)

SEGMENTS = {"vip"}
TIERS = {"coffee": ["regular", "gold"]}
KNOWN: tuple[dict[str, Any], ...] = (
    {"in_segment": "vip"},
    {"tier": {"programme": "coffee", "in": ["regular", "gold"]}},
    {"tier": {"programme": "coffee", "at_least": "gold"}},
    {"has_been": {"programme": "coffee", "tier": "gold", "at_least_days": 3}},
    {"has_been": {"lifecycle": "churned", "at_least_days": 3}},
    {"rank": {"of": "spend", "last_days": 90, "top": 0.1}},
    {"rank": {"top": 0.1}},
)
MISSING: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"in_segment": "x"}, "/in_segment", "unknown_segment"),
    ({"not": {"in_segment": "x"}}, "/not/in_segment", "unknown_segment"),
    ({"tier": {"programme": "x", "in": ["gold"]}}, "/tier/programme", "unknown_programme"),
    ({"tier": {"programme": "coffee", "in": ["gold", "x"]}}, "/tier/in/1", "unknown_tier"),
    ({"tier": {"programme": "coffee", "at_least": "x"}}, "/tier/at_least", "unknown_tier"),
    (
        {"has_been": {"programme": "coffee", "tier": "x", "at_least_days": 3}},
        "/has_been/tier",
        "unknown_tier",
    ),
    ({"rank": {"of": "spend", "last_days": 91, "top": 0.1}}, "/rank/last_days", "not_allowed"),
    ({"rank": {"of": "spend", "from": "2026-01-01", "top": 0.1}}, "/rank", "not_allowed"),
    ({"rank": {"of": "categories", "last_days": 30, "top": 0.1}}, "/rank/last_days", "not_allowed"),
)


@pytest.mark.parametrize("place", range(len(KNOWN)))
def test_what_is_there_may_be_referred_to(place: int) -> None:
    assert faults_of_condition(KNOWN[place]) == []
    assert list(missing_references({"any": [KNOWN[place]]}, SEGMENTS, TIERS)) == []


@pytest.mark.parametrize("place", range(len(MISSING)))
def test_what_is_not_there_is_named(place: int) -> None:
    tree, pointer, code = MISSING[place]
    assert faults_of_condition(tree) == []
    found = [(each.pointer, each.code) for each in missing_references(tree, SEGMENTS, TIERS)]
    assert found == [(pointer, code)]


def test_programmes_are_collected_from_all_leaves() -> None:
    tree = {"any": [{"not": KNOWN[1]}, KNOWN[0], KNOWN[4]]}
    assert programmes_in(parse_condition(tree)) == {"coffee"}


def test_purpose_leaves_out_who_withdrew_that_consent_only() -> None:
    condition = parse_condition(KNOWN[1])
    assert for_purpose(condition, None) is condition
    withdrawn = parse_condition(
        {"all": [KNOWN[1], {"not": {"consent": {"purpose": "marketing", "is": "withdrawn"}}}]}
    )
    assert for_purpose(condition, "marketing") == withdrawn


def test_stored_segment_in_money_of_before_holds_for_nobody() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    spent = {"metric": {"name": "spend", "op": "gte", "value": "12.50"}}
    row = Segment("a", {}, spent, None, 1, is_settled=True, created_at=now, updated_at=now)
    assert stored_condition(row, 2) == parse_condition(spent)
    assert stored_condition(row, 0) == NEVER


@pytest.mark.parametrize(("kind", "ladder"), [("status", ["a", "b"]), ("value", ["b", "a"])])
def test_ladder_begins_with_the_lowest_tier(kind: str, ladder: list[str]) -> None:
    assert ladder_of({"kind": kind, "tiers": [{"key": "a"}, {"key": "b"}]}) == ladder
