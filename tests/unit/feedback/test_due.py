from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.feedback.domain.care.due import after_workdays, out_of_quiet
from services.feedback.domain.care.playbook import Quiet

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Quiet(time(21), time(9))
NOON = Quiet(time(12), time(14))
WEEKEND = Quiet(weekdays=frozenset({6, 7}))
ALL_BUT_MONDAY = Quiet(time(9), time(8), frozenset({2, 3, 4, 5, 6, 7}))


def is_weekday(day: date) -> bool:
    return day.isoweekday() <= 5


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-20T10:15", 0, "2026-11-20T10:15"),  # a Friday
        ("2026-11-20T10:15", 1, "2026-11-23T10:15"),
        ("2026-11-21T10:15", 1, "2026-11-23T10:15"),
        ("2026-11-20T10:15", 6, "2026-11-30T10:15"),
    ],
)
def test_only_working_days_count(start: str, days: int, due: str) -> None:
    found = after_workdays(local(start).astimezone(UTC), days, SHANGHAI, is_weekday)
    assert found == local(due)


def test_a_calendar_that_never_works_ends() -> None:
    found = after_workdays(local("2026-11-20T10:00"), 3, SHANGHAI, lambda _: False)
    assert (found - local("2026-11-20T10:00")).days == 60


@pytest.mark.parametrize(
    ("quiet", "instant", "moved"),
    [
        (Quiet(), "2026-11-20T03:00", "2026-11-20T03:00"),
        (NIGHT, "2026-11-20T20:59", "2026-11-20T20:59"),
        (NIGHT, "2026-11-20T21:00", "2026-11-21T09:00"),
        (NIGHT, "2026-11-20T08:59", "2026-11-20T09:00"),
        (NIGHT, "2026-11-20T09:00", "2026-11-20T09:00"),
        (NOON, "2026-11-20T13:00", "2026-11-20T14:00"),
        (WEEKEND, "2026-11-21T13:00", "2026-11-23T00:00"),
        (ALL_BUT_MONDAY, "2026-11-24T10:00", "2026-11-30T08:00"),
    ],
)
def test_nobody_is_disturbed_in_quiet_hours(quiet: Quiet, instant: str, moved: str) -> None:
    assert out_of_quiet(local(instant), quiet, SHANGHAI) == local(moved)


def test_the_night_in_which_clocks_go_back_never_moves_backwards() -> None:
    paris = ZoneInfo("Europe/Paris")
    quiet = Quiet(time(1), time(2, 30))
    inside = datetime(2026, 10, 25, 2, 10, tzinfo=paris, fold=1).astimezone(UTC)
    moved = out_of_quiet(inside, quiet, paris)
    assert inside < moved <= datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
