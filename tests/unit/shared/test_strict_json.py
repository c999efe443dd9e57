"""The parser refuses what the standard one lets through, and is in time about it."""

import json
from decimal import Decimal
from time import perf_counter

import pytest

from shared.problem import Problem
from shared.strict_json import parse
from tests.factories import make_receipt


def refusal(body: bytes) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        parse(body)
    problem = caught.value
    assert problem.kind.slug == problem.errors[0].code
    return problem.kind.status, problem.kind.slug


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"{'a':1}", 400, "bad_json"),
        (b'{"a":1}}', 400, "bad_json"),
        (b'{"a":01}', 400, "bad_json"),
        (b'{"a":1_000}', 400, "bad_json"),
        (b'["\t"]', 400, "bad_json"),
        (b"[1,]", 400, "bad_json"),
        ("[１]".encode(), 400, "bad_json"),
        (b"\xef\xbb\xbf{}", 400, "byte_order_mark"),
        ('{"a":1}'.encode("utf-16"), 400, "byte_order_mark"),
        ('{"a":1}'.encode("utf-16-le"), 400, "nul_character"),
        (b'{"a":"\xff"}', 400, "bad_encoding"),
        (b'{"a":"\xed\xa0\x80"}', 400, "bad_encoding"),
        (rb'{"a":"\ud800"}', 400, "bad_encoding"),
        (rb'{"a":"\udc00\ud800"}', 400, "bad_encoding"),
        (rb'{"\udfff":1}', 400, "bad_encoding"),
        (rb'["\\ud83d\ude00"]', 400, "bad_encoding"),
        (b'{"a":"\x00"}', 400, "nul_character"),
        (rb'{"a":"\u0000"}', 400, "nul_character"),
        (rb'{"\u0000":1}', 400, "nul_character"),
        (rb'["\\\u0000"]', 400, "nul_character"),
        (b"[NaN]", 400, "not_a_number"),
        (b"[Infinity]", 400, "not_a_number"),
        (b"[-Infinity]", 400, "not_a_number"),
        (b"[1e400]", 422, "out_of_range"),
        (b"[-1e400]", 422, "out_of_range"),
        (b"[9223372036854775808]", 422, "out_of_range"),
        (b"[-9223372036854775809]", 422, "out_of_range"),
        (b"[" + b"9" * 4301 + b"]", 422, "out_of_range"),
        (b"[0." + b"1" * 4301 + b"]", 422, "out_of_range"),
        (b'{"a":1,"a":1}', 400, "duplicate_key"),
        (b'{"x":{"a":1,"b":2,"\\u0061":3}}', 400, "duplicate_key"),
        (b"[" * 33 + b"]" * 33, 400, "too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, 400, "too_deep"),
        (b'[{"a":' * 17 + b"1" + b"}]" * 17, 400, "too_deep"),
    ],
)
def test_refuses_with_a_code(body: bytes, status: int, code: str) -> None:
    assert refusal(body) == (status, code)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b" [1 , 2] ", [1, 2]),
        (b"[-0, -0.0]", [0, 0.0]),
        (b"[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        (rb'["\ud83d\ude00"]', ["😀"]),
        (rb'["\\ud800", "\\u0000"]', [r"\ud800", r"\u0000"]),
        (rb'["[[[\"", "]}", "\\"]', ['[[["', "]}", "\\"]),
        (b"[" * 32 + b"]" * 32, json.loads("[" * 32 + "]" * 32)),
        (b'["' + b"[" * 5000 + b'"]', ["[" * 5000]),
        (b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (rb'{"__proto__":1}', {"__proto__": 1}),
    ],
)
def test_reads_what_is_odd_but_right(body: bytes, value: object) -> None:
    assert parse(body) == value


def test_negative_zero_loses_its_sign() -> None:
    assert str(parse(b"[-0.0]")[0]) == "0.0"


def test_numbers_can_be_read_exactly() -> None:
    assert parse(b"[0.1, -0.0, 3]", exact_numbers=True) == [Decimal("0.1"), Decimal(0), 3]
    with pytest.raises(Problem):
        parse(b"[1e400]", exact_numbers=True)


# (name, body, code, allowed ms): the allowance is ten times the promise, for busy machines;
# what counts is that none of them takes the seconds it took a plain parser.
HOSTILE = [
    ("200k opening brackets", b"[" * 200_000, "too_many_items", 20),
    ("200k nested lists", b"[" * 100_000 + b"]" * 100_000, "too_deep", 20),
    ("100k keys", json.dumps(dict.fromkeys(map(str, range(100_000)), 1)).encode(), None, 20),
    ("nested and wide", b"[[][]" * 100_000, "too_many_items", 20),
    ("1 MB key", b'{"' + b"k" * 1_000_000 + b'":1}', "key_too_long", 20),
    ("a million digits", b"[" + b"9" * 1_000_000 + b"]", "out_of_range", 5),
    ("a million decimals", b"[1." + b"9" * 1_000_000 + b"]", "out_of_range", 5),
    ("a million numbers", b"[" + b"1," * 1_000_000 + b"1]", "too_many_items", 20),
    ("strings of brackets", b'["["' * 200_000, "too_many_items", 20),
]


@pytest.mark.parametrize(
    ("body", "code", "allowed_ms"), [case[1:] for case in HOSTILE], ids=[c[0] for c in HOSTILE]
)
def test_hostile_bodies_are_refused_before_they_cost(
    body: bytes, code: str | None, allowed_ms: int
) -> None:
    started = perf_counter()
    status, found = refusal(body)
    assert (perf_counter() - started) * 1000 < allowed_ms * 10
    assert found == (code or "too_many_items")
    assert status == (422 if code == "out_of_range" else 400)


def test_an_object_may_not_have_endless_keys_of_objects() -> None:
    body = b"{" + b",".join(b'"%d":{}' % n for n in range(20_000)) + b"}"
    assert refusal(body) == (400, "too_many_keys")


def test_a_full_batch_of_receipts_passes() -> None:
    batch = {"receipts": [make_receipt(sequence_number=n) for n in range(1000)]}
    assert parse(json.dumps(batch).encode()) == batch
    assert parse(json.dumps(batch, ensure_ascii=False).encode()) == batch
