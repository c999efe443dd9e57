from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.records import Activity, Return, Sale, Void
from services.ingest.usecases.read_events import MAX_PROPERTIES_BYTES, read_event
from tests.tills import Body, event, line, order
from tests.unit.ingest.readings import make_reading


def refusal(body: object) -> str:
    with pytest.raises(ItemRefused) as refused:
        read_event(0, body, make_reading())
    return refused.value.code


def test_an_order_is_a_sale_known_by_its_order_id_alone() -> None:
    arrival = read_event(0, order("e-1"), make_reading())
    again = read_event(0, order("e-2"), make_reading())
    assert isinstance(arrival.record, Sale)
    assert arrival.named_orders == again.named_orders
    assert arrival.event_key != again.event_key
    assert arrival.record.occasion.channel == "web"


def test_an_updated_order_corrects_the_one_of_that_id() -> None:
    first = read_event(0, order("e-1"), make_reading())
    again = read_event(0, order("e-2") | {"type": "order_updated"}, make_reading())
    assert isinstance(again.record, Sale)
    assert again.record.is_correction
    assert again.named_orders == first.named_orders


def test_a_refund_without_lines_takes_everything() -> None:
    record = read_event(0, event("e", "order_refunded", order_id="o-1"), make_reading()).record
    assert isinstance(record, Return)
    assert record.lines is None
    assert (record.link,) == read_event(0, order("e-1"), make_reading()).named_orders


def test_a_refund_with_lines_takes_those() -> None:
    body = event("e", "order_refunded", order_id="o-1", currency="CNY", lines=[line()])
    record = read_event(0, body, make_reading()).record
    assert isinstance(record, Return)
    assert record.lines is not None
    assert record.lines[0].net == 1000


def test_a_cancelled_order_is_a_void() -> None:
    body = event("e", "order_cancelled", order_id="o-1")
    assert isinstance(read_event(0, body, make_reading()).record, Void)


@pytest.mark.parametrize(
    ("kind", "properties", "counts"),
    [
        ("page_viewed", {}, {"views": 1}),
        ("product_list_viewed", {}, {"views": 1}),
        ("feedback_given", {"kind": "csat"}, {"feedback": 1}),
        ("feedback_given", {"kind": "complaint"}, {"feedback": 1, "complaints": 1}),
        ("survey_answered", {}, {}),
        ("consent_changed", {"purpose": "marketing", "granted": True}, {}),
    ],
)
def test_behaviour_becomes_counts(
    kind: str, properties: dict[str, Any], counts: dict[str, int]
) -> None:
    record = read_event(0, event("e", kind, **properties), make_reading()).record
    assert isinstance(record, Activity)
    assert dict(record.counts) == counts


def filled(size: int) -> dict[str, str]:
    """Properties of exactly this many bytes as JSON."""
    return {"text": "x" * (size - len('{"text": ""}'))}


def test_properties_have_at_most_32_kib() -> None:
    body = event("e", "product_viewed", **filled(MAX_PROPERTIES_BYTES))
    assert read_event(0, body, make_reading())
    too_wide = event("e", "product_viewed", **filled(MAX_PROPERTIES_BYTES + 1))
    assert refusal(too_wide) == "too_large"
    assert refusal(event("e", "product_viewed", text="中" * 11_000)) == "too_large"


def refund(**properties: Any) -> Body:
    return event("e", "order_refunded", order_id="o", **properties)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (order("e", currency="USD"), "unknown_rate"),
        (order("e", lines=[]), "too_few"),
        (order("e", lines=[line(), line()]), "duplicate_line"),
        (order("e", lines=[line(net="-1.00")]), "negative"),
        (order("e", coupon="x"), "unknown_field"),
        (event("e", "order_refunded"), "missing"),
        (refund(lines=[line()]), "missing"),
        (refund(currency="USD", lines=[line()]), "unknown_rate"),
        (refund(currency="CNY", lines=[line()] * 2), "duplicate_line"),
        (refund(lines=[]), "too_few"),
        (event("e", "order_cancelled", order_id=""), "empty"),
        (event("", "product_viewed"), "empty"),
        (None, "wrong_type"),
    ],
)  # fmt: skip
def test_an_event_that_breaks_a_rule_is_refused(body: object, code: str) -> None:
    assert refusal(body) == code


def test_an_event_is_known_by_key_source_and_id() -> None:
    pairs = [("a/b", "c"), ("a", "b/c"), ("a", None), ("b", None)]
    keys = {
        read_event(
            0, event("e", "page_viewed") | {"source": inner}, make_reading(source_id=outer)
        ).event_key
        for outer, inner in pairs
    }
    assert len(keys) == len(pairs)


def test_a_source_without_authority_brings_behaviour_without_value() -> None:
    assert read_event(0, order("e"), make_reading(is_authoritative=False)).is_valued is False
