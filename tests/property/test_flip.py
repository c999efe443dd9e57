"""Whatever was bought: what is said to flip a tier flips it, and nothing smaller was overlooked."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import day_number
from services.scoring.domain.why.flip import find_fall, find_rise, with_orders
from tests.unit.scoring.test_flip import TODAY, bought, days_of, decided, ground_of

# Day of the shop (today is 60) and net spend.
HISTORIES = st.dictionaries(st.integers(0, 60), st.integers(1, 20_000), max_size=12).map(
    lambda found: sorted(found.items())
)
UNITS = st.sampled_from([1, 10, 100, 1000])


@given(HISTORIES, UNITS)
@settings(deadline=None)
def test_the_order_said_lifts_the_tier_and_one_unit_less_does_not(
    history: list[tuple[int, int]], unit: int
) -> None:
    days = days_of(history)
    ground = ground_of(days, unit)
    search = find_rise(ground)
    if search is None or search.by_amount is None:
        return
    net = search.by_amount.order.net
    assert decided(bought(days, [TODAY], net)).rank == search.by_amount.rank > ground.rank
    smaller = bought(days, [TODAY], net - unit) if net > unit else days
    assert decided(smaller).rank == ground.rank


@given(HISTORIES)
@settings(deadline=None)
def test_a_tier_is_held_up_to_the_date_said_and_no_longer(history: list[tuple[int, int]]) -> None:
    days = days_of(history)
    now = decided(days)
    if now.course is None:
        return
    fall = find_fall(ground_of(days), now.course.standing)
    if fall is None or fall.on is None or fall.rank is None:
        assert now.rank == 0
        return
    assert decided(days, fall.on - timedelta(days=1)).rank == now.rank
    assert decided(days, fall.on).rank == fall.rank < now.rank


@given(HISTORIES, st.lists(st.integers(1, 9000), min_size=1, max_size=3))
@settings(deadline=None)
def test_a_what_if_changes_nothing_that_happened_before(
    history: list[tuple[int, int]], nets: list[int]
) -> None:
    days = days_of(history)
    today = day_number(TODAY)
    variants = with_orders(days, [today], np.array(nets)[:, None])
    before = days.date < today
    for place in range(len(nets)):
        start, stop = variants.offsets[place], variants.offsets[place + 1]
        kept = slice(start, stop - 1)
        assert variants.net_booked[kept].tolist() == days.net_booked[before].tolist()
        assert variants.net_booked[start:stop].sum() == days.net_booked.sum() + nets[place]
        assert variants.orders[start:stop].sum() == days.orders.sum() + 1
