"""What lies over the earned track without disturbing it: grants first, then pins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.scoring.domain.status.engine.calendars import FOREVER, microseconds
from services.scoring.domain.status.engine.grants import Gift, granted
from services.scoring.domain.status.engine.history import Grant, GrantKind, History, Pin
from services.scoring.domain.status.engine.pins import Nail, held_until, pinned
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.replay import Step
from services.scoring.domain.status.engine.versions import Schedule


class Shown(NamedTuple):
    """What is shown from an instant on, and what it would be without pins."""

    at: int
    rank: int
    until: int
    reason: Reason
    #: the rank without pins
    unpinned: int
    #: whether a pin decides
    is_pinned: bool


class Overlay:
    """A customer's pins and grants, ready to be laid over what was earned."""

    __slots__ = ("_gifts", "_nails", "_schedule", "edges")

    def __init__(self, schedule: Schedule, history: History) -> None:
        self._schedule = schedule
        self._nails = [_nail(pin) for pin in history.pins]
        self._gifts = [_gift(grant) for grant in history.grants]
        #: instant -> why something may change there besides what is earned
        self.edges: dict[int, Reason] = {}
        for start, end, *_ in self._gifts:
            self.edges.setdefault(end, Reason.GRANT_ENDED)
            self.edges[start] = Reason.GRANTED
        for start, end, *_ in self._nails:
            self.edges.setdefault(end, Reason.PIN_ENDED)
            self.edges[start] = Reason.PINNED
        self.edges.pop(FOREVER, None)

    @property
    def is_plain(self) -> bool:
        """Whether what is earned is what is shown: no pin, no grant, no tier that asks for one."""
        asks = any(any(ladder.asks) for ladder in self._schedule.ladders)
        return not (self._nails or self._gifts or asks)

    def kinds_at(self, t: int) -> frozenset[GrantKind]:
        """Tell of which kinds a grant is active at an instant."""
        return frozenset(gift.kind for gift in self._gifts if gift.start <= t < gift.end)

    def lay(self, step: Step, t: int) -> Shown:
        """Lay what is active at an instant over the step in force then."""
        place = self._schedule.place_at(t)
        ladder = self._schedule.ladders[place]
        active = [
            (rank, gift)
            for gift in self._gifts
            if gift.start <= t < gift.end
            and (rank := self._schedule.rank_of(gift.tier_key, place)) is not None
        ]
        unpinned, until = granted(ladder.asks, step.rank, step.until, active)
        nails = self._nails_at(t)
        reason = step.reason if step.at == t else self.edges.get(t, Reason.VERSION)
        rank = pinned(unpinned, nails)
        is_pinned = rank != unpinned or any(nail.mode == "exact" for _, nail in nails)
        return Shown(t, rank, until, reason, unpinned, is_pinned)

    def held_until(self, here: Shown, t: int) -> int:
        """Tell until when what is shown at an instant is held; its `until` is what was earned."""
        nails = self._nails_at(t)
        if not nails:
            return here.until
        # what is in grace has no end yet
        until = FOREVER if here.is_pinned and here.until <= t else here.until
        return held_until(here.rank, (here.unpinned, until), nails)

    def _nails_at(self, t: int) -> list[tuple[int, Nail]]:
        place = self._schedule.place_at(t)
        return [
            (rank, nail)
            for nail in self._nails
            if nail.start <= t < nail.end
            and (rank := self._schedule.rank_of(nail.tier_key, place)) is not None
        ]


def shown(overlay: Overlay, steps: Sequence[Step], schedule: Schedule, until: int) -> list[Shown]:
    """Tell what was shown from each instant on; a change that a pin hides is none."""
    if overlay.is_plain:
        return [Shown(*step, step.rank, is_pinned=False) for step in steps]
    first = steps[0].at
    edges = {t for t in (*overlay.edges, *schedule.since) if first < t <= until}
    told: list[Shown] = []
    place = 0
    for t in sorted(edges.union(step.at for step in steps)):
        while place + 1 < len(steps) and steps[place + 1].at <= t:
            place += 1
        now = overlay.lay(steps[place], t)
        if not told or (now.rank, now.until) != (told[-1].rank, told[-1].until):
            told.append(now)
    return told


def _nail(pin: Pin) -> Nail:
    return Nail(_start(pin), _end(pin), pin.mode, pin.tier_key, pin.pin_id)


def _gift(grant: Grant) -> Gift:
    return Gift(_start(grant), _end(grant), grant.kind, grant.tier_key)


def _start(held: Pin | Grant) -> int:
    return microseconds(held.starts_at)


def _end(held: Pin | Grant) -> int:
    return FOREVER if held.ends_at is None else microseconds(held.ends_at)
