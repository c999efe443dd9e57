"""Group commit: feedback that waits together shares a transaction, each is told its own fate."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.feedback.domain.capture.said import Arrival, Outcome
from shared.away import is_away
from shared.problem import DomainError

#: Store arrivals in one transaction; gives their outcomes in order.
Commit = Callable[[Sequence[Arrival]], Awaitable[Sequence[Outcome]]]
_GROUP: Final = 200
#: How long a crowd is waited for before the next commit; a lone sender never is.
_PAUSE_S: Final = 0.002


class Overloaded(DomainError):
    """More feedback waits to be stored than can be stored soon."""


@dataclass(slots=True)
class _Ticket:
    arrival: Arrival
    outcome: asyncio.Future[Outcome]


@dataclass(slots=True)
class GroupCommit:
    """Puts what waits together: a lone request goes at once, a crowd shares a commit."""

    commit: Commit
    most_waiting: int = 5000
    _waiting: deque[_Ticket] = field(default_factory=deque)
    _running: asyncio.Task[None] | None = None

    async def take(self, arrival: Arrival) -> Outcome:
        """Return what became of an arrival when that is committed; raises Overloaded."""
        if len(self._waiting) >= self.most_waiting:
            raise Overloaded
        ticket = _Ticket(arrival, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        if self._running is None:
            self._running = asyncio.create_task(self._work())
        return await ticket.outcome

    async def close(self) -> None:
        """Wait until nothing waits any more."""
        try:
            while self._running is not None:
                await asyncio.gather(self._running)
        finally:
            self._end()  # a task that was called off before it began cannot

    async def _work(self) -> None:
        group: list[_Ticket] = []
        try:
            # Those who came in the same turn of the loop share the first commit.
            await asyncio.sleep(0)
            while group := self._next_group():
                await self._settle(group)
                if len(group) > 1 and len(self._waiting) < _GROUP:
                    # Those just answered are about to come back.
                    await asyncio.sleep(_PAUSE_S)
        finally:
            _give_up(group)
            self._end()

    def _end(self) -> None:
        # In one turn of the loop: whoever comes now must see that nobody looks any more.
        self._running = None
        _give_up(self._waiting)
        self._waiting.clear()

    def _next_group(self) -> list[_Ticket]:
        size = min(_GROUP, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(size)]
        # Whoever gave up waiting (a client that left) is not stored behind their back.
        alive = [ticket for ticket in taken if not ticket.outcome.done()]
        return alive if alive or not self._waiting else self._next_group()

    async def _settle(self, group: Sequence[_Ticket]) -> None:
        """Commit a group; when that fails each by itself: nobody suffers for a neighbour."""
        try:
            outcomes = await self.commit([ticket.arrival for ticket in group])
        except Exception as error:  # noqa: BLE001 - whoever waits is told, nothing is hidden
            if len(group) == 1 or is_away(error):
                _fail(group, error)
                return
            for ticket in group:
                await self._settle([ticket])
        else:
            for ticket, outcome in zip(group, outcomes, strict=True):
                if not ticket.outcome.done():
                    ticket.outcome.set_result(outcome)


def _give_up(group: Iterable[_Ticket]) -> None:
    """Let nobody wait for a commit that may never be told: they get no answer, and ask again."""
    for ticket in group:
        ticket.outcome.cancel()


def _fail(group: Sequence[_Ticket], error: Exception) -> None:
    for ticket in group:
        if not ticket.outcome.done():
            ticket.outcome.set_exception(error)
