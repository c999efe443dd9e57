"""Group commit: waiting requests share few transactions, each is told its own outcome."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import asyncpg

from services.ingest.domain.arrival import Arrival
from services.ingest.errors import Overloaded, SumsOutOfRange
from services.ingest.settings import IngestSettings
from services.ingest.usecases.accept import TRIES, Outcome, accept
from services.ingest.usecases.accept_plain import copy_plain
from services.ingest.usecases.rescoring import Rescoring
from shared.away import is_away
from shared.clock import Clock
from shared.secrets import Secrets

#: Store arrivals in one transaction, trying so often when others stand in the way.
Commit = Callable[[Sequence[Arrival], int], Awaitable[Outcome]]
#: Transactions spent on finding what cannot be stored; then a part that fails is refused whole.
_SEARCH: Final = 64
#: How long a crowd is waited for before the next commit; a lone sender never is.
_PAUSE_S: Final = 0.005
#: Races a group may lose before its halves are tried: one customer in demand stops no neighbour.
_GROUP_TRIES: Final = 2


#: Store what is simple, fast: what it does not name in `sequences` is left to `Commit`.
Copy = Callable[[Sequence[Arrival]], Awaitable[Outcome]]


async def _copy_nothing(_: Sequence[Arrival]) -> Outcome:
    return Outcome()


@dataclass(frozen=True, slots=True)
class GroupLimits:
    """How much goes into one transaction, how many run at once, how much and how long may wait."""

    group_items: int
    committers: int
    queue_items: int
    patience_s: float


@dataclass(slots=True)
class _Ticket:
    """A request's arrivals, waiting."""

    arrivals: Sequence[Arrival]
    since: float
    outcome: asyncio.Future[Outcome]


@dataclass(slots=True)
class _Search:
    """How often each transaction is tried, and how many more may find what cannot be stored."""

    tries: int
    left: int = _SEARCH


