"""Arms: a published rule, shares as asked, and a hold-out that only grows."""

from collections import Counter
from hashlib import sha256

import pytest

from shared.assignment import arm_of

UNITS = [f"unit-{number}" for number in range(4_000)]
TWO = [("control", 100), ("call", 900)]
THREE = [("control", 100), ("call", 600), ("mail", 300)]
KNOWN = [
    "call",
    "mail",
    "call",
    "call",
    "call",
    "call",
    "call",
    "call",
    "control",
    "call",
    "mail",
    "call",
]


def arms(shares: list[tuple[str, int]], key: str = "win_back", salt: str = "s1") -> dict[str, str]:
    return {unit: arm_of(key, salt, unit, shares) for unit in UNITS}


def test_arm_can_be_recomputed_from_the_published_rule() -> None:
    for unit in UNITS[:50]:
        first = int.from_bytes(sha256(f"win_back:s1:{unit}".encode()).digest()[:8], "big")
        assert (arm_of("win_back", "s1", unit, TWO) == "control") == (first / 2**64 < 0.1)


def test_known_arms_never_change() -> None:
    found = [arm_of("win_back", "s1", unit, THREE) for unit in UNITS[:12]]
    assert found == KNOWN


@pytest.mark.parametrize("shares", [TWO, THREE], ids=["two", "three"])
def test_arms_get_their_shares(shares: list[tuple[str, int]]) -> None:
    counts = Counter(arms(shares).values())
    for arm, share in shares:
        expected = len(UNITS) * share / 1000
        assert abs(counts[arm] - expected) < 4 * expected**0.5


def test_growing_hold_out_only_moves_people_into_it() -> None:
    before = arms(THREE)
    after = arms([("control", 400), ("call", 400), ("mail", 200)])
    assert {after[unit] for unit in UNITS if after[unit] != before[unit]} == {"control"}
    assert all(after[unit] == "control" for unit in UNITS if before[unit] == "control")


@pytest.mark.parametrize(
    ("key", "salt"), [("other", "s1"), ("win_back", "s2")], ids=["other_key", "other_salt"]
)
def test_other_experiments_draw_anew(key: str, salt: str) -> None:
    half = [("control", 500), ("call", 500)]
    first, second = arms(half), arms(half, key, salt)
    same = sum(first[unit] == second[unit] for unit in UNITS)
    assert abs(same - len(UNITS) / 2) < 4 * len(UNITS) ** 0.5


@pytest.mark.parametrize(
    ("shares", "arm"),
    [([("control", 1000)], "control"), ([("control", 0), ("call", 1000)], "call")],
    ids=["everybody", "nobody"],
)
def test_whole_shares_take_everybody(shares: list[tuple[str, int]], arm: str) -> None:
    assert set(arms(shares).values()) == {arm}
