"""Classes by conditions: which one is reached, which is kept, and cuts by value."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from services.scoring.domain.conditions.facts import CustomerFacts
from services.scoring.domain.conditions.tree import By, Rank, Window
from services.scoring.domain.days import day_number, pack_days
from services.scoring.domain.tiers.answer import Named
from services.scoring.domain.tiers.class_answer import ClassPrinter, ground_words
from services.scoring.domain.tiers.classes import (
    ClassBars,
    ClassProgramme,
    ClassRelease,
    board_of,
    read_class_cuts,
    stored_cuts,
    value_cut,
)
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Customer, Versions
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.programme import BadProgramme
from services.scoring.domain.tiers.timeline import Rules
from tests.made_models import START, made_model

NAME = {"en": "A", "zh": "甲"}
TOP = {"rank": {"of": "spend", "top": 0.2, "last_days": 30}}
KEEP = {"rank": {"of": "spend", "top": 0.5, "last_days": 30}}
TWICE = {"metric": {"name": "orders", "op": "gte", "value": 2, "last_days": 30}}
BASE = {"key": "c", "name": NAME}


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    tiers = [{"key": f"t{n}", "name": NAME, **rule} for n, rule in enumerate(rules)]
    return {"kind": "value", "fall_after_days": 2, "tiers": [*tiers, BASE]}


def made(*rules: dict[str, Any]) -> ClassProgramme:
    programme = programme_of("p", 1, document(*rules))
    assert isinstance(programme, ClassProgramme)
    return programme


PROGRAMME = made({"when": TOP, "keep": KEEP}, {"when": TWICE})
FIRST = START + timedelta(days=50)


def cut(spend: float) -> dict[Rank, float]:
    asked = {rank.top: rank for rank in PROGRAMME.ranks_asked}
    return {asked[2000]: spend, asked[5000]: spend / 2}


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def release() -> ClassRelease:
    board = board_of(PROGRAMME, cut(1000))
    return ClassRelease(
        release_id=1,
        programme=PROGRAMME,
        model_version="m",
        model=made_model(1),
        history_start=day_number(START),
        rules=Rules(ClassBars(), 2),
        reference_date=FIRST,
        printer=ClassPrinter(PROGRAMME, Named(1, "m"), board),
        board=board,
    )


def course(bought: dict[int, int], until: int) -> list[tuple[int, int, str]]:
    """Give the changes of tier, in days since the release, of purchases by day."""
    numbers = np.array([day_number(FIRST) + day for day in sorted(bought)], dtype=np.int32)
    net = np.array([bought[day] for day in sorted(bought)])
    days = pack_days(
        np.array([0, len(net)]),
        numbers,
        net_booked=net,
        sales_net=net,
        orders=np.ones_like(net),
        lines=np.ones_like(net),
    )
    today = FIRST + timedelta(days=until)
    customer = Customer(UUID(int=1), "c-1", Versions(1, 0), {})
    grid = Grid(release(), Levels.of({FIRST: 1.0}), today, midnight)
    changes = decide([customer], days, grid)[0].changes
    return [((each.at - midnight(FIRST)).days, each.rank, each.move.value) for each in changes]


@pytest.mark.parametrize(
    ("bought", "until", "expected"),
    [
        # in the window of 30 days up to day 9: two dates below, then the fall
        ({-20: 1200}, 9, [(0, 2, "entered")]),
        ({-20: 1200}, 11, [(0, 2, "entered")]),
        ({-20: 1200}, 12, [(0, 2, "entered"), (12, 0, "value_fall")]),
        # kept by half of what entering asks
        ({-20: 900, 5: 600}, 12, [(0, 0, "entered"), (5, 2, "value_rise")]),
        ({-20: 900, 5: 600}, 36, [(0, 0, "entered"), (5, 2, "value_rise")]),
        (
            {-20: 900, 5: 600},
            37,
            [(0, 0, "entered"), (5, 2, "value_rise"), (37, 0, "value_fall")],
        ),
        # over several classes at once, to the one that the last date still keeps
        ({-20: 1200, 8: 10, 9: 10}, 12, [(0, 2, "entered"), (12, 1, "value_fall")]),
        # back above in time: the count starts anew
        ({-20: 1200, 11: 2000}, 14, [(0, 2, "entered")]),
    ],
)
def test_a_rise_is_at_once_and_a_fall_after_two_dates(
    bought: dict[int, int], until: int, expected: list[tuple[int, int, str]]
) -> None:
    assert course(bought, until) == expected


@pytest.mark.parametrize(
    ("numbers", "share", "expected"),
    [
        ([50, 30, 15, 5], 0.8, 30),  # before the third there are 80 of 100: not less than 80 %
        ([50, 31, 14, 5], 0.8, 31),
        ([50, 30, 15, 5], 0.5, 50),
        ([10, 10, 10, 10], 0.5, 10),  # equal ones go together
        ([10, 0, -5], 0.95, 10),
        ([0, 0], 0.8, float("inf")),
    ],
)
def test_cuts_by_value(numbers: list[float], share: float, expected: float) -> None:
    assert value_cut(numbers, share) == expected


def test_cuts_are_read_back_as_they_were() -> None:
    asked = PROGRAMME.ranks_asked
    cuts = {asked[0]: 0.1 + 0.2, asked[1]: float("-inf")}
    assert read_class_cuts(PROGRAMME, stored_cuts(PROGRAMME, cuts, 9)) == cuts
    nobody = {asked[0]: float("inf"), asked[1]: 1.0}
    assert read_class_cuts(PROGRAMME, stored_cuts(PROGRAMME, nobody, 9)) == {asked[1]: 1.0}


@pytest.mark.parametrize(
    "rule",
    [
        {"tier": {"programme": "value", "in": ["high"]}},
        {"in_segment": {"key": "s"}},
        {"attribute": {"name": "geography.region", "op": "exists"}},
        {"nonsense": 1},
    ],
)
def test_a_class_goes_by_what_a_customer_did(rule: dict[str, Any]) -> None:
    with pytest.raises(BadProgramme, match=r"^/tiers/0/when"):
        programme_of("p", 1, document({"when": rule}))


def test_nobody_reaches_a_rank_without_a_cut() -> None:
    look = board_of(PROGRAMME, {}).look_at(CustomerFacts(UUID(int=1), FIRST))
    assert ClassBars().entered(look.mark()) == 0


def test_grounds_have_words_in_both_languages() -> None:
    share = ground_words(Rank("margin", Window(365), 2000, By.CUSTOMERS))
    value = ground_words(Rank("spend", Window(365), 8000, By.VALUE))
    assert share == {
        "en": "Among the top 20 % by margin of the last 365 days",
        "zh": "近365天毛利位列前20%",
    }
    assert value == {
        "en": "Among those who bring the first 80 % of spending of the last 365 days",
        "zh": "近365天消费金额累计占比位于前80%",
    }
