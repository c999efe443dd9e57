"""Pages of remarks: whoever is not known yet is come back to, nobody is met twice."""

from uuid import UUID

import pytest

from services.feedback.queries.care.happenings import Remark
from services.feedback.usecases.care.remarks import (
    MOST_WAITING,
    Place,
    cursor_at,
    place_at,
    turned,
)

ANN, FIRST, LAST = UUID(int=1), UUID(int=1000), UUID(int=5000)


def remark(number: int, *, is_known: bool = True) -> Remark:
    return Remark(UUID(int=number), 1, "web", ANN if is_known else None)


def stranger(number: int) -> Remark:
    return remark(number, is_known=False)


@pytest.mark.parametrize("waiting", [(), (UUID(int=3), UUID(int=4))])
def test_a_cursor_names_its_place(waiting: tuple[UUID, ...]) -> None:
    place = Place(LAST, waiting)
    assert place_at(cursor_at(place)) == place


@pytest.mark.parametrize("cursor", [None, ""])
def test_without_a_cursor_reading_begins_at_the_beginning(cursor: str | None) -> None:
    assert place_at(cursor) == Place()


def test_strangers_are_waited_for_and_read_over() -> None:
    page = turned([stranger(500), remark(600), remark(1001), stranger(1002)], FIRST, LAST, 10)
    assert [each.feedback_id.int for _, each in page.known] == [600, 1001]
    assert page.place == Place(LAST, (UUID(int=500), UUID(int=1002)))
    assert page.has_more is False


def test_a_full_page_ends_with_its_last_new_remark() -> None:
    remarks = [stranger(500), remark(1001), remark(1002), stranger(1003), remark(1004)]
    page = turned(remarks, FIRST, LAST, 2)
    assert [each.feedback_id.int for _, each in page.known] == [1001, 1002]
    assert (page.place, page.has_more) == (Place(UUID(int=1002), (UUID(int=500),)), True)


def test_where_too_many_are_waited_for_reading_stops_before_the_next_stranger() -> None:
    full = [stranger(number) for number in range(1, MOST_WAITING + 1)]
    page = turned([*full, remark(1001), stranger(1005), remark(1006)], FIRST, LAST, 10)
    assert [each.feedback_id.int for _, each in page.known] == [1001]
    assert (page.place.last, len(page.place.waiting)) == (UUID(int=1004), MOST_WAITING)
    assert page.has_more is False
