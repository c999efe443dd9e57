"""The floating tier: no validity, it follows the window wherever that goes."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.machine import Carried, Machine
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.windows import leaves_at, rolling_start


class Floating:
    """A tier decided anew at every entry, whenever one leaves the window, at every period start."""

    __slots__ = (
        "_leaves", "_period_end", "_promised", "_promised_until", "desk", "grace_end", "rank",
        "reason", "since", "until",
    )  # fmt: skip

    def __init__(self, desk: Desk, carried: Carried, t: int) -> None:
        self.desk = desk
        self.rank, self.since, self.until = carried.rank, carried.since, FOREVER
        is_held = carried.is_promised and carried.rank > 0
        #: The tier an older version promised, and until when it holds whatever the window says.
        self._promised = carried.rank if is_held else 0
        self._promised_until = carried.until if is_held else FOREVER
        self.grace_end = FOREVER
        self.reason = Reason.ENTERED
        self._leaves = self._leaves_after(t)
        self._period_end = FOREVER
        self._decide(t, Reason.VERSION)

    @property
    def due(self) -> int:
        """The next leave of an entry, period start or end of an older promise."""
        leave = self._leaves[0] if self._leaves else FOREVER
        return min(leave, self._period_end, self._promised_until)

    def tick(self, t: int) -> None:
        """Decide anew after what left the window or a period that began."""
        if self.due > t:
            return
        while self._leaves and self._leaves[0] <= t:
            heappop(self._leaves)
        if self._promised_until <= t:
            self._promised, self._promised_until = 0, FOREVER
        self._decide(t, Reason.WINDOW)

    def purchase(self, ev: int, t: int) -> None:
        """Decide anew with the entry, and remember when it leaves."""
        window = self.desk.rules.window
        if window.kind == "rolling":
            leave = leaves_at(window, self.desk.zone, ev)
            if leave > t:
                heappush(self._leaves, leave)
        self._decide(t, Reason.QUALIFIED)

    @property
    def asks_replay(self) -> bool:
        """Whether a return needs a replay: the window sees it at once anyway."""
        return False

    def fork(self, desk: Desk) -> Floating:
        """Copy its state to go on beside another book."""
        twin = object.__new__(Floating)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.desk, twin._leaves = desk, list(self._leaves)
        return twin

    def is_like(self, other: Machine) -> bool:
        """Tell whether it will live on exactly as another one."""
        return self is other

    def take_back(self, replayed: Machine | None, t: int) -> None:
        """Decide anew without what was returned."""
        del replayed
        self._decide(t, Reason.CLAWBACK)

    def carried(self) -> Carried:
        """Hand over the tier, which has no end that was told unless an older version told one."""
        is_promised = self._promised == self.rank > 0
        until = self._promised_until if is_promised else FOREVER
        return Carried(
            self.rank, until, self.since, self.since, 1, FOREVER, is_promised=is_promised
        )

    def _decide(self, t: int, reason: Reason) -> None:
        desk = self.desk
        rank = desk.ladder.floated(desk.window_sums(t), self.rank)
        self.until = self._promised_until if self._promised > rank else FOREVER
        rank = max(rank, self._promised)
        if rank != self.rank:
            self.rank, self.since, self.reason = rank, t, reason
        self._period_end = FOREVER
        if desk.is_periodic and rank:
            self._period_end = desk.periods.start(desk.periods.number_of(t) + 1)

    def _leaves_after(self, t: int) -> list[int]:
        desk, window = self.desk, self.desk.rules.window
        if window.kind != "rolling":
            return []
        known = desk.book.between(rolling_start(window, desk.zone, t) + 1, t + 1)
        leaves = [leaves_at(window, desk.zone, at) for at in known]
        heapify(leaves)
        return leaves
