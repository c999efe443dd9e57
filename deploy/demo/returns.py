"""What comes back: voids minutes after a sale, returns days after it."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from deploy.demo.columns import NO_LINK, Kind, Receipts, concat
from deploy.demo.planted import RETURN_DAYS
from deploy.demo.population import Population
from deploy.demo.season import CLOSE_S, OPEN_S, Bools, Ints
from deploy.demo.spec import DAY_SECONDS

VOID_SHARE = 0.003
UNLINKED_SHARE = 0.25
PARTIAL_SHARE = 0.4
LONGEST_DAYS = 21


def pick_voided(rng: np.random.Generator, sales: Receipts, seconds_open: int) -> Ints:
    """Rows of the day's sales that the till cancels again."""
    chosen = rng.random(len(sales)) < VOID_SHARE
    return np.flatnonzero(chosen & (sales.heads.second < seconds_open - 1))


def voids_of(
    rng: np.random.Generator, sales: Receipts, voided: Ints, seconds_open: int
) -> Receipts:
    """Void receipts of the given sales, at the same till, minutes later; links come later."""
    voids = sales.take(voided)
    later = voids.heads.second + rng.integers(40, 600, voided.size)
    heads = replace(
        voids.heads,
        kind=np.full(voided.size, int(Kind.VOID)),
        second=later.clip(0, min(seconds_open, DAY_SECONDS) - 1),
        link_day=voids.heads.day,
        link_till=voids.heads.till,
    )
    return replace(voids, heads=heads)


class Returns:
    """Sales that will come back, kept until their day: bounded by the longest delay."""

    def __init__(self, rng: np.random.Generator, crowd: Population) -> None:
        self._rng = rng
        self._crowd = crowd
        self._waiting: defaultdict[int, list[Receipts]] = defaultdict(list)

    def plan(self, sales: Receipts) -> None:
        """Choose which of the day's lasting sales come back, when, and which of their lines."""
        rng, customer = self._rng, sales.heads.customer
        chance = self._crowd.returns[np.where(customer < 0, self._crowd.walk_in, customer)]
        rows = np.flatnonzero(rng.random(len(sales)) < chance)
        if not rows.size:
            return
        everything = chance[rows] >= 1
        delay = np.where(
            everything,
            rng.integers(1, RETURN_DAYS + 1, rows.size),
            rng.integers(1, LONGEST_DAYS + 1, rows.size),
        )
        chosen = self._kept_lines(sales.take(rows), everything)
        linked = everything | (customer[rows] < 0) | (rng.random(rows.size) >= UNLINKED_SHARE)
        chosen = _linked_back(chosen, linked)
        due = sales.heads.day[rows] + delay
        for day in np.unique(due):
            self._waiting[int(day)].append(chosen.take(np.flatnonzero(due == day)))

    def due(self, day: int) -> list[Receipts]:
        """Hand over the returns of a business date, while the stores are open."""
        parts = self._waiting.pop(day, [])
        if not parts:
            return []
        back = concat(parts)
        heads = replace(
            back.heads,
            day=np.full(len(back), day),
            second=self._rng.integers(OPEN_S, CLOSE_S, len(back)),
        )
        return [replace(back, heads=heads)]

    def _kept_lines(self, sales: Receipts, everything: Bools) -> Receipts:
        owner = sales.line_owner
        partial = (self._rng.random(len(sales)) < PARTIAL_SHARE) & ~everything
        kept = ~partial[owner] | (self._rng.random(owner.size) < 0.5)
        kept[sales.line_start[:-1]] = True
        return sales.keep_lines(kept)


def _linked_back(sales: Receipts, linked: Bools) -> Receipts:
    heads = replace(
        sales.heads,
        kind=np.full(len(sales), int(Kind.RETURN)),
        link_day=np.where(linked, sales.heads.day, NO_LINK),
        link_till=np.where(linked, sales.heads.till, NO_LINK),
        link_sequence=np.where(linked, sales.heads.sequence, NO_LINK),
    )
    return replace(sales, heads=heads)
