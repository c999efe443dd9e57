"""Whatever the seed, size and hour: the demo shop stays consistent and its truths stay planted."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo.columns import NO_LINK, Kind, concat
from deploy.demo.delivery import Stream
from deploy.demo.planted import RETURNS_EVERYTHING
from deploy.demo.shop import columns, customers, generate, newcomers
from deploy.demo.spec import ShopSpec
from deploy.demo.windows import Belt, nights_of, windows
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
zones = st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"])


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


@settings(max_examples=8, deadline=None)
@given(spec=specs, nights=st.integers(0, 8), zone=zones)
def test_the_windows_of_any_shop_hold_each_thing_once_and_nothing_too_early(
    spec: ShopSpec, nights: int, zone: str
) -> None:
    parts, belt = windows(spec, nights_of(spec.now, ZoneInfo(zone), nights)), Belt(generate(spec))
    delivered = [list(belt.until(part.until)) for part in parts]
    came = [list(newcomers(spec, part.since, part.until)) for part in parts]
    assert [each for part in delivered for each in part] == list(generate(spec))
    assert sorted(who for part in came for who, _ in part) == [who for who, _ in customers(spec)]
    for part, items in zip(parts, delivered, strict=True):
        assert all(part.since <= item.at < part.until for item in items)


@settings(max_examples=8, deadline=None)
@given(spec=specs, nights=st.integers(0, 8), zone=zones)
def test_nobody_of_any_shop_is_heard_of_before_their_profile_came(
    spec: ShopSpec, nights: int, zone: str
) -> None:
    belt, known = Belt(generate(spec)), set[str]()
    for part in windows(spec, nights_of(spec.now, ZoneInfo(zone), nights)):
        for customer_id, body in newcomers(spec, part.since, part.until):
            known |= {customer_id, *_values(body["identifiers"])}
        shown = [each.body.get("customer") or {} for each in belt.until(part.until)]
        assert {value for who in shown for value in _values(who)} <= known


def _values(document: object) -> list[str]:
    assert isinstance(document, dict)
    return list(document.values())
