"""The ledger: a date per tier until which it is earned, so that buying more never lowers a tier."""

from __future__ import annotations

from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.machine import Carried, Machine
from services.scoring.domain.status.engine.reasons import Reason


class Ledger:
    """For each tier the end of what was earned, and of the soft landing of the tiers above.

    The landing never feeds the keep test. The latest entry that qualified for a tier lands last,
    so keeping the furthest end needs no memory of the entry.
    """

    __slots__ = ("desk", "earned", "grace_end", "landed", "rank", "reason", "since", "until")

    def __init__(self, desk: Desk, carried: Carried, t: int) -> None:
        self.desk = desk
        tiers = len(desk.rules.tiers)
        self.earned, self.landed = [0] * tiers, [0] * tiers
        for rank, (earned, landed) in enumerate(carried.ledger):
            self.earned[rank], self.landed[rank] = earned, landed
        if carried.rank and not carried.ledger:
            is_promised = carried.is_promised
            self.earned[carried.rank] = carried.until if is_promised else desk.validity(t)
        self.rank, self.until, self.since = 0, FOREVER, carried.since
        self.grace_end = FOREVER
        self.reason = Reason.ENTERED
        self._show(t)

    @property
    def due(self) -> int:
        """The end of the tier held."""
        return self.until

    def tick(self, t: int) -> None:
        """Let the tier end: the highest one that lasts longer is held."""
        if self.until <= t:
            b = self.until
            self._show(t)
            self.since = b
            self.reason = Reason.REVIEW_LOWERED

    def purchase(self, ev: int, t: int) -> None:
        """Move the dates of all tiers that the window's sums enter, or keep while they last."""
        desk, earned = self.desk, self.earned
        ladder = desk.ladder
        at = ev if desk.is_periodic else t
        sums = desk.window_sums(at)
        before, ended = self.rank, self.until
        for rank in ladder.ranks_down:
            is_kept = earned[rank] > t and ladder.keeps[rank].holds(sums)
            if is_kept or ladder.enters[rank].holds(sums):
                self._earn(rank, at)
        self._show(t)
        if self.rank > before:
            self.since, self.reason = t, Reason.QUALIFIED
        elif self.until > ended:
            self.reason = Reason.REFRESHED

    @property
    def asks_replay(self) -> bool:
        """Whether a return can take anything back: only what was earned."""
        return any(self.earned)

    def fork(self, desk: Desk) -> Ledger:
        """Copy its state to go on beside another book."""
        twin = object.__new__(Ledger)
        twin.desk, twin.rank, twin.until, twin.since = desk, self.rank, self.until, self.since
        twin.earned, twin.landed = self.earned.copy(), self.landed.copy()
        twin.grace_end, twin.reason = self.grace_end, self.reason
        return twin

    def is_like(self, other: Machine) -> bool:
        """Tell whether it will live on exactly as another one."""
        return isinstance(other, Ledger) and (self.earned, self.landed, self.rank, self.since) == (
            other.earned, other.landed, other.rank, other.since,
        )  # fmt: skip

    def take_back(self, replayed: Machine | None, t: int) -> None:
        """Become the replay of what is left."""
        if not isinstance(replayed, Ledger):
            return
        if (replayed.rank, replayed.until) != (self.rank, self.until):
            self.reason = Reason.CLAWBACK
        self.earned, self.landed = replayed.earned, replayed.landed
        self.rank, self.until, self.since = replayed.rank, replayed.until, replayed.since

    def carried(self) -> Carried:
        """Hand over all dates."""
        dates = tuple(zip(self.earned, self.landed, strict=True))
        return Carried(
            self.rank, self.until, self.since, self.since, 1, FOREVER,
            is_promised=True, ledger=dates,
        )  # fmt: skip

    def _earn(self, rank: int, at: int) -> None:
        desk, rules = self.desk, self.desk.rules
        until = FOREVER if rules.downgrade == "never" else desk.validity(at)
        self.earned[rank] = max(self.earned[rank], until)
        if rules.downgrade == "one_step":
            for below in range(1, rank):
                landing = desk.validity(at, rank - below + 1)
                self.landed[below] = max(self.landed[below], landing)

    def _show(self, t: int) -> None:
        for rank in self.desk.ladder.ranks_down:
            until = max(self.earned[rank], self.landed[rank])
            if until > t:
                self.rank, self.until = rank, until
                return
        self.rank, self.until = 0, FOREVER
