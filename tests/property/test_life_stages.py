"""The history of stages is what a look on every date would have seen, and never changes later."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.seen.life_stages import life_course
from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle

FIRST = date(2026, 1, 1)
OFFSETS = st.lists(
    st.one_of(st.integers(0, 60), st.integers(0, 900)), min_size=1, max_size=40, unique=True
)


def as_dates(offsets: list[int]) -> list[date]:
    return [FIRST + timedelta(days=offset) for offset in offsets]


@settings(max_examples=500, deadline=None)
@given(offsets=OFFSETS, length=st.integers(1, 1000))
def test_every_date_has_the_stage_that_was_judged_on_it(offsets: list[int], length: int) -> None:
    orders, end = as_dates(offsets), FIRST + timedelta(days=length)
    stages = life_course(orders, end).stages
    begins = {each.since: each.stage for each in stages}
    held = Lifecycle.PROSPECT
    for number in range(length + 1):
        day = FIRST + timedelta(days=number)
        held = begins.get(day, held)
        assert held is lifecycle(sorted(orders), day)


@settings(max_examples=500, deadline=None)
@given(offsets=OFFSETS, later=OFFSETS, length=st.integers(1, 900))
def test_later_orders_leave_what_was_as_it_was(
    offsets: list[int], later: list[int], length: int
) -> None:
    end = FIRST + timedelta(days=length)
    more = [end + timedelta(days=1 + offset) for offset in later]
    before = life_course(as_dates(offsets), end).stages
    after = life_course([*as_dates(offsets), *more], more[-1]).stages
    assert [each for each in after if each.since <= end] == list(before)
