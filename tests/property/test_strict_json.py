"""Whatever JSON says is read as it is meant; whatever bytes come, only a Problem is raised."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.problem import Problem
from shared.strict_json import parse

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from(["[", "]", "{", "}", '"', "\\", '\\"', "[[[", '"]"', "\\\\", "\\u0000"])
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5)
)


@given(values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_reads_what_the_standard_parser_reads(
    value: Any, ensure_ascii: bool, indent: int | str | None
) -> None:
    body = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent).encode()
    assert parse(body) == value


def outcome(body: bytes) -> Any:
    """The value, or the status and slug of the refusal; any other error fails the test."""
    try:
        return parse(body)
    except Problem as problem:
        return problem.kind[:2]


@given(st.binary() | st.text(alphabet='[]{}",:\\u0d8 1e.-', max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_a_problem(body: bytes) -> None:
    found = outcome(body)
    if isinstance(found, tuple):
        assert found[0] in (400, 422)
    else:
        assert found == json.loads(body)


@given(st.integers(1, 80), texts)
def test_depth_is_counted_outside_strings_only(depth: int, text: str) -> None:
    body = b"[" * depth + json.dumps(text + "[[").encode() + b"]" * depth
    found = outcome(body)
    assert (found == (400, "too_deep")) == (depth > 32)
