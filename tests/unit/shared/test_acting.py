"""The console's key speaks for a person who is named; every other key for itself."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.acting import HEADER, caller_for, header_of
from shared.keys import OWN_KEYS, PERSON_PREFIX, Caller, GrantRefused, own_name
from shared.problem import Problem

CONSOLE = Caller(UUID(int=1), "TIERLINE_CONSOLE_KEY", frozenset({"admin"}), "console")
RAW = HEADER.lower().encode()
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


def raw(actor: str) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in header_of(actor).items()]


@given(names)
def test_a_person_of_any_letters_is_named(name: str) -> None:
    named = caller_for(CONSOLE, raw(PERSON_PREFIX + name))
    assert named.name == PERSON_PREFIX + name
    assert (named.key_id, named.scopes, named.source) == (
        CONSOLE.key_id,
        CONSOLE.scopes,
        CONSOLE.source,
    )


def test_the_console_may_ask_for_nobody_in_particular() -> None:
    assert caller_for(CONSOLE, [(b"accept", b"*/*")]) is CONSOLE


@pytest.mark.parametrize("name", [*sorted(OWN_KEYS.keys() - {CONSOLE.name}), "till-2"])
def test_no_other_key_speaks_for_somebody(name: str) -> None:
    caller = Caller(UUID(int=2), name, frozenset({"admin"}))
    assert caller_for(caller, raw("user:lin")) is caller


@pytest.mark.parametrize(
    "headers",
    [
        [(RAW, b"lin")],
        [(RAW, b"user:")],
        [(RAW, b"")],
        [(RAW, b"user:%ff")],
        [(RAW, "user:李".encode())],
        [(RAW, b"user:a%0Ab")],
        [(RAW, b"user:" + b"a" * 300)],
        [(RAW, b"user:lin"), (RAW, b"user:wang")],
    ],
    ids=["no person", "no name", "empty", "no UTF-8", "not encoded", "a line", "long", "two"],
)
def test_who_cannot_be_read_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Problem) as caught:
        caller_for(CONSOLE, headers)
    assert caught.value.kind.status == 400


@pytest.mark.parametrize("name", ["user:lin", " user:lin"])
def test_no_key_is_called_like_a_person(name: str) -> None:
    with pytest.raises(GrantRefused):
        own_name(name)
