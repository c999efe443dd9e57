"""One spoiled message of a batch stands aside; the others are read as if it were not there."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.senders.spoiled import MAX_MESSAGES, Spoiled, spans_in, spoiled
from services.ingest.usecases.senders.salvage import parse_batch
from shared.problem import Problem

GOOD = b'{"type": "page", "n": 1.10}'
READ = {"type": "page", "n": Decimal("1.10")}


@pytest.mark.parametrize(
    ("bad", "code", "left"),
    [
        (b'{"n": NaN}', "not_a_number", {"n": "NaN"}),
        (b'{"n": -Infinity}', "not_a_number", {"n": "-Infinity"}),
        (b'{"n": 1e400}', "out_of_range", {"n": "1e400"}),
        (b'{"n": %b}' % (b"9" * 5000), "out_of_range", {"n": "9" * 5000}),
        (rb'{"a\u0000": "\u0000"}', "nul_character", {"a\ufffd": "\ufffd"}),
        (b'{"a": "\x00"}', "nul_character", {"a": "\ufffd"}),
        (rb'{"a": "\ud800"}', "bad_encoding", {"a": "?"}),
        (b'{"a": 1, "a": 2}', "duplicate_key", {"a": "2"}),
        (b'{"a": [{"b": NaN}]}', "not_a_number", {"a": [{"b": "NaN"}]}),
        (b"NaN", "not_a_number", {"unreadable": "NaN"}),
    ],
)
def test_a_spoiled_message_is_marked_with_why(bad: bytes, code: str, left: object) -> None:
    text = b'{"sentAt": "x", "batch": [%b, %b , %b], "n": 0.5}' % (GOOD, bad, GOOD)
    body = parse_batch(text)
    assert (body["sentAt"], body["n"]) == ("x", Decimal("0.5"))
    first, second, third = body["batch"]
    assert first == third == READ
    assert isinstance(second, Spoiled)
    assert (second.code, second) == (code, left)
    assert json.loads(json.dumps(second)) == left


@pytest.mark.parametrize(
    "text",
    [
        b'{"n": NaN, "batch": []}',
        b'{"batch": [], "n": NaN}',
        b'{"batch": [NaN], "n": NaN}',
        b'{"batch": [NaN], "batch": []}',
        b'{"batch": NaN}',
        b'{"batch": [NaN]',
        b'{"batch": [NaN}',
        b'{"batch": [NaN,]}',
        b'{"batch": [NaN] "n": 1}',
        b'{"n": NaN}',
        b"[NaN]",
        b"NaN",
        b'{"batch": ["\xff"]}',
        b'{"batch": [NaN, %b]}' % (b"[" * 40 + b"]" * 40),
        b'{"batch": [%b]}' % b",".join([b"NaN"] * (MAX_MESSAGES + 1)),
        b"\x00" + b"[" * 100_000,
    ],
)
def test_a_batch_that_is_spoiled_itself_is_refused(text: bytes) -> None:
    with pytest.raises(Problem):
        parse_batch(text)


def test_an_empty_list_is_found() -> None:
    assert spans_in(' { "batch" : [ ] } ', "batch") == (13, 16, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.lists(JSON), st.dictionaries(st.text(), JSON), st.sampled_from([None, 1]))
def test_every_element_is_found_in_any_batch(
    items: list[object], beside: dict[str, object], indent: int | None
) -> None:
    text = json.dumps({**beside, "batch": items}, ensure_ascii=False, indent=indent)
    spans = spans_in(text, "batch")
    assert spans is not None
    assert [json.loads(text[start:end]) for start, end in spans.elements] == items
    assert json.loads(text[spans.start : spans.end]) == items


@given(st.text())
def test_no_text_breaks_the_search(text: str) -> None:
    spans_in(text, "batch")


def test_what_is_left_can_always_be_stored() -> None:
    left = spoiled(r'{"\ud800": ["\u0000", null, true]}', code="c", message="m")
    assert left == {"?": ["\ufffd", None, True]}
