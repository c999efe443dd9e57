"""Cuts: the season-free scores at which a tier is entered and left, frozen with a release."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.tiers.programme import ValueProgramme


@dataclass(frozen=True, slots=True)
class Cuts:
    """Smallest scores by rank: `enter[r]` reaches rank r, `leave[r]` keeps it; rank 0 is free."""

    enter: tuple[float, ...]
    leave: tuple[float, ...]

    def entered(self, score: float) -> int:
        """Name the highest rank whose enter cut a score reaches."""
        return _highest(self.enter, score)

    def kept(self, score: float, *, below: int) -> int:
        """Name the highest rank under `below` whose leave cut a score still reaches.

        A score that reaches an enter cut reaches the leave cut too, so this is also the highest
        lower tier it could enter.
        """
        return _highest(self.leave[:below], score)

    def is_left(self, score: float, rank: int) -> bool:
        """Tell whether a score lies under the leave cut of a rank."""
        return score < self.leave[rank]


def _highest(cuts: Sequence[float], score: float) -> int:
    for rank in range(len(cuts) - 1, 0, -1):
        if score >= cuts[rank]:
            return rank
    return 0


def cuts_of(scores: Sequence[float], programme: ValueProgramme) -> Cuts:
    """Cut the base's scores at the programme's shares."""
    ascending = sorted(scores)
    return Cuts(
        enter=tuple(share_cut(ascending, tier.enter_share) for tier in programme.tiers),
        leave=tuple(share_cut(ascending, tier.leave_share) for tier in programme.tiers),
    )


def share_cut(ascending: Sequence[float], share: float) -> float:
    """Find the score that the first `share` of customers reach.

    Of a tie across the boundary, all are in or all are out, whichever lies nearer to the share.
    A share of 1 is everybody (-inf); a cut of nobody is +inf.
    """
    n = len(ascending)
    if share >= 1:
        return -math.inf
    wanted = round(share * n)
    if wanted == 0:
        return math.inf
    cut = ascending[n - wanted]
    tied_in = n - bisect_left(ascending, cut)
    above = next((score for score in ascending[n - wanted :] if score > cut), None)
    if above is None:
        return cut
    tied_out = n - bisect_left(ascending, above)
    return cut if tied_in - wanted <= wanted - tied_out else above


def thresholds(cuts: Cuts, programme: ValueProgramme, population: int) -> dict[str, Any]:
    """Write cuts as their stored document."""
    above = programme.tiers[1:]
    return {
        "enter": {tier.key: _stored(cuts.enter[tier.rank]) for tier in above},
        "leave": {tier.key: _stored(cuts.leave[tier.rank]) for tier in above},
        "population": population,
    }


def read_cuts(document: Mapping[str, Any], programme: ValueProgramme) -> Cuts:
    """Read stored cuts back, to the bit."""
    above = programme.tiers[1:]
    return Cuts(
        enter=(-math.inf, *(_read(document["enter"][tier.key]) for tier in above)),
        leave=(-math.inf, *(_read(document["leave"][tier.key]) for tier in above)),
    )


def _stored(cut: float) -> float | None:
    # JSON has no infinity: null is a cut that nobody reaches.
    return None if cut == math.inf else cut


def _read(stored: float | None) -> float:
    return math.inf if stored is None else float(stored)
