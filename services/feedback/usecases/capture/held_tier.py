"""Ask scoring which tier somebody holds, within a budget: feedback is stored whatever happens."""

from collections.abc import Awaitable
from typing import Any, Final, Protocol

from services.feedback.domain.capture.said import NOBODY, UNKNOWN, HeldTier
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.feedback import HeldTier as HeldTierDocument
from shared.contracts.tier import TierAnswer
from shared.logs import REMOTE_FAILED, logger

_LOG: Final[Any] = logger("feedback")


class Asking(Protocol):
    """Whoever asks scoring within a budget (usecases/capture/asking.py)."""

    def answer_for(self, customer: CustomerReference) -> Awaitable[TierAnswer]:
        """Ask about one customer."""
        ...


async def tier_held_by(customer: CustomerReference | None, asking: Asking | None) -> HeldTier:
    """Give the tier held now; UNKNOWN when scoring does not answer in time."""
    if customer is None or not customer.given():
        return NOBODY
    if asking is None:
        return UNKNOWN
    try:
        answer = await asking.answer_for(customer)
    except (RemoteProblem, RemoteUnavailable, TimeoutError) as error:
        _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
        return UNKNOWN
    return held(answer)


def held(answer: TierAnswer) -> HeldTier:
    """Take what is kept of scoring's answer; a stranger holds no tier."""
    if not answer.known:
        return NOBODY
    document = HeldTierDocument(
        programme=answer.programme,
        programme_version=answer.programme_version,
        tier=answer.tier,
        model_version=answer.model_version,
        release=answer.release,
    )
    return HeldTier(
        is_known=True, customer_id=answer.customer_id, tier=document.model_dump(mode="json")
    )
