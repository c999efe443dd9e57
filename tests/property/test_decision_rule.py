"""Whatever the scores: carried on or replayed, a tier is the same; it rises at once, falls late."""

import math
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.decision import sum_of_changes
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import (
    Calendar,
    Course,
    OrderMoments,
    Rules,
    advance,
    replay,
)

FIRST = date(2026, 1, 1)
ENTER, LEAVE = (-math.inf, 5.0, 8.0), (-math.inf, 4.0, 7.0)
SCORES = st.lists(st.integers(0, 10).map(float), min_size=1, max_size=40)
ORDER_DAYS = st.sets(st.integers(0, 40))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def calendar(order_days: set[int]) -> Calendar:
    moments = {}
    for number in order_days:
        at = midnight(FIRST + timedelta(days=number)) + timedelta(hours=12)
        moments[FIRST + timedelta(days=number)] = OrderMoments(at, at)
    return Calendar(midnight, moments)


def grid(scores: list[float]) -> list[tuple[date, float]]:
    return [(FIRST + timedelta(days=number), score) for number, score in enumerate(scores)]


@given(SCORES, ORDER_DAYS, st.integers(1, 4), st.data())
def test_carrying_on_from_any_dates_equals_the_replay(
    scores: list[float], orders: set[int], fall_after: int, data: st.DataObject
) -> None:
    days, rules = grid(scores), Rules(Cuts(ENTER, LEAVE), fall_after)
    whole = replay(days, rules, calendar(orders), FIRST)
    stops = sorted(data.draw(st.sets(st.integers(1, len(days)))) | {len(days)})
    course = replay(days[: stops[0]], rules, calendar(orders), FIRST)
    total = sum_of_changes(course.changes)
    for start, stop in pairwise(stops):
        stored = Course(course.day, course.standing, course.since, ())
        course = advance(stored, days[start:stop], rules, calendar(orders))
        total = sum_of_changes(course.changes, total)
    assert (course.day, course.standing, course.since) == (whole.day, whole.standing, whole.since)
    assert total == sum_of_changes(whole.changes)


@given(SCORES, ORDER_DAYS, st.integers(1, 4))
def test_a_date_that_reaches_a_cut_holds_at_least_that_tier(
    scores: list[float], orders: set[int], fall_after: int
) -> None:
    rules = Rules(Cuts(ENTER, LEAVE), fall_after)
    course = replay(grid(scores), rules, calendar(orders), FIRST)
    assert course.standing.rank >= rules.cuts.entered(scores[-1])


@given(SCORES, ORDER_DAYS, st.integers(1, 4))
def test_a_fall_is_at_midnight_after_enough_dates_below(
    scores: list[float], orders: set[int], fall_after: int
) -> None:
    course = replay(grid(scores), Rules(Cuts(ENTER, LEAVE), fall_after), calendar(orders), FIRST)
    for before, change in pairwise(course.changes):
        assert change.at > before.at
        if change.move is Move.FALL:
            number = (change.at.date() - FIRST).days
            assert change.at == midnight(change.at.date())
            assert all(score < LEAVE[before.rank] for score in scores[number - fall_after : number])
