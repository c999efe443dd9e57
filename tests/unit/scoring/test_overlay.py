"""Pins and grants show another tier while they last, and leave what is earned alone."""

from datetime import UTC, datetime, timedelta

import pytest

from services.scoring.domain.status.engine.history import Grant, Pin, PinMode
from services.scoring.domain.status.engine.pins import Nail, pinned
from services.scoring.domain.tiers.overlay import Shown, controls_of, overlay
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import TierChange

START = datetime(2026, 1, 1, tzinfo=UTC)
RANKS = {"low": 0, "mid": 1, "high": 2}
# Rank 1 at first, 2 from day 10 on, 0 from day 20 on.
EARNED = ((0, 1, Move.ENTERED), (10, 2, Move.RISE), (20, 0, Move.FALL))


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def pin(mode: PinMode, tier: str, start: float, end: float | None = None) -> Pin:
    return Pin(f"{mode}-{start}", mode, tier, day(start), None if end is None else day(end))


def grant(tier: str, start: float, end: float | None = None) -> Grant:
    return Grant("g", "invited", tier, day(start), None if end is None else day(end))


def shown(*controls: Pin | Grant, now: float = 30) -> Shown:
    changes = [TierChange(day(at), rank, move) for at, rank, move in EARNED if at <= now]
    pins = [each for each in controls if isinstance(each, Pin)]
    grants = [each for each in controls if isinstance(each, Grant)]
    return overlay(changes, controls_of(RANKS, pins, grants), day(now))


def as_days(seen: Shown) -> list[tuple[float, int, str]]:
    return [((c.at - START) / timedelta(days=1), c.rank, c.move.value) for c in seen.changes]


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ((), [(0, 1, "entered"), (10, 2, "value_rise"), (20, 0, "value_fall")]),
        # hidden changes are none
        ((pin("exact", "mid", 5, 25),), [(0, 1, "entered"), (25, 0, "pin_ended")]),
        (
            (pin("floor", "mid", 5),),
            [(0, 1, "entered"), (10, 2, "value_rise"), (20, 1, "pinned")],
        ),
        (
            (pin("ceiling", "low", 5, 15),),
            [(0, 1, "entered"), (5, 0, "pinned"), (15, 2, "pin_ended"), (20, 0, "value_fall")],
        ),
        # floors raise, then ceilings cap, then exact sets
        (
            (pin("floor", "high", 5), pin("ceiling", "mid", 5)),
            [(0, 1, "entered")],
        ),
        (
            (pin("exact", "low", 2, 8), pin("exact", "high", 4, 6)),
            [
                (0, 1, "entered"),
                (2, 0, "pinned"),
                (4, 2, "pinned"),
                (6, 0, "pinned"),
                (8, 1, "pin_ended"),
                (10, 2, "value_rise"),
                (20, 0, "value_fall"),
            ],
        ),
        (
            (grant("high", 3, 12),),
            [(0, 1, "entered"), (3, 2, "granted"), (20, 0, "value_fall")],
        ),
        (
            (grant("mid", 15, 25),),
            [
                (0, 1, "entered"),
                (10, 2, "value_rise"),
                (20, 1, "granted"),
                (25, 0, "grant_ended"),
            ],
        ),
    ],
)
def test_what_could_be_seen(
    controls: tuple[Pin | Grant, ...], expected: list[tuple[float, int, str]]
) -> None:
    assert as_days(shown(*controls)) == expected


def test_of_exact_pins_that_start_at_once_the_one_given_last_sets_the_tier() -> None:
    first, second = (
        Pin(f"{n}", "exact", tier, day(5), None) for n, tier in ((1, "low"), (2, "high"))
    )
    assert shown(first, second).rank == shown(second, first).rank == RANKS["high"]
    nails = [
        (RANKS[each.tier_key], Nail(0, 1, "exact", each.tier_key, each.pin_id))
        for each in (first, second)
    ]
    assert pinned(0, nails) == RANKS["high"]


def test_a_pin_acts_from_its_start_up_to_its_end() -> None:
    held = pin("exact", "high", 5, 6)
    seen = [shown(held, now=at).rank for at in (4.999, 5, 5.999, 6)]
    assert seen == [1, 2, 2, 1]


@pytest.mark.parametrize(("now", "expected"), [(1, 5), (5, 7), (8, None)])
def test_the_next_boundary_is_told(now: float, expected: float | None) -> None:
    found = shown(pin("exact", "high", 5, 7), now=now).changes_at
    assert found == (None if expected is None else day(expected))


def test_since_is_when_the_shown_tier_began() -> None:
    assert shown(pin("floor", "high", 15), now=30).since == day(10)


def test_a_tier_that_is_no_more_is_passed_over() -> None:
    assert controls_of(RANKS, [pin("exact", "gold", 5)], []) == ()


def test_a_control_that_changes_nothing_does_not_decide() -> None:
    assert shown(pin("floor", "low", 5)).control is None


@pytest.mark.parametrize(
    ("controls", "now", "rank", "until"),
    [
        ((pin("exact", "low", 5, 8),), 6, 0, 8),
        ((pin("exact", "mid", 5, 8),), 6, 1, 8),
        ((pin("floor", "high", 5),), 6, 2, None),
        ((pin("floor", "high", 5, 7), pin("floor", "high", 5, 9)), 6, 2, 9),
        ((grant("high", 5, 8),), 6, 2, 8),
        ((pin("floor", "mid", 5, 8),), 6, 1, None),  # earned besides, without an end
        ((pin("ceiling", "low", 5, 8),), 6, 0, 8),
        ((pin("ceiling", "mid", 5, 18),), 12, 1, 18),
        ((grant("high", 15, 25), pin("ceiling", "mid", 15, 28)), 22, 1, 25),
        ((grant("high", 15, 28), pin("ceiling", "mid", 15, 25)), 22, 1, 25),
        ((grant("high", 15, 25), pin("ceiling", "low", 15)), 22, 0, None),
    ],
)
def test_what_a_control_shows_is_valid_until_it_ends(
    controls: tuple[Pin | Grant, ...], now: float, rank: int, until: float | None
) -> None:
    seen = shown(*controls, now=now)
    assert (seen.rank, seen.until) == (rank, None if until is None else day(until))
