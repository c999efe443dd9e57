"""Memberships are a function of the set of what was paid and ended, told in any order."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.facts import change
from services.ingest.domain.fold import fold
from services.ingest.domain.records import Membership, OrderKey
from tests.property.fold_histories import START, Kind, histories, occasions
from tests.property.test_fold import apply, stored


@st.composite
def told(draw: st.DrawFn) -> list[Membership]:
    records = []
    for number in range(draw(st.integers(1, 6))):
        occasion = draw(occasions(400 + number, Kind()))
        months, is_end = draw(st.none() | st.integers(1, 3)), draw(st.booleans())
        ends_at = draw(st.none() | st.integers(1, 90).map(lambda day: START + timedelta(days=day)))
        record = Membership(
            occasion,
            "prime",
            draw(st.sampled_from((None, "plus", "gold"))),
            draw(st.sampled_from(("UTC", "Asia/Shanghai", "America/New_York"))),
            order_key=draw(st.sampled_from((None, OrderKey(b"a")))),
        )
        paid = replace(record, months=months, ends_at=None if months else ends_at)
        records.append(replace(record, is_end=True) if is_end else paid)
    return records


@given(st.data())
def test_any_order_gives_the_same(data: st.DataObject) -> None:
    records = [*data.draw(histories()), *data.draw(told())]
    assert fold(data.draw(st.permutations(records))) == fold(records)


@given(st.data())
def test_a_part_plus_the_change_is_the_whole(data: st.DataObject) -> None:
    records = data.draw(st.permutations([*data.draw(histories()), *data.draw(told())]))
    part = fold(records[: data.draw(st.integers(0, len(records)))])
    assert stored(apply(part, change(part, fold(records)))) == stored(fold(records))


@given(told())
def test_what_is_paid_by_the_month_never_overlaps(records: list[Membership]) -> None:
    by_month = [replace(each, ends_at=None, months=each.months or 1) for each in records]
    rows = fold(by_month).memberships.values()
    for tier in {row.tier_key for row in rows}:
        spans = [
            (row.starts_at, min(at for at in (row.ends_at, row.ended_at) if at is not None))
            for row in rows
            if row.tier_key == tier
        ]
        acted = sorted(span for span in spans if span[0] < span[1])
        assert all(first[1] <= second[0] for first, second in pairwise(acted))
