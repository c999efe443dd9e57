from datetime import UTC, datetime
from functools import reduce
from itertools import permutations
from typing import Any

import pytest

from services.ingest.domain.records import EventKey
from services.ingest.domain.traits import MOST, Attributes, replaced, stamp, with_traits

NOTHING = Attributes({}, {})


def at(hour: int, key: bytes = b"k") -> str:
    return stamp(datetime(2026, 11, 20, hour, tzinfo=UTC), EventKey(key))


def told(known: Attributes, *words: tuple[dict[str, Any], str]) -> Attributes:
    return reduce(lambda so_far, word: with_traits(so_far, *word), words, known)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ([({"city": "A"}, at(1)), ({"city": "B"}, at(2))], {"city": "B"}),
        ([({"city": "A"}, at(1)), ({"pet": "cat"}, at(2))], {"city": "A", "pet": "cat"}),
        ([({"city": "A"}, at(1)), ({"city": None}, at(2))], {}),
        ([({"city": None}, at(1)), ({"city": "A"}, at(2))], {"city": "A"}),
        ([({"city": "A"}, at(1, b"a")), ({"city": "B"}, at(1, b"b"))], {"city": "B"}),
        ([({"a": 1, "b": 1}, at(1)), ({"a": 2}, at(3)), ({"a": 3, "b": 2}, at(2))],
         {"a": 2, "b": 2}),
    ],
    ids=("later", "other", "taken-away", "told-again", "same-instant", "three"),
)  # fmt: skip
def test_the_latest_word_stays_whatever_comes_first(
    words: list[tuple[dict[str, Any], str]], values: dict[str, Any]
) -> None:
    ends = [told(NOTHING, *order) for order in permutations(words)]
    assert all(end == ends[0] for end in ends)
    assert ends[0].values == values


def test_what_was_told_before_a_replacement_says_nothing_any_more() -> None:
    known = replaced({"city": "A"}, datetime(2026, 11, 20, 5, tzinfo=UTC))
    assert told(known, ({"city": "B", "pet": "cat"}, at(4))).values == {"city": "A"}
    assert told(known, ({"city": "B"}, at(6))).values == {"city": "B"}


def test_a_profile_keeps_a_bounded_number_of_traits_those_told_last() -> None:
    words = [({f"t{n}": n}, at(n % 24, n.to_bytes(2, "big"))) for n in range(MOST + 50)]
    known = told(NOTHING, *words)
    assert known == told(NOTHING, *reversed(words))
    assert len(known.values) == len(known.told) == MOST
