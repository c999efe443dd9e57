"""Who is let in: never more than leaves in time, each key as often as it may."""

import pytest

from services.ingest.domain.allowance import MAX_KEYS, Allowances
from services.ingest.domain.gate import Gate
from services.ingest.errors import Overloaded, TooManyRequests
from services.ingest.settings import IngestSettings
from services.ingest.usecases.admission import (
    REQUEST_BYTES,
    UNDECLARED_BYTES,
    admission,
    size_of,
)
from shared.body import BATCH_CAP
from tests.factories import make_caller


def paced(bytes_per_s: int) -> Gate:
    """A gate that measured a pace: patience 2 s, floor 10, most 1,000 bytes."""
    gate = Gate(patience_s=2, floor_bytes=10, most_bytes=1000)
    gate.enter(bytes_per_s, 0)
    gate.leave(bytes_per_s, 1)
    return gate


@pytest.mark.parametrize(
    ("pace", "inside", "size", "is_open"),
    [
        (100, 0, 5000, True),  # an empty house takes any
        (100, 100, 100, True),
        (100, 100, 101, False),  # it would wait longer than two seconds
        (1, 5, 5, True),  # the floor
        (1, 5, 6, False),
        (10_000, 900, 101, False),  # memory
    ],
)
def test_the_gate_closes_when_a_body_would_wait_too_long(
    pace: int, inside: int, size: int, is_open: bool
) -> None:
    gate = paced(pace)
    if inside:
        gate.enter(inside, 1)
    assert gate.is_open(size) is is_open


def test_before_anything_was_measured_only_memory_counts() -> None:
    gate = Gate(patience_s=0.001, floor_bytes=0, most_bytes=1000)
    gate.enter(900, 0)
    assert gate.is_open(100)
    assert not gate.is_open(101)


def test_a_pause_says_nothing_about_the_pace() -> None:
    gate = paced(100)
    gate.enter(50, 1000)
    gate.leave(50, 1000.1)
    gate.enter(100, 2000)
    assert gate.is_open(100)
    assert not gate.is_open(101)


def test_a_key_may_burst_and_then_waits() -> None:
    keys = Allowances[str](per_s=2, burst=3)
    assert [keys.wait_s("a", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert keys.wait_s("b", 0) == 0
    assert keys.wait_s("a", 0.5) == 0
    assert keys.wait_s("a", 0.5) == 0.5


def test_buckets_are_bounded() -> None:
    keys = Allowances[int](per_s=1, burst=1)
    for number in range(MAX_KEYS + 1):
        keys.wait_s(number, 0)
    assert keys.wait_s(0, 0) == 0  # forgotten, hence full again
    assert keys.wait_s(MAX_KEYS, 0) > 0


def test_a_key_over_its_allowance_is_told_when_to_come_again() -> None:
    door = admission(IngestSettings(key_requests_per_s=1))
    caller = make_caller("events:write")
    for _ in range(2):
        with door.room(caller, "10"):
            pass
    with pytest.raises(TooManyRequests) as refused, door.room(caller, "10"):
        pass
    headers = refused.value.headers
    assert 1 <= int(headers["Retry-After"]) <= 3
    assert headers["RateLimit-Policy"] == '"key";q=1;w=1'


def test_a_full_house_refuses_and_room_is_given_back() -> None:
    door = admission(IngestSettings(queue_bytes=2**16, queue_floor_bytes=0))
    caller = make_caller("events:write")
    with door.room(caller, str(2**16)):
        with pytest.raises(Overloaded) as refused, door.room(caller, "1"):
            pass
        assert 1 <= int(refused.value.headers["Retry-After"]) <= 3
    assert door.gate.inside == 0


@pytest.mark.parametrize(
    ("declared", "size"),
    [
        (None, UNDECLARED_BYTES),
        ("17", 17 + REQUEST_BYTES),
        (b"17", 17 + REQUEST_BYTES),
        ("9" * 21, UNDECLARED_BYTES),
        ("-1", UNDECLARED_BYTES),
        (str(BATCH_CAP * 2), BATCH_CAP + REQUEST_BYTES),
    ],
)
def test_a_body_counts_as_what_it_declares(declared: str | bytes | None, size: int) -> None:
    assert size_of(declared) == size
