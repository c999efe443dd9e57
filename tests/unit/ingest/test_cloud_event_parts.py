"""CloudEvents: types, attributes and data."""

from typing import Any

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.senders.cloud_events import (
    attributes_in,
    attributes_of,
    encoded_data,
    is_json_type,
    parts_of,
    type_of,
)

KNOWN = {"order_completed", "product_viewed", "searched"}
EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "searched"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("order_completed", "order_completed"),
        ("tierline.order_completed", "order_completed"),
        ("com.example.order.completed", "order_completed"),
        ("com.example.order-completed.v2", "order_completed"),
        ("com.example.Searched", "searched"),
        ("com.example.disorder_completed", None),
        ("order", None),
        ("v1", None),
        ("", None),
    ],
)
def test_a_type_is_known_by_how_it_ends(theirs: str, ours: str | None) -> None:
    assert type_of(theirs, KNOWN) == ours


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": ""}, "missing"),
        ({"source": None}, "missing"),
        ({"type": 1}, "wrong_type"),
        ({"specversion": "0.3"}, "not_allowed"),
        ({"datacontenttype": "application/xml"}, "not_allowed"),
        ({"datacontenttype": 1}, "not_allowed"),
    ],
)
def test_an_event_that_is_not_whole_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        attributes_of(EVENT | changes)
    assert refused.value.code == code


def test_data_of_ours_names_the_customer_itself() -> None:
    ours = {"customer": {"email": "a@example.com"}, "properties": {"sku": "tea"}}
    assert parts_of(EVENT | {"subject": "customer/u"}, ours) == (
        {"email": "a@example.com"},
        {"sku": "tea"},
    )


@pytest.mark.parametrize(
    ("subject", "customer"),
    [("customer/u-1", {"customer_id": "u-1"}), ("order/7", None), (None, None)],
)
def test_other_data_is_the_properties_and_the_subject_names_the_customer(
    subject: str | None, customer: dict[str, str] | None
) -> None:
    assert parts_of(EVENT | {"subject": subject}, {"sku": "tea"}) == (customer, {"sku": "tea"})
    assert parts_of(EVENT, None) == (None, {})


@pytest.mark.parametrize("data", [[], "x", {"properties": [1]}])
def test_data_that_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(ItemRefused):
        parts_of(EVENT, data)


def test_data_in_base64() -> None:
    assert encoded_data(EVENT) is None
    assert encoded_data(EVENT | {"data_base64": "e30="}) == b"{}"
    for bad in ("e30", "***", 1):
        with pytest.raises(ItemRefused):
            encoded_data(EVENT | {"data_base64": bad})


def test_headers_are_percent_encoded_attributes() -> None:
    headers = [(b"ce-id", b"ev-1"), (b"ce-storename", b"%E5%8C%97%E4%BA%AC%201"), (b"host", b"x")]
    assert attributes_in(headers) == {"id": "ev-1", "storename": "北京 1"}
    with pytest.raises(UnicodeDecodeError):
        attributes_in([(b"ce-id", b"%FF")])


def test_json_types() -> None:
    assert is_json_type("application/json; charset=utf-8")
    assert is_json_type("application/vnd.shop+json")
    assert not is_json_type("text/plain")
