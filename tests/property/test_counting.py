"""Counting depends on the rows alone, and what comes back is as if it had never been bought."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.status.counting import Counter, Derived, EntryRow, Terms
from services.scoring.domain.status.engine.history import Entry

START = datetime(2026, 3, 2, tzinfo=UTC)
METRICS = ("days", "margin", "orders", "quantity", "spend", "stars")


@st.composite
def sales(draw: st.DrawFn) -> list[EntryRow]:
    """Some orders within three days, often at one instant."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        at = START + timedelta(hours=6 * draw(st.integers(0, 12)))
        spend, margin = draw(st.integers(0, 600)), draw(st.integers(-50, 300))
        quantity = 1000 * draw(st.integers(1, 3))
        found.append(EntryRow(b"s%d" % number, None, at, at, spend, margin, 1, quantity))
    return found


@st.composite
def whole_returns(draw: st.DrawFn, of: Sequence[EntryRow]) -> list[EntryRow]:
    """Some of the orders come back whole, in one piece or two, perhaps before they were known."""
    found = []
    for order in of:
        if not draw(st.booleans()):
            continue
        first = draw(st.integers(0, order.spend))
        for piece, spend in enumerate((first, order.spend - first)):
            hours = draw(st.integers(-10, 100))
            found.append(
                EntryRow(
                    b"r%d" % piece + order.entry_id,
                    order.entry_id,
                    order.at,
                    order.at + timedelta(hours=hours),
                    -spend,
                    -order.margin * piece,
                    -piece,
                    -order.quantity_milli * piece,
                )
            )
    return found


terms = st.builds(
    Terms,
    derived=st.just((Derived("stars", "spend", 100),)),
    min_order=st.sampled_from((0, 0, 200)),
    max_orders_per_day=st.sampled_from((None, None, 1, 2)),
)
zones = st.sampled_from(("UTC", "Asia/Shanghai")).map(ZoneInfo)
counters = st.builds(
    Counter,
    metrics=st.lists(st.sampled_from(METRICS), min_size=1, unique=True),
    terms=terms.map(lambda each: [(None, each)]),
    zone=zones,
)
#: Without what makes orders of one day bear on each other.
order_counters = st.builds(
    Counter,
    metrics=st.lists(st.sampled_from(METRICS[1:]), min_size=1, unique=True),
    terms=st.sampled_from((0, 200)).map(
        lambda least: [(None, Terms((Derived("stars", "spend", 100),), min_order=least))]
    ),
    zone=zones,
)


def left_over(entries: Sequence[Entry]) -> dict[tuple[datetime, str], dict[str, int]]:
    left: dict[tuple[datetime, str], Tally[str]] = {}
    for entry in entries:
        left.setdefault((entry.at, entry.reverses or entry.entry_id), Tally()).update(entry.metrics)
    return {key: dict(found) for key, found in left.items() if any(found.values())}


@settings(max_examples=500, deadline=None)
@given(data=st.data(), counter=counters, bought=sales())
def test_any_order_of_rows_counts_the_same(
    data: st.DataObject, counter: Counter, bought: list[EntryRow]
) -> None:
    rows = bought + data.draw(whole_returns(bought))
    assert counter.count(data.draw(st.permutations(rows))) == counter.count(rows)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), counter=order_counters, bought=sales())
def test_what_is_returned_whole_counts_as_never_bought(
    data: st.DataObject, counter: Counter, bought: list[EntryRow]
) -> None:
    returned = data.draw(whole_returns(bought))
    gone = {row.reverses for row in returned}
    kept = [row for row in bought if row.entry_id not in gone]
    assert left_over(counter.count(bought + returned)) == left_over(counter.count(kept))


@settings(max_examples=500, deadline=None)
@given(data=st.data(), bought=sales(), zone=zones)
def test_as_many_days_count_as_have_an_order_left(
    data: st.DataObject, bought: list[EntryRow], zone: ZoneInfo
) -> None:
    returned = data.draw(whole_returns(bought))
    gone = {row.reverses for row in returned}
    kept = {row.at.astimezone(zone).date() for row in bought if row.entry_id not in gone}
    entries = Counter(("days",), [(None, Terms())], zone).count(bought + returned)
    assert sum(entry.metrics["days"] for entry in entries) == len(kept)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), counter=counters, bought=sales())
def test_a_return_adds_to_nothing(
    data: st.DataObject, counter: Counter, bought: list[EntryRow]
) -> None:
    positive = [row._replace(margin=abs(row.margin)) for row in bought]
    entries = counter.count(positive + data.draw(whole_returns(positive)))
    assert all(value <= 0 for e in entries if e.reverses for value in e.metrics.values())


@settings(max_examples=500, deadline=None)
@given(data=st.data(), counter=counters, bought=sales())
def test_every_entry_names_what_it_changes_and_has_an_id_of_its_own(
    data: st.DataObject, counter: Counter, bought: list[EntryRow]
) -> None:
    entries = counter.count(bought + data.draw(whole_returns(bought)))
    ids = [entry.entry_id for entry in entries]
    assert len(set(ids)) == len(ids)
    assert {entry.reverses for entry in entries if entry.reverses} <= set(ids)
