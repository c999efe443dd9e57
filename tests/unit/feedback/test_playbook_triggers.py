from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.feedback.domain.care.triggers import occasion_on

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2020, 1, 1, tzinfo=SHANGHAI)
WEEKLY = {"kind": "schedule", "every": "week", "weekday": 1, "at": "09:30"}
MONTHLY = {"kind": "schedule", "every": "month", "day": 28, "at": "00:00"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("trigger", "now", "occasion"),
    [
        (WEEKLY, "2026-11-23T09:29", "2026-11-16"),
        (WEEKLY, "2026-11-23T09:30", "2026-11-23"),
        (WEEKLY, "2026-11-29T23:59", "2026-11-23"),
        (MONTHLY, "2026-11-27T23:59", "2026-10-28"),
        (MONTHLY, "2026-11-28T00:00", "2026-11-28"),
        (MONTHLY, "2027-03-27T12:00", "2027-02-28"),
        ({"kind": "manual"}, "2026-11-23T09:30", None),
        ({"kind": "entered"}, "2026-11-23T09:30", "stream"),
        ({"kind": "feedback"}, "2026-11-23T09:30", "stream"),
        ({"kind": "birthday", "at": "10:00"}, "2026-11-23T09:59", None),
        ({"kind": "birthday", "at": "10:00"}, "2026-11-23T10:00", "2026-11-23"),
        ({"kind": "win_back"}, "2026-11-23T09:00", "2026-11-23"),
    ],
)
def test_an_occasion_is_the_last_time_the_trigger_came_round(
    trigger: dict[str, Any], now: str, occasion: str | None
) -> None:
    assert occasion_on(trigger, at(now), LONG_AGO) == occasion


def test_what_came_round_before_it_was_live_is_no_occasion() -> None:
    now = at("2026-11-25T12:00")
    assert occasion_on(WEEKLY, now, at("2026-11-23T09:31")) is None
    assert occasion_on(WEEKLY, now, at("2026-11-23T09:30")) == "2026-11-23"


def test_of_several_missed_rounds_only_the_last_is_an_occasion() -> None:
    assert occasion_on(WEEKLY, at("2026-12-20T12:00"), at("2026-11-01T00:00")) == "2026-12-14"
