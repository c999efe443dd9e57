"""Which nights a sweep makes up for."""

from datetime import date, timedelta

import pytest

from services.scoring.domain.tiers.levels import Levels
from services.scoring.usecases.releases.sweep import MOST_MISSED, missing_dates

START = date(2026, 1, 1)


def later(days: int) -> date:
    return START + timedelta(days=days)


@pytest.mark.parametrize(
    ("today", "known", "missing"),
    [
        pytest.param(0, [0], [], id="the reference date has its own"),
        pytest.param(1, [0], [1], id="one night"),
        pytest.param(3, [0, 2], [1, 3], id="a gap"),
        pytest.param(3, [0, 1, 2, 3], [], id="nothing missed"),
        pytest.param(-2, [0], [], id="a clock before the release"),
    ],
)
def test_missing_dates(today: int, known: list[int], missing: list[int]) -> None:
    found = missing_dates(START, later(today), {later(day) for day in known})
    assert found == [later(day) for day in missing]


def test_only_the_latest_missed_nights_are_made_up_for() -> None:
    found = missing_dates(START, later(400), {START})
    assert (len(found), found[-1]) == (MOST_MISSED, later(400))


def test_a_date_without_a_level_has_the_latest_earlier_one() -> None:
    levels = Levels.of({later(3): 3.0, START: 1.0})
    assert [levels.at(later(day)) for day in (0, 2, 3, 9)] == [
        (START, 1.0),
        (START, 1.0),
        (later(3), 3.0),
        (later(3), 3.0),
    ]
    assert [levels.seen(later(day)) for day in (-1, 0, 2, 3)] == [0, 1, 1, 2]
    with pytest.raises(LookupError):
        levels.at(later(-1))
