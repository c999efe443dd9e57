"""Ids that sort by time and keys that never run together."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import RFC_4122

from shared.ids import IdMaker, short_key, uuid7
from tests.fakes import FakeClock


def test_uuid7_carries_its_version_variant_and_time() -> None:
    clock = FakeClock(datetime(2026, 11, 22, tzinfo=UTC))
    made = IdMaker(clock).uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(clock.instant.timestamp() * 1000)


def test_ids_of_one_millisecond_still_grow() -> None:
    maker = IdMaker(FakeClock())
    made = [maker.uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_grow_though_the_clock_goes_back() -> None:
    clock = FakeClock()
    maker = IdMaker(clock)
    before = maker.uuid7()
    clock.advance(hours=-1)
    assert maker.uuid7() > before


def test_default_maker_makes_different_ids() -> None:
    assert uuid7() != uuid7()


def test_keys_are_sixteen_bytes_and_tell_parts_apart() -> None:
    assert len(short_key("pos", "e-1")) == 16
    assert short_key("ab", "c") != short_key("a", "bc") != short_key("abc")


def test_same_event_has_the_same_key_for_ever() -> None:
    framed = b"\x00\x00\x00\x07receipt" + b"\x00\x00\x00\x011"
    assert short_key("receipt", "1") == sha256(framed).digest()[:16]
    assert short_key("receipt", "1").hex() == "c48c336f6d3205a476d1bd10af9c153d"
