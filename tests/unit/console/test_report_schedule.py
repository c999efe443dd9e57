"""When reports are due, over short months and changing clocks, and which dates they are about."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.reports.report import BadDates, check_dates
from services.console.reports.schedule import Rhythm, Span, Timing, dates_of

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
TIMINGS = st.one_of(
    st.builds(Timing, st.just(Rhythm.DAILY), st.just(1), st.integers(0, 23)),
    st.builds(Timing, st.just(Rhythm.WEEKLY), st.integers(1, 7), st.integers(0, 23)),
    st.builds(Timing, st.just(Rhythm.MONTHLY), st.integers(1, 31), st.integers(0, 23)),
)
START = datetime(2020, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 15 * 365 * 86_400).map(lambda s: START + timedelta(seconds=s))


@pytest.mark.parametrize(
    ("timing", "after", "zone", "due"),
    [
        (Timing(Rhythm.DAILY, 1, 8), "2026-11-23T00:00:00Z", SHANGHAI, "2026-11-24T00:00:00Z"),
        (Timing(Rhythm.DAILY, 1, 8), "2026-11-22T23:59:59Z", SHANGHAI, "2026-11-23T00:00:00Z"),
        (Timing(Rhythm.WEEKLY, 1, 9), "2026-11-23T02:00:00Z", SHANGHAI, "2026-11-30T01:00:00Z"),
        (Timing(Rhythm.MONTHLY, 31, 6), "2026-02-01T00:00:00Z", BERLIN, "2026-02-28T05:00:00Z"),
        (Timing(Rhythm.MONTHLY, 31, 6), "2028-02-01T00:00:00Z", BERLIN, "2028-02-29T05:00:00Z"),
        (Timing(Rhythm.MONTHLY, 31, 6), "2026-04-29T00:00:00Z", BERLIN, "2026-04-30T04:00:00Z"),
        # 02:00 does not exist on that day: an hour later by the clock on the wall
        (Timing(Rhythm.DAILY, 1, 2), "2026-03-28T12:00:00Z", BERLIN, "2026-03-29T01:00:00Z"),
        # 02:00 comes twice: the first time
        (Timing(Rhythm.DAILY, 1, 2), "2026-10-24T12:00:00Z", BERLIN, "2026-10-25T00:00:00Z"),
        (Timing(Rhythm.DAILY, 1, 2), "2026-10-25T00:00:00Z", BERLIN, "2026-10-26T01:00:00Z"),
    ],
    ids=[
        "on the hour is over",
        "just before",
        "next week",
        "last of February",
        "leap year",
        "last of April",
        "skipped hour",
        "doubled hour",
        "doubled hour once",
    ],
)
def test_reports_are_due_at_the_hour_of_the_shop(
    timing: Timing, after: str, zone: ZoneInfo, due: str
) -> None:
    assert timing.next_after(datetime.fromisoformat(after), zone) == datetime.fromisoformat(due)


@given(timing=TIMINGS, instant=INSTANTS)
def test_the_next_time_lies_ahead_on_a_day_that_fits(timing: Timing, instant: datetime) -> None:
    due = timing.next_after(instant, BERLIN)
    longest = {Rhythm.DAILY: 2, Rhythm.WEEKLY: 8, Rhythm.MONTHLY: 32}[timing.rhythm]
    assert instant < due <= instant + timedelta(days=longest)
    assert timing.is_on(due.astimezone(BERLIN).date())


@given(timing=TIMINGS, instant=INSTANTS)
def test_no_time_is_left_out_between_two(timing: Timing, instant: datetime) -> None:
    due = timing.next_after(instant, BERLIN)
    assert timing.next_after(due - timedelta(microseconds=1), BERLIN) == due


@pytest.mark.parametrize(
    ("span", "today", "first", "last"),
    [
        (Span.LAST_WEEK, date(2026, 11, 23), date(2026, 11, 16), date(2026, 11, 22)),
        (Span.LAST_WEEK, date(2026, 11, 22), date(2026, 11, 9), date(2026, 11, 15)),
        (Span.LAST_MONTH, date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (Span.LAST_MONTH, date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        (Span.LAST_QUARTER, date(2026, 11, 23), date(2026, 7, 1), date(2026, 9, 30)),
        (Span.LAST_QUARTER, date(2026, 2, 3), date(2025, 10, 1), date(2025, 12, 31)),
        (Span.LAST_30_DAYS, date(2026, 3, 1), date(2026, 1, 30), date(2026, 2, 28)),
    ],
    ids=["Monday", "Sunday", "short month", "new year", "quarter", "last year", "30 days"],
)
def test_spans_are_whole_and_over(span: Span, today: date, first: date, last: date) -> None:
    assert dates_of(span, today) == (first, last)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 11, 24)),
        (date(2020, 1, 1), date(2026, 11, 1)),
    ],
    ids=["backwards", "to come", "too long"],
)
def test_dates_nobody_can_report_on_are_refused(first: date, last: date) -> None:
    with pytest.raises(BadDates):
        check_dates(first, last, date(2026, 11, 23))
