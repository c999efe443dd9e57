from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.feedback.domain.cases.business_hours import (
    Calendar,
    Span,
    due_after,
    instant_of,
    worked_between,
)
from services.feedback.domain.cases.calendar_document import (
    DEFAULT,
    NationalDays,
    read_calendar,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = (Span(540, 1080),)
WEEK = Calendar(SHANGHAI, (OFFICE,) * 5 + ((), ()))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T10:00", 2, "2026-11-20T12:00"),
        ("2026-11-20T16:00", 4, "2026-11-23T11:00"),  # a Friday: the rest on Monday
        ("2026-11-20T16:00", 2, "2026-11-20T18:00"),  # to the last minute
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),  # a Saturday
        ("2026-11-20T03:00", 0, "2026-11-20T09:00"),
        ("2026-11-20T18:00", 0, "2026-11-20T18:00"),
        ("2026-11-20T18:01", 0, "2026-11-23T09:00"),
        ("2026-11-20T09:00", 45, "2026-11-26T18:00"),  # five days of nine hours
    ],
)
def test_a_due_time_counts_working_hours(start: str, hours: int, due: str) -> None:
    assert due_after(at(start), timedelta(hours=hours), WEEK) == at(due)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20T10:00", "2026-11-20T12:30", 150),
        ("2026-11-20T17:00", "2026-11-23T10:00", 120),
        ("2026-11-21T00:00", "2026-11-22T23:00", 0),
        ("2026-11-20T12:00", "2026-11-20T10:00", 0),  # backwards
    ],
)
def test_only_working_minutes_are_counted(start: str, end: str, minutes: int) -> None:
    assert worked_between(at(start), at(end), WEEK) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-03-30", 24)],
)
def test_a_day_of_changed_clocks_is_as_long_as_it_is(day: str, hours: int) -> None:
    always = Calendar(BERLIN, ((Span(0, 1440),),) * 7)
    midnight = at(f"{day}T00:00", BERLIN)
    next_day = datetime.combine(midnight.date() + timedelta(days=1), midnight.time(), BERLIN)
    assert worked_between(midnight, next_day, always) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "minute", "utc"),
    [
        ("2026-03-29", 120, "2026-03-29T01:00"),  # skipped: the jump
        ("2026-03-29", 150, "2026-03-29T01:00"),
        ("2026-03-29", 180, "2026-03-29T01:00"),
        ("2026-10-25", 150, "2026-10-25T00:30"),  # twice: the first
        ("2026-10-25", 1440, "2026-10-25T23:00"),
    ],
)
def test_wall_times_around_a_jump(day: str, minute: int, utc: str) -> None:
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert instant_of(date.fromisoformat(day), minute, BERLIN) == expected


def test_hours_that_the_jump_swallows_are_none() -> None:
    night = Calendar(BERLIN, ((Span(125, 175),),) * 7)
    start = at("2026-03-29T00:00", BERLIN)
    assert due_after(start, timedelta(minutes=10), night) == at("2026-03-30T02:15", BERLIN)


def test_own_days_count_more_than_those_of_the_country() -> None:
    closed, worked = date(2026, 11, 24), date(2026, 11, 28)
    national = NationalDays({date(2026, 11, 23): {"en": "Day off"}}, frozenset({worked}))
    document = {
        **DEFAULT,
        "holidays": [{"date": "2026-11-24", "name": None}],
        "working_days": [
            {"date": "2026-11-23", "hours": [{"opens": "10:00", "closes": "12:00"}]},
            {"date": "2026-11-29", "hours": None},
        ],
    }
    calendar = read_calendar(document, SHANGHAI, national)
    assert calendar.spans_of(closed) == ()
    assert calendar.spans_of(worked) == OFFICE
    assert calendar.spans_of(date(2026, 11, 23)) == (Span(600, 720),)
    assert calendar.spans_of(date(2026, 11, 29)) == OFFICE


def test_make_up_days_have_hours_of_their_own() -> None:
    made_up = [{"opens": "10:00", "closes": "24:00"}]
    national = NationalDays(working=frozenset({date(2026, 11, 28)}))
    document = {**DEFAULT, "zone": "Europe/Berlin", "make_up_hours": made_up}
    calendar = read_calendar(document, SHANGHAI, national)
    assert calendar.zone == BERLIN
    assert calendar.spans_of(date(2026, 11, 28)) == (Span(600, 1440),)
