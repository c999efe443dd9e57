"""A rebuild is cut so that every profile id is in exactly one shard of exactly one part."""

from uuid import UUID

import pytest

from services.ingest.domain.spans import EVERYBODY, NOBODY, RebuildScope, Span, split


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=number) for number in numbers]


def span(first: int, last: int) -> Span:
    return Span(*ids(first, last))


@pytest.mark.parametrize(
    ("ends", "pieces"),
    [
        ((), [(5, 50)]),
        ((10,), [(5, 10), (11, 50)]),
        ((10, 20), [(5, 10), (11, 20), (21, 50)]),
        ((10, 50), [(5, 10), (11, 50)]),
        ((10, 60), [(5, 10), (11, 50)]),
        ((5,), [(5, 5), (6, 50)]),
    ],
)
def test_pieces_follow_each_other_without_gap(
    ends: tuple[int, ...], pieces: list[tuple[int, int]]
) -> None:
    assert split(span(5, 50), ids(*ends)) == [span(*piece) for piece in pieces]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_parts_together_hold_every_shard_once_and_the_shop_once(parts: int) -> None:
    ends = ids(10, 20, 30, 40)
    scopes = [RebuildScope(is_repair=False, part=n, parts=parts) for n in range(1, parts + 1)]
    found = [shard for scope in scopes for shard in scope.shards(ends).items()]
    assert sorted(found, key=lambda shard: shard[0]) == [
        (0, NOBODY),
        *enumerate(split(EVERYBODY, ends), 1),
    ]


def test_a_range_of_customers_leaves_the_shop_out() -> None:
    assert RebuildScope(is_repair=True, span=span(1, 9)).shards(ids(5)) == {
        1: span(1, 5),
        2: span(6, 9),
    }


def test_only_the_same_rebuild_has_the_same_id() -> None:
    scopes = [
        RebuildScope(is_repair=False),
        RebuildScope(is_repair=True),
        RebuildScope(is_repair=False, span=span(1, 9)),
        RebuildScope(is_repair=False, part=1, parts=2),
        RebuildScope(is_repair=False, part=2, parts=2),
    ]
    assert len({scope.rebuild_id for scope in scopes}) == len(scopes)
    assert RebuildScope(is_repair=False).rebuild_id == scopes[0].rebuild_id
