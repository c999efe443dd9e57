"""Which events a customer's past version rested on, through merges and their undoing."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.ingest.domain.known_at import PastLink, Place, known_at

A, B, C = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 1, 1, tzinfo=UTC)
# Events by place: A's, B's, then B counts for A (A at version 3), both go on, it is undone (A at 7,
# B at 4), both go on.
EVENTS = [
    Place(A, 1, 1), Place(B, 2, 1), Place(A, 3, 2),
    Place(B, 5, 4), Place(A, 6, 5), Place(B, 7, 6),
    Place(A, 9, 8), Place(B, 10, 5),
]  # fmt: skip
UNDONE = PastLink(B, A, 4, {A: 3, B: 2}, AT, 8, AT, {A: 7, B: 4})
# B counts for A, then A for C: only the second merge names C.
CHAIN = [
    PastLink(B, A, 4, {A: 3, B: 2}, AT, None, None, {}),
    PastLink(A, C, 7, {A: 6, B: 3, C: 2}, AT, None, None, {}),
]


@pytest.mark.parametrize(
    ("customer", "version", "expected"),
    [
        (A, 1, {1}),
        (A, 2, {1, 3}),
        (A, 3, {1, 2, 3}),
        (A, 4, {1, 2, 3, 5}),
        (A, 6, {1, 2, 3, 5, 6, 7}),
        (A, 7, {1, 3, 6}),
        (A, 8, {1, 3, 6, 9}),
        (B, 1, {2}),
        (B, 4, {2, 5, 7}),
        (B, 5, {2, 5, 7, 10}),
    ],
)
def test_an_undone_merge_is_known_between_its_versions(
    customer: UUID, version: int, expected: set[int]
) -> None:
    assert known_at(customer, version, [UNDONE], EVENTS) == expected


def test_who_was_merged_before_comes_along() -> None:
    events = [Place(A, 1, 1), Place(B, 2, 1), Place(C, 3, 1), Place(B, 5, 4), Place(A, 8, 3)]
    assert known_at(C, 1, CHAIN, events) == {3}
    assert known_at(C, 2, CHAIN, events) == {1, 2, 3, 5}
    assert known_at(C, 3, CHAIN, events) == {1, 2, 3, 5, 8}


def test_an_undoing_after_they_parted_changes_nothing_of_before() -> None:
    parted = [
        PastLink(B, A, 4, {A: 3, B: 2}, AT, 12, AT, {A: 9, B: 5}),
        PastLink(A, C, 7, {A: 6, B: 3, C: 2}, AT, 10, AT, {A: 8, B: 4, C: 4}),
    ]
    events = [Place(A, 1, 1), Place(B, 2, 1), Place(C, 3, 1), Place(B, 5, 4), Place(A, 11, 9)]
    assert known_at(C, 2, parted, events) == {1, 2, 3, 5}
    assert known_at(C, 4, parted, events) == {3}
