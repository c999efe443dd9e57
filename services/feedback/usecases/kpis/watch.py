"""Roll up every night, and the same day where something of past dates came in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from services.feedback.queries.kpis import daily
from services.feedback.queries.kpis.late import late_events
from services.feedback.usecases.kpis.roll_up import RollUp

#: The first facts of a shop are rolled up so soon.
LOOK_EVERY_S: Final = 5.0
#: A trickle that never stands still is waited for so long; it is one with fewer events than FEW in
#: two looks, else a burst, whose end is waited for.
TRICKLE_S: Final = 60.0
FEW: Final = 200
#: Rolling up, and looking whether to, may take one part in so many of a worker's time.
REST: Final = 30


@dataclass(slots=True)
class Watch:
    """Catches up once a burst of late events is over: none came in two looks, about ten seconds.

    Late is an event of a date before today, or a void. Two looks overlap, so an event is seen
    though its transaction ends a look after its number was drawn. A trickle of late events is
    caught up with after a minute. Neither sooner than REST times what the last round took: a shop
    of a million customers whose tills are always late is rolled up again every hour or so, a small
    one within seconds. Whether anything is rolled up is told by the prints of the dates, read under
    the lock of whoever rolls up: of two workers the second finds nothing changed. What is seen here
    is lost with the process: its first look takes prints too.
    """

    rolls: RollUp
    now: Callable[[], float] = monotonic
    before: int | None = None
    last: int = 0
    late_since: float | None = None
    rest_until: float = 0.0

    async def look(self) -> bool:
        """Roll up what is due."""
        await self._resting(self.rolls.nightly)
        late = await self._late()
        if self.late_since is not None and self._is_over(late, self.now() - self.late_since):
            await self._catch_up()
        return False

    async def _late(self) -> int:
        """Count late events since the look before the last; notes that there were any."""
        pool = self.rolls.pool
        events = await daily.events_so_far(pool)
        if self.before is None:
            self.before = self.last = events
            self.late_since = self.now()
        late = await late_events(pool, self.before, events, self.rolls.yesterday())
        self.before, self.last = self.last, events
        if late and self.late_since is None:
            self.late_since = self.now()
        return late

    @staticmethod
    def _is_over(late: int, waited_s: float) -> bool:
        return late == 0 or (late < FEW and waited_s >= TRICKLE_S)

    async def _catch_up(self) -> None:
        if self.now() >= self.rest_until and await self._resting(self.rolls.catch_up):
            self.late_since = None

    async def _resting(self, work: Callable[[], Awaitable[bool]]) -> bool:
        """Do something, and note how long to rest from it, also where it fails."""
        began = self.now()
        try:
            return await work()
        finally:
            ended = self.now()
            self.rest_until = max(self.rest_until, ended + REST * (ended - began))
