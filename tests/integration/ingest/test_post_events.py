"""Orders without a till, behaviour and feedback counts; an order counts once by any way."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Shop
from tests.tills import back, event, line, order, receipt


async def test_an_order_of_the_web_shop_counts_as_a_sale_online(shop: Shop) -> None:
    answer = await shop.tell(order("e-1"))
    assert answer["accepted"] == 1
    day = await shop.day()
    assert (day["net_booked"], day["orders"], day["online_orders"]) == (1000, 1, 1)


@pytest.mark.parametrize("is_receipt_first", [True, False])
async def test_an_order_told_by_till_and_web_shop_has_value_once(
    shop: Shop, is_receipt_first: bool
) -> None:
    steps = [shop.post(receipt(1, order_id="o-1")), shop.tell(order("e-1", "o-1"))]
    for step in steps if is_receipt_first else reversed(steps):
        assert (await step)["accepted"] == 1
    day = await shop.day()
    assert (day["net_booked"], day["orders"]) == (1000, 1)
    assert await shop.count("events") == 2


async def test_the_same_order_in_two_events_has_value_once(shop: Shop) -> None:
    later = {"occurred_at": "2026-11-20T12:00:01Z"}
    await shop.tell(order("e-2", lines=[line(net="99.00")]) | later, order("e-1"))
    assert (await shop.day())["net_booked"] == 1000


async def test_a_refund_without_lines_takes_all_that_is_left(shop: Shop) -> None:
    lines = [line(1), line(2, sku="cup", net="5.00")]
    part = event("e-2", "order_refunded", order_id="o-1", currency="CNY", lines=lines[:1])
    await shop.tell(order("e-1", lines=lines), part)
    assert (await shop.day())["net_qualifying"] == 500
    await shop.tell(event("e-3", "order_refunded", order_id="o-1"))
    day = await shop.day()
    assert (day.get("net_booked", 0), day.get("net_qualifying", 0), day["returns"]) == (0, 0, 2)


async def test_a_cancelled_order_never_was(shop: Shop) -> None:
    await shop.tell(event("e-2", "order_cancelled", order_id="o-1"))
    await shop.tell(order("e-1"))
    assert await shop.day() == {}


async def test_a_till_may_take_back_what_it_sold_under_an_order_id(shop: Shop) -> None:
    sale = receipt(1, order_id="o-1")
    await shop.post(sale)
    await shop.tell(event("e-1", "order_refunded", order_id="o-1"))
    await shop.post(back(2, sale))
    assert (await shop.day()).get("net_qualifying", 0) == 0
    assert await shop.value("SELECT returned_quantity_milli FROM orders") == 1000


@pytest.mark.parametrize(
    ("kind", "properties", "counted"),
    [
        ("product_viewed", {"sku": "tea"}, {"views": 1}),
        ("searched", {"query": "tea"}, {"searches": 1}),
        ("cart_added", {}, {"carts": 1}),
        ("checkout_started", {}, {"checkouts": 1}),
        ("social_engaged", {}, {"social": 1}),
        ("referral_made", {}, {"referrals": 1}),
        ("feedback_given", {"kind": "nps"}, {"feedback": 1}),
        ("feedback_given", {"kind": "complaint"}, {"feedback": 1, "complaints": 1}),
        ("membership_paid", {}, {}),
        ("cart_removed", {}, {}),
    ],
)
async def test_behaviour_is_counted(
    shop: Shop, kind: str, properties: dict[str, Any], counted: dict[str, int]
) -> None:
    assert (await shop.tell(event("e-1", kind, **properties)))["accepted"] == 1
    assert await shop.day() == counted
    stored = await shop.value("SELECT body -> 'properties' FROM events")
    assert stored == properties


async def test_an_event_id_is_known_by_source_for_ever(shop: Shop) -> None:
    viewed = event("e-1", "product_viewed")
    answer = await shop.tell(viewed, viewed, viewed | {"source": "app"})
    assert (answer["accepted"], answer["duplicates"]) == (2, 1)
    shop.http.headers["Authorization"] = f"Bearer {await shop.key('events:write', source='web')}"
    assert (await shop.tell(viewed))["accepted"] == 1
    assert (await shop.day())["views"] == 3


async def test_sources_that_look_alike_once_joined_stay_apart(shop: Shop) -> None:
    viewed = event("e-1", "product_viewed")
    for source, inner in (("a/b", "c"), ("a", "b/c")):
        key = await shop.key("events:write", source=source)
        shop.http.headers["Authorization"] = f"Bearer {key}"
        assert (await shop.tell(viewed | {"source": inner}))["accepted"] == 1


async def test_bad_events_stand_aside_one_by_one(shop: Shop) -> None:
    wide = {"text": "x" * 33_000}
    answer = await shop.tell(
        event("e-1", "product_viewed"),
        event("e-2", "product_viewed", **wide),
        event("e-3", "danced"),
        order("e-4", currency="KWD"),
        order("e-5", tier="high"),
    )
    assert answer["accepted"] == 1
    codes = {each["index"]: each["code"] for each in answer["rejected"]}
    assert codes == {1: "too_large", 2: "not_allowed", 3: "unknown_rate", 4: "unknown_field"}


async def test_an_event_of_nobody_counts_for_nobody(shop: Shop) -> None:
    viewed = event("e-1", "product_viewed") | {"customer": None}
    assert (await shop.tell(viewed))["accepted"] == 1
    assert await shop.count("customer_day") == 0
    assert await shop.value("SELECT is_anonymous FROM events") is True
