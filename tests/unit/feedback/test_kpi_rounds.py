from datetime import date, timedelta

import pytest

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.kpis.rounds import REPAIRED_DAYS, dates_to_roll_up

YESTERDAY = date(2026, 11, 21)


def ago(days: int) -> date:
    return YESTERDAY - timedelta(days=days)


NOW = {ago(400): 1, ago(100): 2, ago(0): 3}
RECENT = ago(REPAIRED_DAYS - 1)


def test_the_first_round_rolls_up_everything() -> None:
    assert dates_to_roll_up({}, NOW, YESTERDAY) == Period(ago(400), YESTERDAY)


def test_an_empty_shop_rolls_up_the_recent_dates() -> None:
    assert dates_to_roll_up({}, {}, YESTERDAY) == Period(RECENT, YESTERDAY)


def test_a_night_repairs_the_recent_dates() -> None:
    then = {ago(400): 1, ago(100): 2, ago(1): 0}
    assert dates_to_roll_up(then, NOW, YESTERDAY) == Period(RECENT, YESTERDAY)


@pytest.mark.parametrize(
    "then",
    [
        {ago(400): 1, ago(100): 9, ago(1): 0},
        {ago(400): 1, ago(1): 0},
    ],
    ids=["changed", "new"],
)
def test_a_changed_date_takes_all_later_ones_along(then: dict[date, int]) -> None:
    assert dates_to_roll_up(then, NOW, YESTERDAY) == Period(ago(100), YESTERDAY)


def test_a_date_whose_facts_are_gone_has_changed() -> None:
    then = NOW | {ago(200): 5}
    assert dates_to_roll_up(then, NOW, YESTERDAY).first == ago(200)


def test_dates_missed_while_the_worker_was_away_are_caught_up() -> None:
    then = {ago(400): 1, ago(100): 2, ago(90): 0}
    assert dates_to_roll_up(then, NOW, YESTERDAY).first == ago(89)


def test_everything_can_be_asked_for() -> None:
    assert dates_to_roll_up(NOW, NOW, YESTERDAY, is_all=True).first == ago(400)


def test_a_clock_gone_wrong_does_not_make_ten_thousand_dates() -> None:
    assert dates_to_roll_up({}, NOW | {date(1970, 1, 1): 4}, YESTERDAY).first == ago(400)


def test_today_is_not_rolled_up() -> None:
    now = NOW | {ago(-1): 8}
    assert dates_to_roll_up(NOW, now, YESTERDAY).last == YESTERDAY
