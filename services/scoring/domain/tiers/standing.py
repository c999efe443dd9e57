"""The rule of a value tier: rise at once, fall only at midnight after some days below the cut."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.scoring.domain.tiers.cuts import Cuts


class Move(StrEnum):
    """How a tier changed; the values are reasons of the timeline."""

    ENTERED = "entered"
    RISE = "value_rise"
    FALL = "value_fall"
    PINNED = "pinned"
    GRANTED = "granted"
    PIN_ENDED = "pin_ended"
    GRANT_ENDED = "grant_ended"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands on a date.

    `below` counts the dates in a row, this one included, with a score under the leave cut of
    the tier held; `score` is that date's season-free score, or its mark where conditions make
    the classes.
    """

    rank: int
    below: int
    score: float


def begin(score: float, cuts: Cuts) -> Standing:
    """Stand on the first date that counts: the class by the enter cuts."""
    return Standing(cuts.entered(score), 0, score)


def fall_at_midnight(before: Standing, cuts: Cuts, fall_after_days: int) -> Standing:
    """Cross local midnight: after enough dates below, fall to the tier the last one still keeps.

    One transition, over as many tiers as that takes; the count starts anew.
    """
    if before.below < fall_after_days:
        return before
    return Standing(cuts.kept(before.score, below=before.rank), 0, before.score)


def rise_during(day_start: Standing, score: float, cuts: Cuts) -> Standing:
    """Live through a date with the score of all its facts: rise at once, else count."""
    reached = cuts.entered(score)
    if reached > day_start.rank:
        return Standing(reached, 0, score)
    is_below = cuts.is_left(score, day_start.rank)
    return Standing(day_start.rank, day_start.below + 1 if is_below else 0, score)
