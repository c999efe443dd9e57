"""The file of last known tiers finds everybody in it, nobody else, and is ours or nothing."""

from datetime import UTC, datetime

import pytest

from services.scoring.domain.last_known.answer import Age, stale_answer
from services.scoring.domain.last_known.layout import (
    Header,
    Held,
    KnownKey,
    KnownProgramme,
    Snapshot,
    SnapshotRefused,
    file_of,
    hash_of,
    row_of,
    slot_of,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
UNTIL = datetime(2027, 3, 1, tzinfo=UTC)
TIERS = [
    {"key": key, "rank": rank, "name": {"en": key, "zh": key}}
    for rank, key in enumerate(("regular", "silver", "gold"))
]


def programme(key: str, *, is_default: bool = False) -> KnownProgramme:
    return KnownProgramme(key, 3, "customer_facing", is_default, 17, None, TIERS, {})


COFFEE = programme("coffee")
PROGRAMMES = (COFFEE, programme("value", is_default=True))
HEADER = Header(AT, AT, "", PROGRAMMES, (KnownKey("ab" * 32, "id", "till", ["tier:read"], None),))
HELD = {
    "c-1": (Held(2, "held", UNTIL), Held(0, "held", None)),
    "c-2": (Held(1, "at_risk", UNTIL), None),
    "c-3": (None, Held(1, "pinned", None)),
}


def rows(key: bytes = KEY) -> list[bytes]:
    return [
        row_of(hash_of(key, "customer_id", name.encode()), [slot(each) for each in held])
        for name, held in HELD.items()
    ]


def slot(held: Held | None) -> bytes:
    return (
        slot_of(None, None, None) if held is None else slot_of(held.rank, held.status, held.until)
    )


def made() -> bytes:
    return file_of(KEY, HEADER, rows())


def test_everybody_is_found_with_what_they_held() -> None:
    snapshot = Snapshot(made(), KEY)
    found = {name: snapshot.find("customer_id", name.encode()) for name in HELD}
    assert (found, len(snapshot)) == (HELD, len(HELD))


def test_nobody_else_is_found() -> None:
    snapshot = Snapshot(made(), KEY)
    assert snapshot.find("customer_id", b"c-4") is None
    assert snapshot.find("loyalty_account", b"c-1") is None
    assert Snapshot(file_of(KEY, HEADER, []), KEY).find("customer_id", b"c-1") is None


def test_the_header_comes_back_whole() -> None:
    assert Snapshot(made(), KEY).header == HEADER


def test_a_customer_of_two_programmes_and_two_names_takes_at_most_64_bytes() -> None:
    assert 2 * len(rows()[0]) <= 64


def test_no_name_stands_in_it() -> None:
    assert b"c-1" not in made()


@pytest.mark.parametrize("place", [0, 5, 30, 60, -100, -1])
def test_a_changed_byte_makes_it_no_file_of_ours(place: int) -> None:
    content = bytearray(made())
    content[place] ^= 1
    with pytest.raises(SnapshotRefused):
        Snapshot(bytes(content), KEY)


@pytest.mark.parametrize("length", [0, 10, 60, 200, -1])
def test_a_part_of_it_is_no_file_of_ours(length: int) -> None:
    with pytest.raises(SnapshotRefused):
        Snapshot(made()[:length], KEY)


def test_the_file_of_another_installation_is_refused() -> None:
    with pytest.raises(SnapshotRefused, match="another installation"):
        Snapshot(made(), OTHER_KEY)


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(SnapshotRefused, match="width"):
        Snapshot(file_of(KEY, HEADER, [row[:-1] for row in rows()]), KEY)


def test_a_known_customer_is_told_the_last_tier_and_how_old_it_is() -> None:
    held = Held(1, "grace", UNTIL)
    told = stale_answer("c-1", COFFEE, [held], Age(AT, is_expired=False))
    named = ("known", "stale", "expired", "reason", "status", "valid_until", "as_of")
    assert {name: told[name] for name in named} == {
        "known": True,
        "stale": True,
        "expired": False,
        "reason": "db_unavailable",
        "status": "grace",
        "valid_until": "2027-03-01T00:00:00Z",
        "as_of": "2026-11-22T01:00:00Z",
    }
    assert told["tier"]["key"] == "silver"


@pytest.mark.parametrize(
    ("found", "is_known"),
    [(None, False), ([None], True), ([Held(7, "held", None)], True)],
    ids=["unknown", "undecided", "rank of another version"],
)
def test_whoever_holds_nothing_yet_has_the_entry_tier(
    found: list[Held | None] | None, is_known: bool
) -> None:
    told = stale_answer(None, COFFEE, found, Age(AT, is_expired=True))
    assert (told["known"], told["tier"]["rank"], told["expired"]) == (is_known, 0, True)