@dataclass(slots=True)
class GroupCommit:
    """Puts what waits together: a lone request goes at once, a crowd shares a commit."""

    commit: Commit
    limits: GroupLimits
    copy: Copy = _copy_nothing
    now: Callable[[], float] = monotonic
    waiting_items: int = 0
    _waiting: deque[_Ticket] = field(default_factory=deque)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _next_number: int = 0

    def first_number(self, items: int) -> int:
        """Return the first of so many numbers that tell arrivals of different requests apart."""
        first = self._next_number
        self._next_number += items
        return first

    async def take(self, arrivals: Sequence[Arrival]) -> Outcome:
        """Return what became of a request's arrivals when they are committed.

        Each `index` is unique in this process (see `first_number`). Raises Overloaded when too
        much waits already or waited too long, Busy after too many lost races.
        """
        if self.waiting_items and self.waiting_items + len(arrivals) > self.limits.queue_items:
            raise Overloaded
        ticket = _Ticket(arrivals, self.now(), asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        self.waiting_items += len(arrivals)
        if self._needs_another():
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await ticket.outcome

    async def close(self) -> None:
        """Wait until nothing waits any more."""
        while self._running:
            await asyncio.gather(*self._running)

    async def _work(self) -> None:
        """Commit group after group until nobody waits."""
        # Those who came in the same turn of the loop should share the first commit.
        await asyncio.sleep(0)
        try:
            while group := self._next_group():
                await self._settle(group, await self._copied(group))
                if len(group) > 1 and self.waiting_items < self.limits.group_items:
                    # Those just answered are about to come back: 4,000 single receipts at 64
                    # connections took 129 commits without this pause, 78 with it.
                    await asyncio.sleep(_PAUSE_S)
                if len(self._running) > 1 and self.waiting_items < self.limits.group_items:
                    return
        finally:
            # At once, not in the task's callback a turn of the loop later: whoever comes between
            # would see one at work that looks for nothing any more, and wait for ever.
            if (task := asyncio.current_task()) is not None:
                self._running.discard(task)

    def _needs_another(self) -> bool:
        """Tell whether to commit beside others: only when more waits than one commit takes.

        A commit costs 3 ms of CPU however little is in it: many tills share one.
        """
        running = len(self._running)
        is_crowded = self.waiting_items >= self.limits.group_items
        return running == 0 or (is_crowded and running < self.limits.committers)

    def _next_group(self) -> list[_Ticket]:
        group: list[_Ticket] = []
        size = 0
        while self._waiting:
            ticket = self._waiting[0]
            if group and size + len(ticket.arrivals) > self.limits.group_items:
                break
            self._waiting.popleft()
            self.waiting_items -= len(ticket.arrivals)
            if self.now() - ticket.since > self.limits.patience_s:
                _fail(ticket, Overloaded())
            elif not ticket.outcome.done():
                group.append(ticket)
                size += len(ticket.arrivals)
        return group

    async def _copied(self, group: Sequence[_Ticket]) -> Outcome:
        try:
            return await self.copy([a for ticket in group for a in ticket.arrivals])
        except Exception:  # noqa: BLE001 - nothing was stored: the other way says what is wrong
            return Outcome()

    async def _settle(self, group: Sequence[_Ticket], copied: Outcome) -> None:
        """Commit a group; when that fails try its halves: nobody suffers for a neighbour."""
        done = copied.sequences
        arrivals = [a for ticket in group for a in ticket.arrivals if a.index not in done]
        search = _Search(TRIES if len(group) == 1 else _GROUP_TRIES)
        try:
            outcome = await self._stored(arrivals, search) if arrivals else Outcome()
            if len(group) > 1:
                outcome = await self._uncrowded(group, arrivals, outcome)
        except Exception as error:  # noqa: BLE001 - whoever waits is told, nothing is hidden
            if len(group) == 1 or is_away(error):
                for ticket in group:
                    _fail(ticket, error)
                return
            middle = len(group) // 2
            await self._settle(group[:middle], copied)
            await self._settle(group[middle:], copied)
        else:
            for ticket, own in zip(group, _shares(group, _joined(copied, outcome)), strict=True):
                if not ticket.outcome.done():
                    ticket.outcome.set_result(own)

    async def _uncrowded(
        self, group: Sequence[_Ticket], arrivals: Sequence[Arrival], outcome: Outcome
    ) -> Outcome:
        """Try each request's items of crowded orders by themselves: a neighbour may crowd them."""
        crowded, outcome.crowded = set(outcome.crowded), []
        for ticket in group:
            numbers = crowded.intersection(arrival.index for arrival in ticket.arrivals)
            if numbers:
                own = [arrival for arrival in arrivals if arrival.index in numbers]
                outcome = _joined(outcome, await self._stored(own, _Search(TRIES)))
        return outcome

    async def _stored(self, arrivals: Sequence[Arrival], search: _Search) -> Outcome:
        """Commit arrivals; find by halves the ones whose sums no integer holds."""
        try:
            return await self.commit(arrivals, search.tries)
        except SumsOutOfRange:
            search.left -= 1
            if len(arrivals) == 1 or search.left <= 0:
                return Outcome(unfit=[arrival.index for arrival in arrivals])
        middle = len(arrivals) // 2
        first = await self._stored(arrivals[:middle], search)
        return _joined(first, await self._stored(arrivals[middle:], search))


def _fail(ticket: _Ticket, error: Exception) -> None:
    if not ticket.outcome.done():
        ticket.outcome.set_exception(error)


def _joined(first: Outcome, second: Outcome) -> Outcome:
    return Outcome(
        accepted=first.accepted + second.accepted,
        duplicates=first.duplicates + second.duplicates,
        conflicts=first.conflicts + second.conflicts,
        unfit=first.unfit + second.unfit,
        erased=first.erased + second.erased,
        crowded=first.crowded + second.crowded,
        sequences=first.sequences | second.sequences,
        profile_ids=(*first.profile_ids, *second.profile_ids),
    )


def _shares(group: Sequence[_Ticket], outcome: Outcome) -> Iterable[Outcome]:
    """Return each request's part of an outcome, which may tell of other requests too."""
    shares = [Outcome() for _ in group]
    share_of = {
        arrival.index: share
        for ticket, share in zip(group, shares, strict=True)
        for arrival in ticket.arrivals
    }
    for name in _LISTS:
        for index in getattr(outcome, name):
            if index in share_of:
                getattr(share_of[index], name).append(index)
    for index, sequence in outcome.sequences.items():
        if index in share_of:
            share_of[index].sequences[index] = sequence
    return shares


_LISTS: Final = ("accepted", "duplicates", "conflicts", "unfit", "erased", "crowded")


def group_commit(
    settings: IngestSettings,
    pool: asyncpg.Pool,
    clock: Clock,
    secrets: Secrets,
    rescoring: Rescoring,
) -> GroupCommit:
    """Make the group commit of a running service; scoring hears of every customer it changed."""

    async def commit(arrivals: Sequence[Arrival], tries: int) -> Outcome:
        now, order = clock.now(), settings.trust
        outcome = await accept(pool, arrivals, secrets=secrets, now=now, tries=tries, order=order)
        rescoring.soon(outcome.profile_ids)
        return outcome

    async def copy(arrivals: Sequence[Arrival]) -> Outcome:
        outcome = await copy_plain(pool, arrivals, secrets=secrets, now=clock.now())
        rescoring.soon(outcome.profile_ids)
        return outcome

    limits = GroupLimits(
        settings.group_items, settings.committers, settings.queue_items, settings.patience_s
    )
    return GroupCommit(commit, limits, copy)
