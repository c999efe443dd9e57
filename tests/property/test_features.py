"""Features of one customer alone, in bulk and after the cut-off: the same bits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import COLUMNS, CustomerDays, pack_days, take_customers
from services.scoring.domain.features import EVERY_COLUMN, FEATURES, features

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


def every(days: CustomerDays, cutoff: int) -> np.typing.NDArray[np.float64]:
    return features(days, cutoff, START, columns=EVERY_COLUMN)


@settings(max_examples=200, deadline=None)
@given(days=histories(), data=st.data())
def test_one_customer_alone_equals_the_same_customer_in_bulk(
    days: CustomerDays, data: st.DataObject
) -> None:
    cutoffs = np.array([data.draw(DAY) for _ in range(len(days))])
    bulk = features(days, cutoffs, START, columns=EVERY_COLUMN)
    for position in range(len(days)):
        alone = take_customers(days, np.array([position]))
        row = features(alone, int(cutoffs[position]), START, columns=EVERY_COLUMN)[0]
        assert row.tobytes() == bulk[position].tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY)
def test_rows_from_the_cutoff_on_change_nothing(days: CustomerDays, cutoff: int) -> None:
    before = days.date < cutoff
    kept = np.concatenate(([0], np.cumsum(before)))[days.offsets]
    columns = {name: getattr(days, name)[before] for name in COLUMNS}
    cut = pack_days(kept, days.date[before], **columns)
    assert every(cut, cutoff).tobytes() == every(days, cutoff).tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY, data=st.data())
def test_any_order_of_customers_gives_the_same_rows(
    days: CustomerDays, cutoff: int, data: st.DataObject
) -> None:
    order = np.array(data.draw(st.permutations(range(len(days)))))
    shuffled = every(take_customers(days, order), cutoff)
    assert shuffled.tobytes() == every(days, cutoff)[order].tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY, chosen=st.sets(st.sampled_from(EVERY_COLUMN)))
def test_some_features_alone_equal_the_same_among_all(
    days: CustomerDays, cutoff: int, chosen: set[int]
) -> None:
    some, all_of_them = features(days, cutoff, START, columns=chosen), every(days, cutoff)
    all_of_them[:, sorted(set(EVERY_COLUMN) - chosen)] = 0.0
    assert some.tobytes() == all_of_them.tobytes()


@settings(max_examples=10, deadline=None)
@given(days=histories(), cutoff=DAY)
def test_feature_depends_on_its_sources_only(days: CustomerDays, cutoff: int) -> None:
    whole = every(days, cutoff)
    for column, feature in enumerate(FEATURES):
        kept = {name: getattr(days, name) for name in feature.sources}
        alone = features(
            pack_days(days.offsets, days.date, **kept), cutoff, START, columns=[column]
        )
        assert alone[:, column].tobytes() == whole[:, column].tobytes(), feature.name


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY, data=st.data())
def test_every_feature_is_finite_whatever_the_integers(
    days: CustomerDays, cutoff: int, data: st.DataObject
) -> None:
    integers = st.integers(-(2**53), 2**53)
    drawn = st.lists(integers, min_size=days.row_count, max_size=days.row_count)
    names = data.draw(st.sets(st.sampled_from(COLUMNS), max_size=3))
    columns = {name: getattr(days, name) for name in COLUMNS}
    columns |= {name: np.array(data.draw(drawn), dtype=np.int64) for name in names}
    assert np.isfinite(every(pack_days(days.offsets, days.date, **columns), cutoff)).all()
