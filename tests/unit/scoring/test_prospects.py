"""What a draft costs and holds is told beside the version in force, for whatever documents."""

from typing import Any

import pytest

from services.scoring.domain.programmes.prospects import (
    Moves,
    Prospect,
    costs_of,
    prospects,
    written,
)

MOVES: Moves = {("low", "low"): 90, ("low", "high"): 4, ("high", "high"): 6}
EXPECTED: Moves = {("low", "low"): 300, ("low", "high"): 100, ("high", "high"): 600}


def document(*benefits: dict[str, Any]) -> dict[str, Any]:
    tiers = [{"key": key, "name": {"en": key, "zh": key}} for key in ("low", "high")]
    return {"kind": "status", "tiers": tiers, "benefits": list(benefits)}


def gift(**changes: Any) -> dict[str, Any]:
    return {"key": "gift", "tiers": ["high"], "quota": {"count": 2, "per": "month"}, **changes}


def asked(draft: dict[str, Any], former: dict[str, Any] | None) -> Prospect:
    return Prospect(draft, former, "CNY", MOVES, EXPECTED)


def test_value_by_tier_is_told_as_it_is_held_and_as_it_would_be() -> None:
    told = prospects(asked(document(), document()))
    assert told["value"] == [{"tier": "low", "share": 0.3}, {"tier": "high", "share": 0.7}]
    assert told["before"]["value"] == [
        {"tier": "low", "share": 0.4},
        {"tier": "high", "share": 0.6},
    ]
    assert [each["customers"] for each in told["before"]["tiers"]] == [94, 6]


def test_more_members_cost_more() -> None:
    priced = document(gift(cost={"amount": "10.00"}))
    told = prospects(asked(priced, priced))
    assert told["benefits"]["cost_a_year"] == "2400.00"
    assert told["before"]["benefits"]["cost_a_year"] == "1440.00"


def test_writing_down_a_cost_is_not_spending_it() -> None:
    stated = document(gift(cost={"amount": "10.00"}))
    for before in (gift(), gift(cost={"amount": "3.00"})):  # nor is setting one right
        told = prospects(asked(stated, document(before)))
        assert told["before"]["benefits"]["cost_a_year"] == "1440.00"


def test_a_first_draft_has_nothing_before_it() -> None:
    moves: Moves = {(None, "low"): 5}
    told = prospects(Prospect(document(), None, "CNY", moves, {}))
    assert told["before"] is None
    assert told["value"] == [{"tier": "low", "share": None}, {"tier": "high", "share": None}]


def test_a_tier_named_twice_is_paid_once() -> None:
    twice = document(gift(tiers=["high", "high"], cost={"amount": "1"}))
    assert costs_of(twice, {"high": 3}, "CNY")["benefits"][0]["members"] == 3


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(-5, "CNY", "-0.05"), (123, "JPY", "123"), (1234, None, "12.34")],
    ids=["debt", "no-decimals", "unknown"],
)
def test_money_is_written_as_its_currency_counts(
    minor: int, currency: str | None, text: str
) -> None:
    assert written(minor, currency) == text
