"""A new version takes over from the one before: what was told holds; grants lie over it all."""

from typing import Any

import pytest

from services.scoring.domain.status.engine.history import Grant
from services.scoring.domain.status.engine.timeline import InForce
from tests.status_cases import at
from tests.status_rules import BASE, NEXT_PERIOD, YEARS, purchase, rules, told

BOUGHT = purchase("a", "2025-03-01T00:00:00Z", 10)
DEAR = [{"key": "basic"}, {"key": "silver", "enter": {"all": {"s": 50}}}]


@pytest.mark.parametrize("qualification", ["track", "ledger"])
def test_a_new_version_never_shortens_what_was_told(qualification: str) -> None:
    versions = [
        InForce(rules(1, qualification=qualification)),
        InForce(
            rules(
                2, qualification=qualification, tiers=DEAR, validity={"kind": "months", "months": 1}
            ),
            at("2025-04-01T00:00:00Z"),
        ),
    ]
    lines = told(
        versions,
        BOUGHT,
        purchase("b", "2025-05-01T00:00:00Z", 20),
        enrolled="2025-01-01T00:00:00Z",
        until="2026-12-31T00:00:00Z",
    )
    assert lines == [
        ("2025-03-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", 0, None),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [("track", "ledger"), ("ledger", "track"), ("track", "floating"), ("ledger", "floating")],
)
def test_what_was_told_holds_when_the_way_to_qualify_changes(before: str, after: str) -> None:
    changed: dict[str, Any] = {"qualification": after}
    if after == "floating":
        changed = {"validity": {"kind": "floating"}, "window": {"kind": "rolling", "days": 30}}
    versions = [
        InForce(rules(1, qualification=before)),
        InForce(rules(2, **changed), at("2025-04-01T00:00:00Z")),
    ]
    lines = told(versions, BOUGHT, enrolled="2025-01-01T00:00:00Z", until="2026-12-31T00:00:00Z")
    assert lines[0] == ("2025-03-01T00:00:00Z", 1, "2026-03-01T00:00:00Z")
    assert lines[-1] == ("2026-03-01T00:00:00Z", 0, None)


def test_a_tier_that_a_new_version_drops_becomes_the_next_below() -> None:
    versions = [
        InForce(rules(1)),
        InForce(rules(2, tiers=BASE["tiers"][:2]), at("2025-04-01T00:00:00Z")),
    ]
    lines = told(
        versions,
        purchase("a", "2025-03-01T00:00:00Z", 30),
        enrolled="2025-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
    )
    assert lines == [
        ("2025-03-01T00:00:00Z", 2, "2026-03-01T00:00:00Z"),
        ("2025-04-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"),
    ]


def test_a_review_goes_by_the_version_in_force_then() -> None:
    cheap = [BASE["tiers"][0], BASE["tiers"][1] | {"keep": {"all": {"s": 1}}}]
    versions = [
        InForce(rules(1, refresh="first")),
        InForce(rules(2, refresh="first", tiers=cheap), at("2025-12-01T00:00:00Z")),
    ]
    lines = told(
        versions,
        BOUGHT,
        purchase("b", "2025-09-01T00:00:00Z", 1),
        enrolled="2025-01-01T00:00:00Z",
        until="2026-04-01T00:00:00Z",
    )
    assert lines == [
        ("2025-03-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00Z", 1, "2027-03-01T00:00:00Z"),
    ]


@pytest.mark.parametrize("since", ["2025-06-01T00:00:00Z", "2026-01-01T00:00:00Z"])
def test_what_waits_for_the_end_of_a_period_waits_on_under_a_new_version(since: str) -> None:
    waiting = {"window": YEARS, "validity": NEXT_PERIOD, "upgrade": "period_end"}
    versions = [InForce(rules(1, **waiting)), InForce(rules(2, **waiting), at(since))]
    lines = told(versions, BOUGHT, enrolled="2025-01-01T00:00:00Z", until="2026-06-01T00:00:00Z")
    assert lines == [("2026-01-01T00:00:00Z", 1, "2027-01-01T00:00:00Z")]


def test_a_grant_lies_over_the_track_and_leaves_it_as_it_was() -> None:
    gift = Grant("g", "invited", "gold", at("2025-04-01T00:00:00Z"), at("2025-06-01T00:00:00Z"))
    lines = told(
        rules(),
        BOUGHT,
        enrolled="2025-01-01T00:00:00Z",
        until="2025-12-31T00:00:00Z",
        grants=[gift],
    )
    assert lines == [
        ("2025-03-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"),
        ("2025-04-01T00:00:00Z", 2, "2025-06-01T00:00:00Z"),
        ("2025-06-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"),
    ]
