"""Tallies of a simulation add up in any order, and tell what a draft would do."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.deciding import Instant
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.release import StatusRelease, status_release
from services.scoring.domain.status.simulated import Basis, document_of
from services.scoring.domain.status.simulation import Member, Question, Tally, tally, together
from services.scoring.domain.tiers.decision import Versions
from tests.status_shop import club

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
MONTHS = (datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC))
#: A year from the upgrade, whatever is bought in it: buying earlier may end it earlier.
FIRST: dict[str, Any] = {"qualification": "track", "refresh": "first", "downgrade": "base"}
LOUNGE = {
    "key": "lounge",
    "kind": "event",
    "name": {"en": "Lounge", "zh": "贵宾室"},
    "tiers": ["silver", "gold"],
    "quota": {"count": 2, "per": "month"},
    "cost": {"amount": "10.00"},
}


def release(version: int = 1, **changes: Any) -> StatusRelease:
    document = club(**changes)
    return status_release(version, "club", [(version, None, document)], AS_OF.date())


def dear() -> StatusRelease:
    tiers = deepcopy(club()["tiers"])
    tiers[1]["enter"]["all"]["stars"] = 1000
    return release(2, tiers=tiers)


def member(number: int, *bought: tuple[int, int], is_scanned: bool = False) -> Member:
    """Somebody who bought for so many yuan, so many days before the end of the year."""
    rows = []
    for place, (yuan, days) in enumerate(bought):
        at = AS_OF - timedelta(days=days)
        entry_id = bytes([number, place]) + bytes(14)
        rows.append(EntryRow(entry_id, None, at, at, yuan * 100, 0, 1, 1000))
    customer = StatusCustomer(UUID(int=number), None, Versions(1, 0), None, rows, (), (), ())
    return Member(customer, None, is_scanned)


def question(draft: StatusRelease, former: StatusRelease | None = None) -> Question:
    instant = Instant(
        AS_OF, AS_OF.date(), lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC)
    )
    return Question(draft, former, instant, MONTHS, AS_OF - timedelta(days=180), 7)


PEOPLE = [
    member(1, (600, 300), (50, 20)),
    member(2, (1200, 100)),
    member(3, (700, 40)),
    member(4, (2600, 200), (400, 10)),
    member(5),
]


def told(found: Tally, asked: Question, document: dict[str, Any] | None = None) -> dict[str, Any]:
    return document_of(found, asked, Basis(9, document or club(), None, club()))


def test_parts_add_up_to_the_whole_in_any_order() -> None:
    asked = question(dear(), release())
    parts = [tally([each], asked) for each in PEOPLE]
    whole = json.dumps(told(tally(PEOPLE, asked), asked))
    assert json.dumps(told(together(parts, asked), asked)) == whole
    assert json.dumps(told(together(parts[::-1], asked), asked)) == whole


def test_who_would_lose_a_tier_is_told_by_what_they_spent() -> None:
    asked = question(dear(), release())
    found = told(tally(PEOPLE, asked), asked)
    assert found["losing"]["customers"] == 2
    assert [
        (each["from"], each["to"], each["spend_12_months"]) for each in found["losing"]["largest"]
    ] == [
        ("silver", "regular", "700.00"),
        ("silver", "regular", "650.00"),
    ]
    assert sum(move["customers"] for move in found["migration"]) == len(PEOPLE)


def test_who_would_gain_a_tier_is_told_with_what_is_expected_of_them() -> None:
    asked = question(release(2), dear())
    people = [each._replace(expected=1 + place) for place, each in enumerate(PEOPLE)]
    found = told(tally(people, asked), asked)
    assert found["rising"]["customers"] == 2
    assert [each["spend_12_months"] for each in found["rising"]["largest"]] == ["700.00", "650.00"]
    assert [tier["customers"] for tier in found["before"]["tiers"]] == [3, 1, 1]
    assert [round(tier["share"] * 15) for tier in found["before"]["value"]] == [9, 2, 4]
    assert [round(tier["share"] * 15) for tier in found["value"]] == [5, 6, 4]


def test_a_first_draft_takes_nothing_from_anybody() -> None:
    asked = question(release())
    found = told(tally(PEOPLE, asked), asked)
    assert (found["in_force"], found["losing"]["customers"]) == (None, 0)
    assert {move["from"] for move in found["migration"]} == {None}


def test_months_count_who_was_a_customer_then() -> None:
    asked = question(release())
    found = told(tally(PEOPLE, asked), asked)
    # The fifth has never bought: enrolled on the release's date, after both months.
    assert [month["customers"] for month in found["months"]] == [2, 4]
    assert [tier["customers"] for tier in found["months"][1]["tiers"]] == [0, 3, 1]


def test_the_value_of_the_top_tier_is_what_it_bought_afterwards() -> None:
    asked = question(release())
    top = told(tally(PEOPLE, asked), asked)["top_tier"]
    # Half a year ago two were customers, one of them gold: 400 of 450 yuan since were theirs.
    assert (top["tier"], top["share_of_customers"]) == ("gold", 0.5)
    assert top["share_of_value"] == round(400 / 450, 6)


def test_benefits_are_counted_as_used_up() -> None:
    asked = question(release())
    document = club(benefits=[LOUNGE])
    costs = told(tally(PEOPLE, asked), asked, document)["benefits"]
    lounge = {"key": "lounge", "members": 4, "uses_a_year": 96, "cost_a_year": "960.00"}
    assert (costs["benefits"], costs["cost_a_year"]) == ([lounge], "960.00")


def test_a_design_in_which_buying_more_hurts_is_found_out() -> None:
    people = [member(n, (450, 500 + n), (450, 200), is_scanned=True) for n in range(1, 60)]
    flawed = question(release(**FIRST))
    assert told(tally(people, flawed), flawed)["more_hurts"]["hurt"] > 0
    fair = question(release())
    found = told(tally(people, fair), fair)["more_hurts"]
    assert found == {"scanned": 59, "hurt": 0, "examples": []}
