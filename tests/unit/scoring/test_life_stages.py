"""Stages that were, with the dates they began on."""

from datetime import date, timedelta

import pytest

from services.scoring.domain.seen.life_stages import life_course

FIRST = date(2026, 1, 1)


def days(*offsets: int) -> list[date]:
    return [FIRST + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("orders", "today", "expected"),
    [
        ((), 0, []),
        ((5,), 0, []),
        ((0,), 30, [("new", 0)]),
        ((0,), 31, [("new", 0), ("active", 31)]),
        ((0,), 181, [("new", 0), ("active", 31), ("at_risk", 91), ("churned", 181)]),
        (
            (0, 20, 40, 101),
            140,
            [("new", 0), ("active", 31), ("at_risk", 71), ("reactivated", 101), ("at_risk", 132)],
        ),
    ],
)
def test_stages_begin_where_a_daily_look_sees_them_begin(
    orders: tuple[int, ...], today: int, expected: list[tuple[str, int]]
) -> None:
    course = life_course(days(*orders), FIRST + timedelta(days=today))
    found = [(each.stage.value, (each.since - FIRST).days) for each in course.stages]
    assert found == expected


def test_a_prospect_has_no_rhythm_and_nothing_to_come() -> None:
    course = life_course([], FIRST)
    assert (course.present.value, course.rhythm_days, course.changes_on) == ("prospect", None, None)


def test_the_rhythm_told_is_the_median_gap() -> None:
    course = life_course(days(0, 10, 30, 60), FIRST + timedelta(days=61))
    assert course.rhythm_days == 20.0
    assert course.changes_on == FIRST + timedelta(days=91)
