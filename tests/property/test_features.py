"""Features of one customer alone, in bulk and after the cut-off: the same bits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import COLUMNS, CustomerDays, pack_days, take_customers
from services.scoring.domain.features import features

START = 9_000
DAY = st.integers(START, START + 900)


@st.composite
def histories(draw: st.DrawFn) -> CustomerDays:
    """A few customers with up to 30 days each, some with none."""
    per_customer = draw(st.lists(st.sets(DAY, max_size=30), min_size=1, max_size=8))
    dates = np.array([day for days in per_customer for day in sorted(days)], dtype=np.int32)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    columns = {name: rng.integers(0, 4, len(dates)) for name in COLUMNS}
    for name in ("net_booked", "sales_net", "returns_net"):
        low = -(10**7) if name == "net_booked" else 0
        columns[name] = rng.integers(low, 10**7, len(dates))
    offsets = np.cumsum([0, *(len(days) for days in per_customer)])
    return pack_days(offsets, dates, **columns)


@settings(max_examples=200, deadline=None)
@given(days=histories(), data=st.data())
def test_one_customer_alone_equals_the_same_customer_in_bulk(
    days: CustomerDays, data: st.DataObject
) -> None:
    cutoffs = np.array([data.draw(DAY) for _ in range(len(days))])
    bulk = features(days, cutoffs, START)
    for position in range(len(days)):
        alone = take_customers(days, np.array([position]))
        row = features(alone, int(cutoffs[position]), START)[0]
        assert row.tobytes() == bulk[position].tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY)
def test_rows_from_the_cutoff_on_change_nothing(days: CustomerDays, cutoff: int) -> None:
    before = days.date < cutoff
    kept = np.concatenate(([0], np.cumsum(before)))[days.offsets]
    columns = {name: getattr(days, name)[before] for name in COLUMNS}
    cut = pack_days(kept, days.date[before], **columns)
    assert features(cut, cutoff, START).tobytes() == features(days, cutoff, START).tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY, data=st.data())
def test_any_order_of_customers_gives_the_same_rows(
    days: CustomerDays, cutoff: int, data: st.DataObject
) -> None:
    order = np.array(data.draw(st.permutations(range(len(days)))))
    shuffled = features(take_customers(days, order), cutoff, START)
    assert shuffled.tobytes() == features(days, cutoff, START)[order].tobytes()
    assert np.isfinite(shuffled).all()
