"""What publishing a draft does is told as deciding by it does it: at once, and with an order."""

import random
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scoring.domain.status.deciding import history_of
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.history import Pin
from services.scoring.domain.status.engine.stand import stand
from services.scoring.domain.status.publication import publication_of
from services.scoring.domain.status.release import StatusRelease, status_release
from services.scoring.domain.status.simulation import Member, Question, tally
from tests.status_shop import club
from tests.unit.scoring.test_simulation import AS_OF, member, question

AT = AS_OF - timedelta(microseconds=1)
YEAR: dict[str, Any] = {
    "qualification": "track",
    "window": {"kind": "calendar", "unit": "year"},
    "validity": {"kind": "periods", "after": 1},
}
FLOATING: dict[str, Any] = {"qualification": "track", "validity": {"kind": "floating"}}


def cheap(gold: int = 2300, **changes: Any) -> dict[str, Any]:
    """The club with a lower bar for gold."""
    document = club(**changes)
    document["tiers"] = deepcopy(document["tiers"])
    document["tiers"][2]["enter"] = {"all": {"stars": gold}}
    return document


def asked_of(before: dict[str, Any], after: dict[str, Any]) -> Question:
    """Ask what a document does that is published after another one."""
    former = status_release(1, "club", [(1, None, before)], AS_OF.date())
    draft = status_release(2, "club", [(2, None, after)], AS_OF.date())
    published = publication_of(former, [(1, None, before)], (2, None, after), AT)
    return replace(question(draft, former), published=published)


def starts(people: list[Member], asked: Question) -> dict[str, int]:
    return {name: count for name, count in tally(people, asked).starts.items() if count}


def rank(release: StatusRelease, customer: StatusCustomer, asked: Question) -> int:
    return stand(release.schedule, history_of(customer, release, asked.instant), AT).rank


def somebody(number: int) -> Member:
    """Draw somebody who bought up to six times in two years."""
    drawn = random.Random(number)
    bought = [(drawn.randint(1, 1500), drawn.randint(1, 730)) for _ in range(drawn.randint(0, 6))]
    return member(number, *bought)


def test_who_has_enough_rises_with_the_next_order_and_who_had_it_once_does_not() -> None:
    people = [
        member(1, (2400, 30)),
        member(2, (2400, 400), (300, 20)),
        member(3, (2600, 10)),
        member(4, (100, 9)),
    ]
    asked = asked_of(club(), cheap())
    found = tally(people, asked)
    assert (found.rose, starts(people, asked)) == (1, {"next_order": 1})
    # once: 2,400 stars 300 days ago and none since; in 70 days none of them count any more
    had = member(5, (1200, 500), (1200, 250), (10, 100))
    assert (tally([had], asked).rose, starts([had], asked)) == (1, {})


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param({}, {}, {"next_order"}, id="ledger"),
        pytest.param(YEAR, YEAR, {"next_order"}, id="calendar"),
        pytest.param(YEAR, YEAR | {"upgrade": "period_end"}, {"period_end"}, id="period-end"),
        pytest.param(FLOATING, FLOATING, {"rising"}, id="floating"),
    ],
)
def test_what_is_told_is_what_deciding_by_both_versions_does(
    before: dict[str, Any], after: dict[str, Any], words: set[str]
) -> None:
    people = [somebody(number) for number in range(1, 200)]
    asked = asked_of(club(**before), cheap(900, **after))
    assert asked.published is not None
    told = starts(people, asked)
    assert set(told) >= words
    slow = replace(asked, published=replace(asked.published, moves_nobody=False))
    assert starts(people, slow) == told
    rises = 0
    for each in people:
        old, new = (
            rank(release, each.customer, asked)
            for release in (asked.published.former, asked.published.release)
        )
        rises += new > old
    assert told.get("rising", 0) == rises


def test_what_an_order_then_does_is_what_was_told() -> None:
    people = [somebody(number) for number in range(1, 200)]
    asked = asked_of(club(), cheap(900))
    assert asked.published is not None
    release = asked.published.release
    rises = 0
    for each in people:
        (order,) = member(255, (1, 0)).customer.rows
        bought = replace(each.customer, rows=[*each.customer.rows, order])
        after = stand(release.schedule, history_of(bought, release, asked.instant), AS_OF)
        rises += after.rank > rank(release, each.customer, asked)
    assert starts(people, asked) == {"next_order": rises}
    assert rises > 0


def test_who_is_held_down_by_hand_does_not_wait_for_an_order() -> None:
    enough = member(1, (2400, 10))
    pin = Pin("p", "exact", "silver", AS_OF - timedelta(days=9), None)
    pinned = enough._replace(customer=replace(enough.customer, pins=[pin]))
    assert starts([enough, pinned], asked_of(club(), cheap())) == {"next_order": 1}


def test_a_first_version_decides_everybody_and_starts_nobody() -> None:
    assert starts([member(1, (2400, 10))], question(asked_of(club(), cheap()).draft)) == {}
