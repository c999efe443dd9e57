"""Where a page of cases ends, as a cursor names it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.feedback.domain.cases.listing import NO_RANK, Place, cursor_at, place_at


@pytest.mark.parametrize("rank", [NO_RANK, 0, 2])
def test_a_cursor_names_the_place_it_was_made_of(rank: int) -> None:
    due, opened = (
        datetime(2026, 11, 23, 7, 0, 0, 123456, UTC),
        datetime(2026, 11, 22, 9, tzinfo=UTC),
    )
    place = Place(due, 3, rank, opened, UUID(int=7))
    assert place_at(cursor_at(place)) == place
