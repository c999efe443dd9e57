"""Roll up every night, and once more when a shop has brought in much of its past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.feedback.queries.kpis import daily
from services.feedback.usecases.kpis.roll_up import RollUp

#: The first facts of a shop are rolled up so soon.
LOOK_EVERY_S: Final = 5.0
#: An import is over when fewer events than this came since the last look.
FEW: Final = 200
#: It was one when there are so many times the events of the last round, and so many more.
GROWTH: Final = 1.05
MANY: Final = 1000


@dataclass(slots=True)
class Watch:
    """What a worker has seen: how many events there were at its last round, and at its last look.

    Lost with the process, at the cost of one night: the next round finds every changed date.
    """

    rolls: RollUp
    rolled_up: int | None = None
    looked_at: int = 0

    async def look(self) -> bool:
        """Roll up what is due."""
        events = await daily.events_so_far(self.rolls.pool)
        came, self.looked_at = events - self.looked_at, events
        if self.rolled_up is None:
            self.rolled_up = events
        if came < FEW and events > self.rolled_up * GROWTH + MANY:
            self.rolled_up = events
            await self.rolls.run()
        else:
            await self.rolls.nightly()
        return False
