"""Messages of Segment-compatible clients, read one by one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.domain.records import Activity, Return, Sale, Void
from services.ingest.domain.senders.segment_messages import corrected, digest_of, plain, type_in
from services.ingest.domain.senders.web_behaviour import BROWSING, NAMED
from services.ingest.usecases.senders.browsing import from_page
from services.ingest.usecases.senders.read_cloud_events import KNOWN
from services.ingest.usecases.senders.read_segment import currency_in, read_segment, sent_at
from tests.unit.ingest.readings import NOW, make_reading

Body = dict[str, Any]
AT = "2026-11-20T12:00:00Z"
FROM_PAGE = from_page(read_segment, type_in)


def message(kind: str = "track", /, **changes: Any) -> Body:
    return {"type": kind, "messageId": "m-1", "userId": "u-1", "timestamp": AT} | changes


def bought(event: str = "Order Completed", /, **properties: Any) -> Body:
    said = {"order_id": "o-1", "revenue": 25, "currency": "CNY"} | properties
    return message(event=event, properties=said)


def read(body: object, **changes: Any) -> Arrival:
    return read_segment(0, body, make_reading(**changes))


def refusal(body: object) -> str:
    with pytest.raises(ItemRefused) as refused:
        read(body)
    return refused.value.code


def kinds(arrival: Arrival) -> dict[str, str]:
    pairs = zip(arrival.claims, arrival.values, strict=True)
    return {claim.kind: value for claim, value in pairs}


def test_an_order_is_a_sale_of_its_value() -> None:
    record = read(bought()).record
    assert isinstance(record, Sale)
    assert sum(line.net for line in record.lines) == 2500


def test_a_refund_without_products_takes_all_and_with_them_those() -> None:
    whole = read(bought("Order Refunded")).record
    assert isinstance(whole, Return)
    assert whole.lines is None
    part = read(
        bought("Order Refunded", products=[{"sku": "tea", "price": 25, "quantity": 1}])
    ).record
    assert isinstance(part, Return)
    assert part.lines is not None
    assert [line.sku for line in part.lines] == ["tea"]


def test_a_cancelled_order_is_void() -> None:
    body = message(event="Order Cancelled", properties={"orderId": "o-1"})
    assert isinstance(read(body).record, Void)


def test_an_order_that_names_no_currency_counts_in_the_shops() -> None:
    assert isinstance(read(bought(currency=None)).record, Sale)
    assert isinstance(read(bought(currency="cny")).record, Sale)
    with pytest.raises(ItemRefused):
        read(bought(currency=None), base_currency="")


def test_every_name_in_the_table_is_a_type_of_ours() -> None:
    assert set(NAMED.values()) <= KNOWN
    assert BROWSING - {"track"} <= KNOWN


@pytest.mark.parametrize(
    ("body", "kind", "counts"),
    [
        (message(event="Product Viewed"), "product_viewed", {"views": 1}),
        (message(event="product viewed "), "product_viewed", {"views": 1}),
        (message(event="Product Added"), "cart_added", {"carts": 1}),
        (message(event="Checkout Started"), "checkout_started", {"checkouts": 1}),
        (message(event="Products Searched"), "searched", {"searches": 1}),
        (message(event="Coupon Applied"), "coupon_applied", {}),
        (message(event="Product Reviewed"), "feedback_given", {"feedback": 1}),
        (message(event="Song Played"), "track", {}),
        (message(), "track", {}),
        (message("page", name="Home"), "page_viewed", {"views": 1}),
        (message("screen", name="Cart"), "page_viewed", {"views": 1}),
        (message("group", groupId="g", traits={"name": "Office"}), "group", {}),
        (message("identify"), "identify", {}),
    ],
)
def test_behaviour_becomes_counts(body: Body, kind: str, counts: dict[str, int]) -> None:
    arrival = read(body)
    assert arrival.kind == kind
    assert isinstance(arrival.record, Activity)
    assert dict(arrival.record.counts) == counts


def test_what_is_unknown_is_kept_as_it_is() -> None:
    extra = read(message(event="Song Played", properties={"bpm": Decimal("1.5")})).extra
    assert (extra["name"], extra["properties"]) == ("Song Played", {"bpm": 1.5})


def test_an_event_keeps_no_identifier_in_clear() -> None:
    context = {"ip": "1.2.3.4", "traits": {"email": "a@example.com"}, "locale": "zh-CN"}
    body = message("identify", context=context, traits={"phone": "+8613800138000"})
    assert read(body).extra["context"] == {"locale": "zh-CN"}
    assert "example.com" not in str(read(body).extra)


@pytest.mark.parametrize(
    "place",
    [
        {"traits": {"email": "A@example.com", "city": "Shanghai"}},
        {"context": {"traits": {"email": "A@example.com", "city": "Shanghai"}}},
        {"traits": {"city": "Shanghai"}, "context": {"traits": {"email": "a@example.com"}}},
    ],
)
def test_traits_may_stand_in_either_place(place: Body) -> None:
    arrival = read(message("identify", anonymousId="a-1", **place))
    assert kinds(arrival) == {
        "customer_id": "u-1",
        "anonymous_id": "a-1",
        "email": "a@example.com",
    }
    assert arrival.traits == {"city": "Shanghai"}
    assert arrival.is_explicit


def test_a_trait_that_names_nobody_is_no_reason_to_refuse() -> None:
    arrival = read(message("identify", traits={"email": "no", "phone": 7}))
    assert kinds(arrival) == {"customer_id": "u-1"}


def test_a_number_with_its_country_is_read_as_people_write_it() -> None:
    arrival = read(message("identify", traits={"phone": "+86 (138) 0013-8000"}))
    assert kinds(arrival)["phone"] == "+8613800138000"


def test_ids_may_be_null_empty_or_numbers() -> None:
    body = message(userId=None, anonymousId=7, context={"device": {"id": "d"}})
    assert kinds(read(body)) == {"anonymous_id": "7", "device_id": "d"}
    assert read(message(userId="", anonymousId=None)).claims == ()


def test_an_alias_names_who_it_was_before() -> None:
    arrival = read(message("alias", previousId="anon-9"))
    assert [claim.kind for claim in arrival.previous] == ["anonymous_id", "customer_id"]
    assert arrival.previous_values == ("anon-9", "anon-9")
    assert arrival.is_explicit


@pytest.mark.parametrize(
    ("claimed", "sent", "expected"),
    [
        ("2026-11-20T12:00:00Z", None, "2026-11-20T12:00:00+00:00"),
        ("2026-11-20T12:00:00Z", "2026-11-22T01:00:00Z", "2026-11-20T12:00:00+00:00"),
        ("2026-11-20T12:00:00Z", "2026-11-22T00:00:00Z", "2026-11-20T13:00:00+00:00"),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:01:00Z", "2026-11-22T00:59:00+00:00"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:01:00Z", "2026-11-22T00:59:00+00:00"),
        ("2026-11-20T12:00:00Z", "yesterday", "2026-11-20T12:00:00+00:00"),
    ],
)
def test_an_instant_is_corrected_by_the_senders_clock(
    claimed: str, sent: str | None, expected: str
) -> None:
    arrival = read(message(timestamp=claimed, sentAt=sent))
    assert arrival.record.occasion.occurred_at.isoformat() == expected
    assert arrival.extra["claimed_at"] == datetime.fromisoformat(claimed).isoformat()


def test_a_clock_that_is_off_is_noted() -> None:
    near, far = (NOW - timedelta(minutes=n) for n in (4, 6))
    assert read(message(sentAt=near.isoformat())).is_time_suspect is False
    assert read(message(sentAt=far.isoformat())).is_time_suspect is True


def test_a_message_without_its_instant_happened_now() -> None:
    arrival = read(message(timestamp=None, originalTimestamp=None))
    assert arrival.record.occasion.occurred_at == NOW
    original = read(message(timestamp=None, originalTimestamp=AT)).record.occasion
    assert original.occurred_at.isoformat() == "2026-11-20T12:00:00+00:00"


def test_instants_at_the_end_of_time_are_refused() -> None:
    with pytest.raises(ItemRefused):
        corrected(datetime(9999, 12, 31, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC), NOW)


def test_a_message_is_known_by_its_id_and_else_by_its_body() -> None:
    assert read(message()).event_key == read(message(event="Other")).event_key
    nameless = message(messageId=None)
    assert read(nameless).event_key == read(nameless | {"sentAt": AT}).event_key
    assert read(nameless).event_key != read(nameless | {"event": "Other"}).event_key


def test_what_a_retry_changes_is_not_the_message() -> None:
    again = {"sentAt": AT, "_metadata": {"retryCount": 2}, "writeKey": "x"}
    assert digest_of(message()) == digest_of(message() | again)
    assert digest_of(message()) != digest_of(message(event="Other"))


def test_the_envelope_says_when_messages_were_sent_that_do_not() -> None:
    reader = sent_at(read_segment, "2026-11-22T00:00:00Z")
    assert reader.__name__ == "read_segment"
    own = reader(0, message(sentAt="2026-11-22T01:00:00Z"), make_reading())
    assert own.record.occasion.occurred_at.hour == 12
    given = reader(0, message(), make_reading())
    assert given.record.occasion.occurred_at.hour == 13


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "wrong_type"),
        ([], "wrong_type"),
        ({}, "missing"),
        (message("dance"), "not_allowed"),
        (message(["track"]), "not_allowed"),  # type: ignore[arg-type] # hostile
        (message(context=[1]), "wrong_type"),
        (message(traits="x"), "wrong_type"),
        (message(properties=7), "wrong_type"),
        (message(userId=True), "wrong_type"),
        (message(userId=["u"]), "wrong_type"),
        (message(userId="a\u200b"), "bad_identifier"),
        (message(messageId="m" * 200), "too_long"),
        (message(timestamp="2026-11-20"), "bad_instant"),
        (message(timestamp=1_795_000_000), "bad_instant"),
        (message(timestamp="1989-12-31T00:00:00Z"), "time_out_of_range"),
        (message(timestamp="2026-11-25T00:00:00Z"), "time_out_of_range"),
        (message(properties={"x": "y" * 33_000}), "too_large"),
        (message("alias"), "missing"),
        (message("alias", previousId=" a"), "bad_identifier"),
        (bought(order_id=None), "missing"),
        (bought(currency="yuan"), "bad_currency"),
        (bought(currency=7), "bad_currency"),
        (bought(revenue=None), "missing"),
        (bought(products=[{"sku": "a\u202e", "price": 1}]), "bad_identifier"),
        (bought(products=[{"sku": "a", "quantity": 0}]), "not_positive"),
        (bought(products=[{"sku": "a", "price": 1}] * 501), "too_many"),
    ],
)  # fmt: skip
def test_a_message_that_breaks_a_rule_is_refused(body: object, code: str) -> None:
    assert refusal(body) == code


def test_a_strange_category_is_no_reason_to_lose_an_order() -> None:
    products = [{"sku": "a", "price": 25, "category": each} for each in (" Tea ", "\u200b", 7)]
    record = read(bought(products=products, revenue=75)).record
    assert isinstance(record, Sale)
    assert [line.category for line in record.lines] == ["Tea", None, None]


@pytest.mark.parametrize(
    "body",
    [
        bought(),
        bought(revenue=None),
        bought("Order Refunded"),
        message("identify"),
        message("alias", previousId="a"),
        message("group"),
        message(event="Product Reviewed"),
    ],
)
def test_a_page_may_not_tell_what_has_value_or_names_people(body: Body) -> None:
    with pytest.raises(ItemRefused) as refused:
        FROM_PAGE(0, body, make_reading())
    assert refused.value.code == "not_allowed_for_publishable_key"


def test_a_page_tells_of_a_visitor_never_of_a_person() -> None:
    context = {"traits": {"email": "a@example.com"}, "device": {"id": "d-1"}}
    body = message(event="Product Viewed", anonymousId="a-1", context=context)
    arrival = FROM_PAGE(0, body, make_reading())
    assert kinds(arrival) == {"anonymous_id": "a-1", "device_id": "d-1"}


def test_currencies_are_named_by_orders() -> None:
    assert currency_in(bought(currency="usd")) == "USD"
    silent: tuple[object, ...] = (None, [], {}, message(), message(properties=[]))
    for nothing in silent:
        assert currency_in(nothing) is None


def test_stored_values_hold_no_decimals() -> None:
    assert plain({"a": [Decimal("0.5"), {"b": Decimal(2)}]}) == {"a": [0.5, {"b": 2.0}]}
