"""Ask scoring which tier somebody holds, within a budget: feedback is stored whatever happens."""

import asyncio
from typing import Any, Final

from services.feedback.domain.capture.said import NOBODY, UNKNOWN, HeldTier
from services.feedback.usecases.desk import TierSource
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.feedback import HeldTier as HeldTierDocument
from shared.contracts.tier import TierAnswer, TierQuery
from shared.logs import REMOTE_FAILED, logger

_LOG: Final[Any] = logger("feedback")


async def tier_held_by(
    customer: CustomerReference | None, tiers: TierSource | None, budget_s: float
) -> HeldTier:
    """Give the tier held now; UNKNOWN when scoring does not answer in time."""
    if customer is None or not customer.given():
        return NOBODY
    if tiers is None:
        return UNKNOWN
    try:
        async with asyncio.timeout(budget_s):
            answer = await _ask(customer, tiers)
    except (RemoteProblem, RemoteUnavailable, TimeoutError) as error:
        _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
        return UNKNOWN
    return held(answer)


async def _ask(customer: CustomerReference, tiers: TierSource) -> TierAnswer:
    if customer.customer_id is not None:
        return await tiers.tier_of(customer.customer_id)
    found = await tiers.tiers_of(TierQuery(customers=[customer]))
    if len(found.answers) != 1:
        raise RemoteUnavailable("scoring gave another number of answers than was asked for")
    return found.answers[0]


def held(answer: TierAnswer) -> HeldTier:
    """Take what is kept of scoring's answer; a stranger holds no tier."""
    if not answer.known:
        return NOBODY
    document = HeldTierDocument(
        programme=answer.programme,
        programme_version=answer.programme_version,
        tier=answer.tier,
    )
    return HeldTier(
        is_known=True, customer_id=answer.customer_id, tier=document.model_dump(mode="json")
    )
