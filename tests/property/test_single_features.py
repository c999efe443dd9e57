"""A few rows are computed in plain Python: the same bytes as the vectorised path gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.days import CustomerDays, pack_days
from services.scoring.domain.features import EVERY_COLUMN, VALUE_COLUMNS, features
from services.scoring.domain.features.single import COVERED, MOST_ROWS
from tests.made_models import made_model

START = 9_000
# Long enough for days that are older than the reach of the shortest half-life.
DAY = st.integers(START - 5, START + 1500)
MONEY = st.one_of(st.integers(-(10**7), 10**7), st.integers(2**53, 2**55), st.just(0))
COUNT = st.integers(0, 4)


@st.composite
def histories(draw: st.DrawFn) -> CustomerDays:
    """A few customers with up to 12 days each, some with none, some without an order."""
    bought = draw(st.lists(st.sets(DAY, max_size=12), min_size=1, max_size=MOST_ROWS))
    dates = [day for days in bought for day in sorted(days)]

    def column(values: st.SearchStrategy[int]) -> np.typing.NDArray[np.int64]:
        drawn = st.lists(values, min_size=len(dates), max_size=len(dates))
        return np.array(draw(drawn), dtype=np.int64)

    return pack_days(
        np.cumsum([0, *(len(days) for days in bought)]),
        np.array(dates, dtype=np.int32),
        net_booked=column(MONEY),
        sales_net=column(MONEY),
        orders=column(COUNT),
        lines=column(COUNT),
        returns=column(COUNT),
        returns_net=column(MONEY),
        views=column(COUNT),
        discount=column(MONEY),
        online_orders=column(COUNT),
    )


@settings(max_examples=300, deadline=None)
@given(
    days=histories(),
    data=st.data(),
    columns=st.one_of(
        st.just(set(VALUE_COLUMNS)),
        st.sets(st.sampled_from(sorted(COVERED))),
        st.sets(st.sampled_from(EVERY_COLUMN)),
    ),
    months=st.one_of(st.just([]), st.lists(st.floats(0.2, 3), min_size=12, max_size=12)),
)
def test_a_few_rows_are_the_rows_of_many(
    days: CustomerDays, data: st.DataObject, columns: set[int], months: list[float]
) -> None:
    who = np.arange(len(days))
    cutoffs = np.array([data.draw(DAY) for _ in who])
    few = features(days, cutoffs, START, columns=columns, months=months)
    times = MOST_ROWS // len(who) + 1
    many = features(
        days,
        np.tile(cutoffs, times),
        START,
        customers=np.tile(who, times),
        columns=columns,
        months=months,
    )
    assert few.tobytes() * times == many.tobytes()


@settings(max_examples=100, deadline=None)
@given(days=histories(), cutoff=DAY, seed=st.integers(0, 2**32))
def test_one_is_scored_as_among_many(days: CustomerDays, cutoff: int, seed: int) -> None:
    model = made_model(seed, sorted(COVERED))
    one = model.score(features(days, cutoff, START, customers=np.array([0])))
    many = model.score(features(days, cutoff, START, customers=np.zeros(50, dtype=np.int64)))
    for name in ("raw", "value", "p_buy", "low", "high"):
        assert getattr(one, name).tobytes() * 50 == getattr(many, name).tobytes()


def test_what_the_value_model_is_offered_is_covered() -> None:
    assert frozenset(VALUE_COLUMNS) <= COVERED
