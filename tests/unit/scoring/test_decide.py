"""One decision for one customer or many, from nothing or carried on: the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, pack_days
from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.domain.tiers.answer import AnswerPrinter, Named
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import (
    Basis,
    Because,
    Customer,
    Decision,
    StoredDecision,
    Versions,
)
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.timeline import Course, Rules
from shared.contracts.tier import TierAnswer

START = date(2026, 1, 1)
DECAYED = FEATURE_NAMES.index("net_decayed_14d")


@dataclass(frozen=True)
class FakeExplained:
    groups: tuple[str, ...]
    parts: NDArray[np.float64]


class FakeModel:
    """Scores by decayed spend alone."""

    columns = (DECAYED,)
    months: tuple[float, ...] = ()

    def raw_score(self, X: NDArray[Any]) -> NDArray[np.float64]:
        return 1.0 + X[:, DECAYED] / 1000

    def explain(self, X: NDArray[Any]) -> FakeExplained:
        return FakeExplained(("amount",), np.log(self.raw_score(X))[:, None])


PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
RELEASE = Release(
    release_id=7,
    programme=PROGRAMME,
    model_version="m",
    model=FakeModel(),
    history_start=day_number(START),
    rules=Rules(Cuts((-math.inf, 2.0, 4.0), (-math.inf, 1.8, 3.5)), 2),
    reference_date=START + timedelta(days=60),
    printer=AnswerPrinter(PROGRAMME, Named(7, "m")),
)
LEVELS = Levels.of({RELEASE.reference_date: 1.0, RELEASE.reference_date + timedelta(days=5): 1.1})


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def grid(days: int, levels: Levels = LEVELS) -> Grid:
    return Grid(RELEASE, levels, RELEASE.reference_date + timedelta(days=days), midnight)


def customer(number: int = 1, **changes: Any) -> Customer:
    blank = Customer(UUID(int=number), f"c-{number}", Versions(1, 0), {})
    return replace(blank, **changes)


def days_of(*bought: Sequence[tuple[int, int]]) -> CustomerDays:
    """Pack customers' purchases: (days since START, net)."""
    rows = [row for one in bought for row in one]
    net = np.array([row[1] for row in rows], dtype=np.int64)
    return pack_days(
        np.concatenate(([0], np.cumsum([len(one) for one in bought]))),
        np.array([day_number(START) + row[0] for row in rows]),
        net_booked=net,
        sales_net=net,
        orders=np.ones_like(net),
    )


HISTORIES: tuple[list[tuple[int, int]], ...] = (
    [(10, 500), (59, 9000)],
    [(61, 2500), (66, 4000)],
    [],
    [(58, 1500)],
    [(5, 100), (40, 100), (75, 8000)],
)


def decide_one(history: Sequence[tuple[int, int]], at: Grid, **changes: Any) -> Decision:
    return decide([customer(**changes)], days_of(history), at)[0]


@pytest.mark.parametrize("days", [0, 1, 4, 9, 30])
def test_many_together_are_decided_as_each_alone(days: int) -> None:
    customers = [customer(number) for number in range(len(HISTORIES))]
    together = decide(customers, days_of(*HISTORIES), grid(days))
    alone = [
        decide([one], days_of(history), grid(days))[0]
        for one, history in zip(customers, HISTORIES, strict=True)
    ]
    assert together == alone


@pytest.mark.parametrize("history", [one for one in HISTORIES if one])
def test_carried_on_day_by_day_equals_replayed(history: list[tuple[int, int]]) -> None:
    first = max(0, history[0][0] - 60)
    decision = decide_one(history, grid(first))
    for days in range(first + 1, 30):
        replayed = decide_one(history, grid(days))
        carried = decide_one(history, grid(days), stored=kept(decision))
        assert (carried.is_resumed, replayed.is_resumed) == (True, False)
        assert comparable(carried) == comparable(replayed)
        decision = carried


def kept(decision: Decision) -> StoredDecision:
    """What the next day finds stored."""
    assert decision.course is not None
    course = decision.course
    return StoredDecision(
        basis=Basis(decision.versions.facts, RELEASE.release_id, decision.levels_seen),
        course=Course(course.day, course.standing, course.since, ()),
        changes_sum=decision.changes_sum,
    )


def comparable(decision: Decision) -> tuple[object, ...]:
    assert decision.course is not None
    return (
        decision.answer,
        decision.since,
        decision.course.standing,
        decision.changes_sum,
        decision.inputs_hash,
    )


@pytest.mark.parametrize(
    "basis", [Basis(2, 7, 1), Basis(1, 6, 1), Basis(1, 7, 2)], ids=["facts", "release", "levels"]
)
def test_what_changed_behind_a_stored_decision_means_replay(basis: Basis) -> None:
    stored = replace(kept(decide_one(HISTORIES[0], grid(1))), basis=basis)
    assert decide_one(HISTORIES[0], grid(2), stored=stored).is_resumed is False


def test_long_grids_are_decided_in_slices() -> None:
    many, days = 400, 300  # 120,000 rows of features at once would be 35 MB
    customers = [customer(number) for number in range(many)]
    decisions = decide(customers, days_of(*[HISTORIES[0]] * many), grid(days))
    assert len({decision.since for decision in decisions}) == 1
    assert [decision.profile_id for decision in decisions] == [c.profile_id for c in customers]


def test_spending_fades_and_the_tier_falls_at_midnight() -> None:
    decision = decide_one(HISTORIES[0], grid(60))
    assert decision.course is not None
    assert [change.rank for change in decision.course.changes] == [2, 1, 0]
    assert decision.since == midnight(decision.since.date())


def test_a_purchase_after_the_business_date_is_not_there_yet() -> None:
    decision = decide_one([(75, 8000)], grid(3))
    answer = TierAnswer.model_validate_json(decision.answer + b',"as_of":"2026-01-01T00:00:00Z"}')
    assert (decision.course, answer.lifecycle) == (None, "prospect")


def test_a_clock_before_the_release_still_answers() -> None:
    assert decide_one(HISTORIES[0], grid(-5, Levels.of({START: 1.0}))).course is not None


@pytest.mark.parametrize(
    ("told", "because"),
    [
        (None, Because.FIRST_DECISION),
        (("high", 7), None),
        (("low", 6), Because.RELEASE),
        (("low", 7), Because.CORRECTION),
    ],
)
def test_history_says_why(told: tuple[str, int] | None, because: Because | None) -> None:
    assert decide_one(HISTORIES[0], grid(0), last_told=told).because == because


def test_history_tells_a_rise_from_a_fall() -> None:
    risen = decide_one([(5, 100), (75, 8000)], grid(15))
    before = kept(decide_one([(5, 100)], grid(15)))
    told = {"stored": before, "last_told": ("low", 7), "versions": Versions(2, 0)}
    assert decide_one([(5, 100), (75, 8000)], grid(15), **told).because is Because.VALUE_RISE
    later = {"stored": kept(risen), "last_told": ("high", 7)}
    assert decide_one([(5, 100), (75, 8000)], grid(50), **later).because is Because.VALUE_FALL
