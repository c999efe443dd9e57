"""A cursor names a place exactly, and nothing else is taken for one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.feedback.domain.contacts.place import Place, cursor_of, place_in

ID = "0198c0de-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.mark.parametrize(
    "place",
    [
        Place(AT, "feedback", ID),
        Place(AT, "points_earned", ID),
        Place(AT, "purchase", "ab" * 16),
        Place(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "tier", ID),
    ],
    ids=["uuid", "two words", "bytes", "before 1970"],
)
def test_a_cursor_gives_its_place_back(place: Place) -> None:
    assert place_in(cursor_of(place)) == place


@pytest.mark.parametrize(
    "cursor",
    ["", "1", "1.tier", f"1.TIER.{ID}", f"x.tier.{ID}", f"1.tier.{ID[:-1]}", "1.tier." + "g" * 32,
     f"1.tier.{ID}\n", f"{'9' * 18}.tier.{ID}", f"１.tier.{ID}"],
    ids=["empty", "one", "two", "capitals", "instant", "short", "digits", "line", "late", "wide"],
)  # fmt: skip
def test_what_no_list_gave_is_no_place(cursor: str) -> None:
    assert place_in(cursor) is None


def test_places_are_ordered_by_instant_then_kind_then_id() -> None:
    later = datetime(2026, 11, 22, 2, tzinfo=UTC)
    places = [Place(AT, "a", "2"), Place(later, "a", "1"), Place(AT, "b", "1"), Place(AT, "a", "1")]
    assert sorted(places) == [places[3], places[0], places[2], places[1]]


def test_an_id_of_bytes_can_be_read_as_a_uuid() -> None:
    assert Place(AT, "purchase", "ab" * 16).uuid == UUID("ab" * 16)
