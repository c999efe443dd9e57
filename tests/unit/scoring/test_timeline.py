"""The rule of a value tier by date: enter at 50 and 80, leave under 45 and 75, fall after two."""

import math
from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import Calendar, Course, OrderMoments, Rules, replay

RULES = Rules(Cuts(enter=(-math.inf, 50.0, 80.0), leave=(-math.inf, 45.0, 75.0)), 2)
FIRST = date(2026, 1, 1)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def walk(
    *scores: float,
    orders: dict[int, OrderMoments] | None = None,
    first_order: date = date(2025, 1, 1),
) -> Course:
    days = [(FIRST + timedelta(days=place), score) for place, score in enumerate(scores)]
    moments = {FIRST + timedelta(days=place): at for place, at in (orders or {}).items()}
    return replay(days, RULES, Calendar(midnight, moments), first_order)


def at(day: int, hour: int = 0) -> datetime:
    return midnight(FIRST) + timedelta(days=day, hours=hour)


def ranks(course: Course) -> list[tuple[int, int]]:
    return [((change.at - midnight(FIRST)).days, change.rank) for change in course.changes]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param([85], [(0, 2)], id="classed by the enter cuts"),
        pytest.param([77], [(0, 1)], id="the leave cut does not let in"),
        pytest.param([85, 77, 77, 77], [(0, 2)], id="between the cuts a tier is kept"),
        pytest.param([85, 60], [(0, 2)], id="one date below changes nothing"),
        pytest.param([85, 60, 60], [(0, 2)], id="nor does the second while it lasts"),
        pytest.param([85, 60, 60, 60], [(0, 2), (3, 1)], id="midnight after the second falls"),
        pytest.param([85, 10, 10, 10], [(0, 2), (3, 0)], id="two tiers in one transition"),
        pytest.param([85, 60, 76, 60, 60, 60], [(0, 2), (5, 1)], id="a good date starts anew"),
        pytest.param([85, 10, 60, 60], [(0, 2), (3, 1)], id="the last date says how deep"),
        pytest.param([85, 60, 60, 85], [(0, 2)], id="fall and rise at one midnight are nothing"),
        pytest.param(
            [85, 60, 10, 60], [(0, 2), (3, 1)], id="fall by two and rise by one is one fall"
        ),
        pytest.param([10, 55, 85], [(0, 0), (1, 1), (2, 2)], id="a rise counts on its date"),
        pytest.param([10, 85], [(0, 0), (1, 2)], id="a rise may skip tiers"),
        pytest.param([60, 44, 44, 44, 44], [(0, 1), (3, 0)], id="the lowest tier is never left"),
    ],
)
def test_course_of_scores(scores: list[float], expected: list[tuple[int, int]]) -> None:
    assert ranks(walk(*scores)) == expected


def test_rise_dates_from_the_last_order_of_its_date() -> None:
    course = walk(10, 85, orders={1: OrderMoments(at(1, 9), at(1, 17))})
    assert (course.since, course.changes[-1].move) == (at(1, 17), Move.RISE)


def test_rise_without_an_order_dates_from_midnight() -> None:
    assert walk(10, 85).since == at(1)


def test_fall_dates_from_midnight_even_if_an_order_follows() -> None:
    course = walk(85, 60, 60, 60, orders={3: OrderMoments(at(3, 9), at(3, 9))})
    assert course.since == at(3)


def test_fall_and_later_rise_of_one_date_are_two_changes() -> None:
    course = walk(85, 60, 60, 85, orders={3: OrderMoments(at(3, 9), at(3, 9))})
    assert [(c.at, c.rank) for c in course.changes[1:]] == [(at(3), 1), (at(3, 9), 2)]


def test_first_customer_day_dates_from_the_first_order() -> None:
    orders = {0: OrderMoments(at(0, 9), at(0, 17))}
    assert walk(85, orders=orders, first_order=FIRST).since == at(0, 9)
    assert walk(85, orders=orders).since == at(0)


@pytest.mark.parametrize(
    ("booked", "since"), [(-3, at(1)), (30, at(2) - timedelta(microseconds=1))]
)
def test_instant_stays_within_its_business_date(booked: int, since: datetime) -> None:
    moment = at(1) + timedelta(hours=booked)
    assert walk(10, 85, orders={1: OrderMoments(moment, moment)}).since == since
