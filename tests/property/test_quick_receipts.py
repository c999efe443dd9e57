"""The short and the long way to read receipts never differ: same items, hashes and words."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.domain.arrival import Arrival, ItemRefused
from services.ingest.usecases.quick_receipts import QuickReceipt, quick_items, quick_receipt
from services.ingest.usecases.read_items import body_hash, checked
from services.ingest.usecases.read_receipts import arrival_of, read_receipt
from shared.contracts.receipts import EXAMPLE_RECEIPT, RawReceiptBatch, Receipt
from shared.problem import Problem
from shared.strict_json import parse
from shared.wire import validated
from tests.contract.hostile import BAD_ITEMS
from tests.unit.ingest.readings import make_reading

Body = dict[str, Any]
READING = make_reading()
LINK = {"store_id": "1", "workstation_id": "2", "business_date": "2026-11-01", "sequence_number": 3}
_AMOUNTS = st.sampled_from(
    ["0", "1", "12.37", "-12.37", "0.1", "12.345", "1e3", "01", "", "12.37\n", "１", " 1", "-0",
     "9007199254740991", "9" * 17, "1.00000", None, 1, 12.37, True]
)  # fmt: skip
_IDS = st.sampled_from(
    [
        "a",
        "",
        " a",
        "a ",
        "e\u0301",
        "é",
        "\u200b",
        "店",
        "a\tb",
        "x" * 128,
        "é" * 65,
        None,
        5,
        "\x7f",
    ]
)
_INSTANTS = st.sampled_from(
    ["2026-11-21T12:23:46+08:00", "2026-11-21t12:23:46z", "2026-11-21T12:23:46.123456789Z",
     "2026-11-21T12:23:60Z", "2026-11-21 12:23:46Z", "2026-11-21T12:23:46", "2026-11-21", 0, None,
     "1989-12-31T00:00:00Z", "2026-11-21T12:23:46.1Z", "9999-12-31T23:59:59-12:00"]
)  # fmt: skip
_DATES = st.sampled_from(
    ["2026-11-21", "2026-02-30", "0000-01-01", "2026-11-21T00:00:00", "20261121", "1989-01-01", 1]
)
_INTEGERS = st.sampled_from([0, 1, -1, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 1.0, "1", True, None])
_OF = {
    "store_id": _IDS, "workstation_id": _IDS, "business_date": _DATES, "order_id": _IDS,
    "sequence_number": _INTEGERS, "occurred_at": _INSTANTS, "line": _INTEGERS, "sku": _IDS,
    "type": st.sampled_from(["sale", "return", "void", "SALE", None]),
    "channel": st.sampled_from(["store", "web", "moon", None]), "currency": st.sampled_from(
        ["CNY", "JPY", "cny", "CNY\n", None]), "category": _IDS, "quantity": _AMOUNTS,
    "unit_price": _AMOUNTS, "discount": _AMOUNTS, "net": _AMOUNTS, "cost": _AMOUNTS,
    "tax": _AMOUNTS, "customer_id": _IDS, "loyalty_account": _IDS, "device_id": _IDS,
    "phone": st.sampled_from(["+8613800138000", "13800138000", "+86 138", None]),
    "email": st.sampled_from(["A@b.cn", "no", None]), "tier": st.just("gold"),
    "external": st.sampled_from([None, {}, {"crm": "7"}]),
    "link": st.sampled_from([None, LINK, {}, LINK | {"more": 1}]),
    "customer": st.sampled_from([None, {}, "c-1"]), "lines": st.sampled_from([[], None, [1]]),
}  # fmt: skip
_PLACES = ((), ("lines", 0), ("total",), ("customer",))
_CHANGES = st.lists(
    st.sampled_from(sorted(_OF)).flatmap(
        lambda name: st.tuples(st.sampled_from(_PLACES), st.just(name), _OF[name])
    ),
    max_size=3,
)


def changed(changes: list[tuple[tuple[Any, ...], str, object]]) -> Body:
    """The example with some fields set to something else, at any depth."""
    body = deepcopy(EXAMPLE_RECEIPT)
    for place, name, value in changes:
        holder: Any = body
        for step in place:
            holder = holder[step] if isinstance(holder, dict) and holder.get(step) else None
            if isinstance(holder, list):
                holder = holder[0]
            if not isinstance(holder, dict):
                break
        if isinstance(holder, dict):
            holder[name] = value
    return body


def long_way(item: object) -> Arrival | tuple[str, str]:
    try:
        return arrival_of(checked(Receipt, item), index=0, reading=READING)
    except ItemRefused as error:
        return error.code, error.message


def as_read(item: object) -> Arrival | tuple[str, str]:
    try:
        return read_receipt(0, item, READING)
    except ItemRefused as error:
        return error.code, error.message


@given(_CHANGES)
@settings(max_examples=700)
def test_an_item_is_judged_alike_either_way(changes: Any) -> None:
    item = changed(changes)
    assert as_read(item) == long_way(item)


@given(_CHANGES)
def test_the_hash_of_a_body_is_the_same_either_way(changes: Any) -> None:
    quick = quick_receipt(changed(changes))
    if isinstance(quick, QuickReceipt):
        assert body_hash(quick) == body_hash(checked(Receipt, changed(changes)))


def test_the_short_way_is_taken() -> None:
    assert isinstance(quick_receipt(EXAMPLE_RECEIPT), QuickReceipt)
    assert quick_items(json.dumps({"receipts": [EXAMPLE_RECEIPT] * 3}).encode()) is not None


def test_every_field_of_the_contract_is_known_in_its_order() -> None:
    assert QuickReceipt.__struct_fields__ == tuple(Receipt.model_fields)
    for name in ("customer", "total", "link"):
        quick = QuickReceipt.__annotations__[name]
        long = Receipt.model_fields[name].annotation
        assert fields_of(quick) == fields_of(long)


def fields_of(annotation: Any) -> tuple[str, ...]:
    kinds = [annotation, *getattr(annotation, "__args__", ())]
    for kind in kinds:
        if hasattr(kind, "__struct_fields__"):
            return tuple(kind.__struct_fields__)
        if hasattr(kind, "model_fields"):
            return tuple(kind.model_fields)
    raise AssertionError(annotation)


def body_as_read(body: bytes) -> object:
    """What the route makes of a body: its items, or the problem."""
    items = quick_items(body)
    return items if items is not None else body_long_way(body)


def body_long_way(body: bytes) -> object:
    try:
        return validated(RawReceiptBatch, parse(body)).receipts
    except Problem as problem:
        return problem.kind, problem.detail, problem.errors


_PIECES = st.sampled_from(
    [b'"', b":", b" :", b"\n:", b"{", b"}", b"[", b"]", b",", b"\\u0000", b"\\ud800", b"\\\"",
     b"\\", b"NaN", b"1e400", b"-0.0", b"9" * 30, b'"receipts":', b'"store_id":"x",', b'"net":"1"',
     b'"net" :"1",',
     b'"a":{"b":[1.5]},', b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n", b'"\\":\\"":1,', b"\\u0073",
     b'"' + b"k" * 600 + b'":1,', b'"n":9223372036854775808,', b'"n":0.10,']
)  # fmt: skip


@given(_CHANGES, st.lists(st.tuples(st.integers(0, 700), st.integers(0, 3), _PIECES), max_size=3))
@settings(max_examples=700)
def test_a_body_is_read_alike_either_way(changes: Any, edits: list[tuple[int, int, bytes]]) -> None:
    body = json.dumps({"receipts": [changed(changes), EXAMPLE_RECEIPT]}).encode()
    for place, cut, piece in edits:
        body = body[:place] + piece + body[place + cut :]
    assert body_as_read(body) == body_long_way(body)


def test_the_hostile_corpus_is_read_alike_either_way() -> None:
    items = [bad.item for bad in BAD_ITEMS if bad.path == "/v1/receipts"]
    assert len(items) > 20
    for item in items:
        body = json.dumps({"receipts": [item, EXAMPLE_RECEIPT]}).encode()
        assert body_as_read(body) == body_long_way(body)
        assert as_read(item) == long_way(item)
