"""What every way to qualify has in common: a rank with its end, and the next clock work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.reasons import Reason


@dataclass(frozen=True, slots=True)
class Carried:
    """What a new version takes over from the one before: the tier held, and until when.

    `is_promised`: the end was told, and a new version may not shorten it.
    """

    rank: int
    until: int
    since: int
    anchor: int
    cycle: int
    grace_end: int
    is_promised: bool
    #: By rank, of a ledger: the end of what was earned, and of the soft landing.
    ledger: tuple[tuple[int, int], ...] = ()


class Machine(Protocol):
    """One way to qualify, living through one customer's history."""

    desk: Desk
    rank: int
    until: int
    since: int
    reason: Reason
    #: End of the grace a missed review opened; FOREVER outside of one.
    grace_end: int

    @property
    def due(self) -> int:
        """The next instant of clock work; FOREVER if there is none."""
        ...

    def tick(self, t: int) -> None:
        """Do all clock work that is due by an instant."""
        ...

    def purchase(self, ev: int, t: int) -> None:
        """Live through an entry with instant `ev` that becomes known at `t`; it is in the book."""
        ...

    def take_back(self, replayed: Machine | None, t: int) -> None:
        """Live through a return known at `t`; `replayed` (if asked for) lived without it."""
        ...

    @property
    def asks_replay(self) -> bool:
        """Whether a return needs the replay of what is left."""
        ...

    def fork(self, desk: Desk) -> Machine:
        """Copy its state to go on beside another book."""
        ...

    def is_like(self, other: Machine) -> bool:
        """Tell whether it will live on exactly as another one."""
        ...

    def carried(self) -> Carried:
        """Hand over to the next version."""
        ...
