"""Ask scoring for the tiers of those who say something at the same time."""

from collections.abc import Sequence

from services.feedback.usecases.desk import TierSource
from services.feedback.usecases.together import Together
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.tier import TierAnswer, TierQuery


class TogetherAsking:
    """Answers of scoring by whatever names a customer."""

    __slots__ = ("_together",)

    def __init__(self, tiers: TierSource, budget_s: float) -> None:
        """Take scoring, and how long one call may last."""

        async def ask(customers: Sequence[CustomerReference]) -> Sequence[TierAnswer]:
            return await answers_for(customers, tiers)

        self._together: Together[CustomerReference, TierAnswer] = Together(ask, budget_s)

    async def answer_for(self, customer: CustomerReference) -> TierAnswer:
        """Ask about a customer who is named somehow.

        Raises RemoteProblem, RemoteUnavailable, and TimeoutError.
        """
        named = next(iter(customer.given().items()))
        return await self._together.answer_for(named, customer)

    async def close(self) -> None:
        """Give up on what is still asked."""
        await self._together.close()


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
