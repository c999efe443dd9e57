"""Whatever the seed, size and hour: the demo shop stays consistent and its truths stay planted."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.columns import NO_LINK, Kind, concat
from deploy.demo.delivery import Stream
from deploy.demo.planted import RETURNS_EVERYTHING
from deploy.demo.shop import columns, generate
from deploy.demo.spec import ShopSpec
from tests.unit.demo.wire_checker import natural_key, receipt_faults

specs = st.builds(
    ShopSpec,
    now=st.integers(0, 400 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    customers=st.integers(40, 90),
    years=st.floats(0.56, 0.8),
    seed=st.integers(0, 2**63),
)


@settings(max_examples=8, deadline=None)
@given(spec=specs)
def test_any_shop_delivers_well_formed_receipts_in_order_and_each_at_most_twice(
    spec: ShopSpec,
) -> None:
    deliveries = list(generate(spec))
    receipts = [d for d in deliveries if d.stream is Stream.RECEIPT]
    copies = Counter(natural_key(d.body) for d in receipts)
    assert [fault for d in receipts for fault in receipt_faults(d.body)] == []
    assert [d.at for d in deliveries] == sorted(d.at for d in deliveries)
    assert sum(count - 1 for count in copies.values()) == sum(d.is_repeat for d in receipts)
    assert max(copies.values()) <= 2


@settings(max_examples=8, deadline=None)
@given(spec=specs)
def test_any_shop_has_linked_columns_and_a_customer_who_keeps_nothing(spec: ShopSpec) -> None:
    shop = concat(list(columns(spec)))
    heads, sign = shop.heads, np.where(shop.heads.kind == int(Kind.SALE), 1, -1)
    keys = list(zip(heads.store, heads.till, heads.day, heads.sequence, strict=True))
    links = zip(heads.store, heads.link_till, heads.link_day, heads.link_sequence, strict=True)
    linked = [link for link in links if link[2] != NO_LINK]
    mine = heads.customer == RETURNS_EVERYTHING - 1
    assert len(set(keys)) == len(keys)
    assert set(linked) <= set(keys)
    assert mine.sum() > 0
    assert int((sign * shop.net)[mine].sum()) == 0
