"""Ask scoring about many at once: those who say something at the same time share one call."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from services.feedback.usecases.desk import TierSource
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.tier import TierAnswer, TierQuery

_MOST_AT_ONCE: Final = 500
Named = tuple[str, str]


@dataclass(slots=True)
class _Question:
    """A customer that somebody asks about, and all who wait for the answer."""

    customer: CustomerReference
    waiting: list[asyncio.Future[TierAnswer]] = field(default_factory=list)


class TogetherAsking:
    """Answers of scoring by whatever names a customer; nothing is kept between two calls.

    One call is under way at a time; who comes meanwhile is asked about in the next, all at once:
    at 64 connections a call then is about thirty customers, and costs each a thirtieth.
    """

    __slots__ = ("_budget_s", "_running", "_tiers", "_waiting")

    def __init__(self, tiers: TierSource, budget_s: float) -> None:
        """Take scoring, and how long one call may last: who just missed one waits for two."""
        self._tiers = tiers
        self._budget_s = budget_s
        self._waiting: dict[Named, _Question] = {}
        self._running: asyncio.Task[None] | None = None

    async def answer_for(self, customer: CustomerReference) -> TierAnswer:
        """Ask about a customer who is named somehow.

        Raises RemoteProblem, RemoteUnavailable, and TimeoutError.
        """
        named = next(iter(customer.given().items()))
        answer: asyncio.Future[TierAnswer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(named, _Question(customer)).waiting.append(answer)
        if self._running is None:
            self._running = asyncio.create_task(self._work())
        return await answer

    async def close(self) -> None:
        """Give up on what is still asked."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _work(self) -> None:
        await asyncio.sleep(0)  # those of the same turn of the loop ask together
        try:
            while self._waiting:
                names = list(self._waiting)[:_MOST_AT_ONCE]
                await self._ask([self._waiting.pop(name) for name in names])
        finally:
            self._running = None

    async def _ask(self, asked: Sequence[_Question]) -> None:
        try:
            async with asyncio.timeout(self._budget_s):
                answers = await answers_for([each.customer for each in asked], self._tiers)
        except Exception as error:  # noqa: BLE001 - whoever waits is told, nothing is hidden
            for answer in _open(asked):
                answer.set_exception(error)
            return
        for question, found in zip(asked, answers, strict=True):
            for answer in _open([question]):
                answer.set_result(found)


def _open(asked: Sequence[_Question]) -> list[asyncio.Future[TierAnswer]]:
    """List those who still wait: a client may have left."""
    return [answer for each in asked for answer in each.waiting if not answer.done()]


async def answers_for(
    customers: Sequence[CustomerReference], tiers: TierSource
) -> Sequence[TierAnswer]:
    """Ask about customers in order; one alone by its id has a way of its own, the fastest."""
    if len(customers) == 1 and customers[0].customer_id is not None:
        return [await tiers.tier_of(customers[0].customer_id)]
    found = await tiers.tiers_of(TierQuery(customers=list(customers)))
    if len(found.answers) != len(customers):
        raise RemoteUnavailable("scoring gave another number of answers than was asked for")
    return found.answers
