"""Hold benefits out of those an experiment chose, and tell feedback who met it.

Feedback owns experiments and their log. What was met is told through the outbox, in batches, the
first time this process sees it; feedback keeps the first of what all processes tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from services.scoring.domain.benefits.held import Held
from services.scoring.domain.benefits.hold_out import HoldOut
from services.scoring.queries.rewards.hold_outs import running_hold_outs
from shared import outbox
from shared.assignment import HOLD_OUT, arm_of

TOPIC: Final = "exposures"
#: How long a started or stopped experiment may go unnoticed.
LOOKED_UP_EVERY_S: Final = 5.0
#: Meetings remembered by a process, some 100 bytes each; beyond it they are told again, in vain.
MOST_SEEN: Final = 200_000
#: Meetings that wait to be told; beyond it they are told when the customer comes again.
MOST_WAITING: Final = 20_000
_BATCH: Final = 1_000
_NOTHING: Final[frozenset[str]] = frozenset()


class _Meeting(NamedTuple):
    experiment_key: str
    profile_id: UUID
    arm: str
    at: datetime


class HoldOuts:
    """Knows the running experiments about benefits, a few seconds late."""

    __slots__ = ("_looked_up_at", "_one_at_a_time", "_pool", "_running", "_seconds", "_seen",
                 "_waiting")  # fmt: skip

    def __init__(self, pool: asyncpg.Pool, *, seconds: Callable[[], float] = monotonic) -> None:
        """Take the database and a monotonic clock."""
        self._pool = pool
        self._seconds = seconds
        self._running: Sequence[HoldOut] = ()
        self._looked_up_at = -LOOKED_UP_EVERY_S
        self._one_at_a_time = asyncio.Lock()
        self._seen: set[tuple[str, UUID]] = set()
        self._waiting: list[_Meeting] = []

    @property
    def is_any(self) -> bool:
        """Tell whether anything is held out of anybody."""
        return bool(self._running)

    async def refresh(self, now: datetime) -> None:
        """Read which experiments run, every few seconds; not while a connection is held."""
        if self._seconds() - self._looked_up_at < LOOKED_UP_EVERY_S:
            return
        async with self._one_at_a_time:
            if self._seconds() - self._looked_up_at >= LOOKED_UP_EVERY_S:
                self._running = await running_hold_outs(self._pool, now)
                self._looked_up_at = self._seconds()

    def withheld(
        self, profile_id: UUID | None, held: Held, benefit_keys: Sequence[str], now: datetime
    ) -> frozenset[str]:
        """Name the benefits of a held tier that must not reach a customer.

        Goes by what `refresh` read last. That the customer met the experiment is noted, held out
        or not. Somebody unknown meets none.
        """
        if profile_id is None or not benefit_keys:
            return _NOTHING
        withheld = _NOTHING
        for each in self._running:
            covered = each.covered(held, benefit_keys)
            if covered:
                arm = arm_of(each.experiment_key, each.salt, str(profile_id), each.shares)
                self._note(_Meeting(each.experiment_key, profile_id, arm, now))
                withheld |= covered if arm == HOLD_OUT else _NOTHING
        return withheld

    async def flush(self) -> bool:
        """Tell feedback who met experiments; tells whether more wait."""
        batch = self._waiting[:_BATCH]
        if not batch:
            return False
        async with self._pool.acquire() as connection, connection.transaction():
            for key in sorted({each.experiment_key for each in batch}):
                met = [_told(each) for each in batch if each.experiment_key == key]
                await outbox.enqueue(connection, TOPIC, {"experiment": key, "met": met})
        del self._waiting[: len(batch)]
        return bool(self._waiting)

    def _note(self, meeting: _Meeting) -> None:
        key = (meeting.experiment_key, meeting.profile_id)
        if key in self._seen or len(self._waiting) >= MOST_WAITING:
            return
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen.add(key)
        self._waiting.append(meeting)


def _told(meeting: _Meeting) -> dict[str, str]:
    unit = str(meeting.profile_id)
    return {"unit": unit, "profile_id": unit, "arm": meeting.arm, "at": meeting.at.isoformat()}
