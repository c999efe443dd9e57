"""The tiers held by those who are asked, and by who answers: within a budget, else unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from services.feedback.domain.capture.said import UNKNOWN, HeldTier
from services.feedback.usecases.capture.held_tier import held
from services.feedback.usecases.desk import Desk
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.tier import TierQuery
from shared.logs import REMOTE_FAILED, logger

#: A thousand at once take longer than one.
_TIMES_ONE: Final = 10
_LOG: Final[Any] = logger("feedback")


async def tiers_held_by(desk: Desk, customer_ids: Sequence[str]) -> dict[str, HeldTier]:
    """Give the tier that each of at most 1,000 customers holds now."""
    unknown = dict.fromkeys(customer_ids, UNKNOWN)
    if desk.tiers is None or not customer_ids:
        return unknown
    budget_s = desk.tier_budget_s * (_TIMES_ONE if len(customer_ids) > 1 else 1)
    try:
        async with asyncio.timeout(budget_s):
            found = await desk.tiers.tiers_of(TierQuery(customer_ids=list(customer_ids)))
    except (RemoteProblem, RemoteUnavailable, TimeoutError) as error:
        _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
        return unknown
    if len(found.answers) != len(customer_ids):
        return unknown
    answers = zip(customer_ids, found.answers, strict=True)
    return {customer_id: held(answer) for customer_id, answer in answers}
