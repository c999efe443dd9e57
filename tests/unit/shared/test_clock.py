"""Business time: clocks, calendar days and the midnights of nights when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.clock import (
    FixedClock,
    OffsetClock,
    SystemClock,
    business_date,
    clock_from,
    first_instant_of,
    next_local_midnight,
)
from tests.fakes import FakeClock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_business_now_is_the_machines_clock(nothing: str | None) -> None:
    assert isinstance(clock_from(nothing), SystemClock)


@pytest.mark.parametrize(
    "text", ["1998-01-01T00:00:00Z", "1998-01-01T08:00:00+08:00", "1997-12-31T19:00:00-05:00"]
)
def test_an_instant_stops_the_clock(text: str) -> None:
    assert clock_from(text) == FixedClock(datetime(1998, 1, 1, tzinfo=UTC))
    assert clock_from(text).now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("-365d", timedelta(days=-365)),
        ("+12h", timedelta(hours=12)),
        ("-P365D", timedelta(days=-365)),
        ("+PT90S", timedelta(seconds=90)),
        ("+5m", timedelta(minutes=5)),
    ],
)
def test_an_offset_moves_a_running_clock(text: str, offset: timedelta) -> None:
    clock = clock_from(text, source=FakeClock(NOON))
    assert clock.now() == NOON + offset
    assert isinstance(clock, OffsetClock)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "1998-01-01", "1998-01-01T00:00:00", "365d", "-d", "0001-01-01T00:00:00+14:00"],
)
def test_anything_else_is_refused_with_the_forms_that_work(text: str) -> None:
    with pytest.raises(ValueError, match="BUSINESS_NOW is an RFC 3339 instant"):
        clock_from(text)


def test_business_date_is_the_local_day() -> None:
    assert business_date(at("2026-11-21T16:30:00Z"), ZoneInfo("Asia/Shanghai")) == date(
        2026, 11, 22
    )


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("UTC", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("Asia/Shanghai", "2026-11-21T15:59:59Z", "2026-11-21T16:00:00Z"),
        # clocks go forward at 02:00: a day of 23 hours
        ("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        # clocks go back at 03:00: a day of 25 hours
        ("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        # clocks jump over midnight: the day begins at 01:00
        ("America/Santiago", "2025-09-06T12:00:00Z", "2025-09-07T04:00:00Z"),
        ("Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z"),
        ("America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"),
        # midnight happens twice: the first one begins the day
        ("America/Havana", "2026-10-31T12:00:00Z", "2026-11-01T04:00:00Z"),
        # a whole day was skipped
        ("Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z"),
    ],
)
def test_next_midnight_also_where_it_is_skipped_or_doubled(
    zone: str, now: str, midnight: str
) -> None:
    assert next_local_midnight(at(now), ZoneInfo(zone)) == at(midnight)


@pytest.mark.parametrize(
    "zone", ["America/Santiago", "Europe/Berlin", "Asia/Tehran", "Africa/Cairo"]
)
def test_every_day_of_a_year_begins_where_the_one_before_ends(zone: str) -> None:
    zone_info = ZoneInfo(zone)
    day = date(2024, 1, 1)
    for _ in range(366):
        start = first_instant_of(day, zone_info)
        assert business_date(start, zone_info) == day
        assert business_date(start - timedelta(seconds=1), zone_info) == day - timedelta(days=1)
        day += timedelta(days=1)
