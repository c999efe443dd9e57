"""Who brought whom: one table for the whole span, the star among ordinary members."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deploy.demo.planted import REFERRAL_STAR, STAR_REFERRALS
from deploy.demo.population import Population
from deploy.demo.spec import ShopSpec

_PURPOSE = 5
_FIRST_DAY = 20
ORDINARY_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Referral:
    """`referrer` and `referred` are customer rows."""

    offset: int
    referrer: int
    referred: int


def referrals_by_day(spec: ShopSpec, crowd: Population) -> dict[int, list[Referral]]:
    """Give every referral by the day of the span on which the new customer came."""
    by_day: dict[int, list[Referral]] = {}
    for referral in _referrals(spec, crowd):
        by_day.setdefault(referral.offset, []).append(referral)
    return by_day


def _referrals(spec: ShopSpec, crowd: Population) -> Iterator[Referral]:
    rng = spec.random(_PURPOSE)
    joined = crowd.joined[:-1]
    came_later = rng.permutation(np.flatnonzero(joined >= _FIRST_DAY))
    came_later = came_later[came_later != REFERRAL_STAR - 1]
    by_star = came_later[:STAR_REFERRALS]
    others = came_later[STAR_REFERRALS:]
    others = others[rng.random(others.size) < ORDINARY_SHARE]
    for referred in by_star.tolist():
        yield Referral(int(joined[referred]), REFERRAL_STAR - 1, referred)
    was_there = np.flatnonzero(joined < _FIRST_DAY)
    referrers = rng.permutation(was_there[was_there != REFERRAL_STAR - 1])
    # In turn, so that no ordinary member comes near the star.
    for turn, referred in enumerate(others.tolist()):
        referrer = int(referrers[turn % referrers.size])
        yield Referral(int(joined[referred]), referrer, referred)
