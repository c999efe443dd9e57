"""Ask scoring about many at once: those who say something at the same time share one call."""

import asyncio
from collections.abc import Sequence
from typing import Final

from services.feedback.usecases.desk import TierSource
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.tier import TierAnswer, TierQuery

_MOST_AT_ONCE: Final = 500
#: Calls under way; a crowd waits for the next one, which then asks about all of it.
_CALLS: Final = 2
Named = tuple[str, str]


class TogetherAsking:
    """Answers of scoring by whatever names a customer; nothing is kept between two calls."""

    __slots__ = ("_budget_s", "_running", "_tiers", "_waiting")

    def __init__(self, tiers: TierSource, budget_s: float) -> None:
        """Take scoring, and how long one call may last."""
        self._tiers = tiers
        self._budget_s = budget_s
        self._waiting: dict[Named, tuple[CustomerReference, asyncio.Future[TierAnswer]]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def answer_for(self, customer: CustomerReference) -> TierAnswer:
        """Ask about a customer who is named somehow.

        Raises RemoteProblem, RemoteUnavailable, and TimeoutError after the budget in all.
        """
        named = next(iter(customer.given().items()))
        if named not in self._waiting:
            future = asyncio.get_running_loop().create_future()
            self._waiting[named] = (customer, future)
        future = self._waiting[named][1]
        if len(self._running) < _CALLS:
            task = asyncio.create_task(self._work())
            self._running.add(task)
        async with asyncio.timeout(self._budget_s):
            # Shielded: whoever gives up does not take the answer from the others.
            return await asyncio.shield(future)

    async def close(self) -> None:
        """Give up on what is still asked."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _work(self) -> None:
        await asyncio.sleep(0)  # those of the same turn of the loop ask together
        try:
            while self._waiting:
                names = list(self._waiting)[:_MOST_AT_ONCE]
                await self._ask([self._waiting.pop(name) for name in names])
        finally:
            if (task := asyncio.current_task()) is not None:
                self._running.discard(task)

    async def _ask(
        self, asked: Sequence[tuple[CustomerReference, asyncio.Future[TierAnswer]]]
    ) -> None:
        try:
            async with asyncio.timeout(self._budget_s):
                answers = await answers_for([customer for customer, _ in asked], self._tiers)
        except Exception as error:  # noqa: BLE001 - whoever waits is told, nothing is hidden
            for _, future in asked:
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # somebody who gave up waiting need not look at it
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            if not future.done():
                future.set_result(answer)


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
