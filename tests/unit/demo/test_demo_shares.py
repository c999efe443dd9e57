"""The demo shop has the habits the benches and the model rely on."""

from collections import Counter
from datetime import date, datetime
from statistics import mean

import numpy as np
import pytest

from deploy.demo.columns import Channel, Kind, concat
from deploy.demo.delivery import Delivery, Stream
from deploy.demo.shop import columns
from deploy.demo.spec import ShopSpec
from deploy.demo.voices import SHARES
from tests.unit.demo.wire_checker import Body


def test_a_quarter_of_receipts_is_anonymous(receipts: list[Body]) -> None:
    assert 0.22 < mean(body["customer"] is None for body in receipts) < 0.28


def test_receipts_have_three_lines_on_average(receipts: list[Body]) -> None:
    assert 2.8 < mean(len(body["lines"]) for body in receipts) < 3.2


def test_december_is_the_peak(receipts: list[Body]) -> None:
    by_day = Counter(body["business_date"] for body in receipts if body["type"] == "sale")
    months: dict[int, list[int]] = {}
    for day, count in by_day.items():
        months.setdefault(date.fromisoformat(day).month, []).append(count)
    busy = {month: mean(counts) for month, counts in months.items()}
    # Only the months around it: a growing chain would also make the last months look high.
    assert max(busy, key=lambda month: busy[month]) == 12
    assert busy[12] > 1.3 * mean([busy[11], busy[1]])


def test_saturday_is_busier_than_tuesday(receipts: list[Body]) -> None:
    days = Counter(date.fromisoformat(body["business_date"]).weekday() for body in receipts)
    assert days[5] > 1.1 * days[1]


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("sale", 0.95, 0.985), ("return", 0.015, 0.05), ("void", 0.001, 0.006)],
)
def test_kinds_have_their_shares(receipts: list[Body], kind: str, low: float, high: float) -> None:
    assert low < mean(body["type"] == kind for body in receipts) < high


def test_returns_come_with_and_without_link(receipts: list[Body]) -> None:
    links = [body["link"] is None for body in receipts if body["type"] == "return"]
    assert 0.1 < mean(links) < 0.35


def test_one_receipt_in_a_hundred_is_delivered_again(deliveries: list[Delivery]) -> None:
    repeats = [d.is_repeat for d in deliveries if d.stream is Stream.RECEIPT]
    assert 0.006 < mean(repeats) < 0.014


def test_some_receipts_arrive_days_late_and_out_of_order(deliveries: list[Delivery]) -> None:
    firsts = [d for d in deliveries if d.stream is Stream.RECEIPT and not d.is_repeat]
    occurred = [datetime.fromisoformat(str(d.body["occurred_at"])).timestamp() for d in firsts]
    lateness = np.array([d.at for d in firsts]) - np.array(occurred)
    assert 0.003 < (lateness > 86_400).mean() < 0.03
    assert (np.diff(occurred) < 0).mean() > 0.01


def test_online_customers_browse_within_the_budget(events: list[Body], spec: ShopSpec) -> None:
    types = Counter(body["type"] for body in events)
    assert 2 * spec.customers < len(events) < 10 * spec.customers
    assert set(types) >= {"product_viewed", "cart_added", "searched", "checkout_started"}


def test_feedback_has_its_kinds_and_ranges(deliveries: list[Delivery]) -> None:
    said = [d.body for d in deliveries if d.stream is Stream.FEEDBACK]
    ranges = {
        "csat": range(1, 6),
        "nps": range(11),
        "ces": range(1, 8),
        "review": range(1, 6),
    }
    kinds = Counter(str(body["kind"]) for body in said)
    assert set(kinds) >= {*ranges, "complaint", "suggestion"}
    assert set(kinds) <= {*SHARES, "complaint"}
    assert len({str(body["channel"]) for body in said}) >= 6
    for body in said:
        assert "rating" not in body or body["rating"] in ranges[str(body["kind"])]


def test_the_top_hundredth_has_two_hundred_orders_at_bench_scale() -> None:
    spec = ShopSpec(now=datetime.fromisoformat("2026-11-22T00:00:00+08:00"), customers=2000)
    orders = np.zeros(spec.customers, dtype=np.int64)
    for day in columns(spec):
        known = (day.heads.customer >= 0) & (day.heads.kind == int(Kind.SALE))
        orders += np.bincount(day.heads.customer[known], minlength=spec.customers)
    assert np.sort(orders)[-spec.customers // 100 :].min() >= 200
    assert np.median(orders) < 8
    assert orders.min() >= 1


def test_columns_and_deliveries_are_the_same_receipts(spec: ShopSpec, receipts: list[Body]) -> None:
    shop = concat(list(columns(spec)))
    online = int((shop.heads.channel != Channel.STORE).sum())
    rows = {name: column.size for name, column in shop.arrays().items()}
    assert rows["customer"] == rows["day"] == len(receipts)
    assert rows["line_net"] == sum(len(body["lines"]) for body in receipts)
    assert int(shop.net.sum()) == sum(round(float(body["total"]["net"]) * 100) for body in receipts)
    assert online == sum(body["channel"] != "store" for body in receipts)
