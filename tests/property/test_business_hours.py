"""Working hours are a clock of their own: it runs forward, in its hours, and adds up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.cases.business_hours import (
    DAY_MINUTES,
    Calendar,
    Span,
    due_after,
    worked_between,
)

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
# Around the changes of clocks of 2026, where things go wrong.
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01")
MINUTE = timedelta(minutes=1)


def spans_at(edges: list[int]) -> tuple[Span, ...]:
    return tuple(Span(a, b) for a, b in list(pairwise(sorted(set(edges))))[::2])


def days(edge: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Span, ...]]:
    return st.lists(edge, max_size=6).map(spans_at)


# Apart from the hours in which clocks are changed, for the plain count of minutes.
BY_DAY = st.one_of(st.just(0), st.integers(5 * 60, DAY_MINUTES))
ANY = st.integers(0, DAY_MINUTES)
INSTANTS = st.builds(
    lambda day, minutes: datetime.fromisoformat(day).replace(tzinfo=UTC) + minutes * MINUTE,
    st.sampled_from(CHANGES),
    st.integers(-4 * DAY_MINUTES, 4 * DAY_MINUTES),
)
WORK = st.integers(0, 3000).map(lambda minutes: minutes * MINUTE)


def calendars(edge: st.SearchStrategy[int]) -> st.SearchStrategy[Calendar]:
    week = st.tuples(*(days(edge) for _ in range(7)))
    exceptions = st.dictionaries(INSTANTS.map(lambda at: at.date()), days(edge), max_size=4)
    # A weekday of at least an hour, by day: clocks never jump over it.
    usable = st.builds(lambda days: ((Span(600, 720),), *days[1:]), week)
    return st.builds(Calendar, st.sampled_from(ZONES).map(ZoneInfo), usable, exceptions)


def is_open(at: datetime, calendar: Calendar) -> bool:
    local = at.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(s.opens <= minute < s.closes for s in calendar.spans_of(local.date()))


@given(INSTANTS, WORK, calendars(ANY))
def test_the_due_time_is_when_that_much_work_was_possible(
    start: datetime, work: timedelta, calendar: Calendar
) -> None:
    assert worked_between(start, due_after(start, work, calendar), calendar) == work


@given(INSTANTS, WORK, WORK, calendars(ANY))
def test_work_adds_up(
    start: datetime, first: timedelta, second: timedelta, calendar: Calendar
) -> None:
    halfway = due_after(start, first, calendar)
    assert due_after(halfway, second, calendar) == due_after(start, first + second, calendar)


@given(INSTANTS, INSTANTS, WORK, WORK, calendars(ANY))
def test_later_or_more_is_never_due_earlier(
    one: datetime, other: datetime, less: timedelta, more: timedelta, calendar: Calendar
) -> None:
    early, late = sorted((one, other))
    little, much = sorted((less, more))
    assert due_after(early, little, calendar) <= due_after(late, little, calendar)
    assert due_after(early, little, calendar) <= due_after(early, much, calendar)


@given(INSTANTS, WORK, calendars(BY_DAY))
def test_what_is_due_is_due_within_the_hours(
    start: datetime, work: timedelta, calendar: Calendar
) -> None:
    due = due_after(start, work, calendar)
    assert due >= start
    assert is_open(due, calendar) or is_open(due - MINUTE, calendar)


@given(INSTANTS, calendars(BY_DAY))
def test_no_work_is_due_at_the_next_opening(start: datetime, calendar: Calendar) -> None:
    due = due_after(start, timedelta(), calendar)
    # At closing time nothing more can be done, and nothing is late yet.
    if is_open(start, calendar) or is_open(start - MINUTE, calendar):
        assert due == start
    else:
        assert is_open(due, calendar)
        assert worked_between(start, due, calendar) == timedelta()


@given(INSTANTS, st.integers(0, 4000), calendars(BY_DAY))
def test_work_is_the_open_minutes_counted_one_by_one(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    counted = sum(is_open(start + number * MINUTE, calendar) for number in range(minutes))
    assert worked_between(start, start + minutes * MINUTE, calendar) == counted * MINUTE


@given(INSTANTS, INSTANTS, INSTANTS, calendars(ANY))
def test_time_worked_is_the_sum_of_its_parts(
    one: datetime, two: datetime, three: datetime, calendar: Calendar
) -> None:
    a, b, c = sorted((one, two, three))
    whole = worked_between(a, c, calendar)
    assert worked_between(a, b, calendar) + worked_between(b, c, calendar) == whole
