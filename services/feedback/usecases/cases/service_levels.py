"""Ask scoring what a customer's tiers promise; remembered for a minute, never waited for long."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any, Final, Protocol

from services.feedback.domain.cases.case import ServiceLevel
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.entitlements import EntitlementsAnswer
from shared.logs import REMOTE_FAILED, logger

FRESH_S: Final = 60.0
MOST_REMEMBERED: Final = 10_000
#: Working hours; a tier that promises an answer some day promises none.
MOST_HOURS: Final = 2000
NOTHING: Final = ServiceLevel()
_LOG: Final[Any] = logger("feedback")


class LevelSource(Protocol):
    """Scoring, as far as cases ask it (shared/clients/scoring.py)."""

    async def entitlements_of(self, customer_id: str) -> EntitlementsAnswer:
        """Ask what one customer's tiers entitle to."""
        ...


class ServiceLevels:
    """What tiers promise, by customer."""

    __slots__ = ("_budget_s", "_now", "_seen", "_source")

    def __init__(
        self, source: LevelSource | None, budget_s: float, *, now: Callable[[], float] = monotonic
    ) -> None:
        """Take who is asked, how long that may last, and a clock in seconds."""
        self._source = source
        self._budget_s = budget_s
        self._now = now
        self._seen: OrderedDict[str, tuple[float, ServiceLevel]] = OrderedDict()

    def seen(self, customer_id: str | None) -> ServiceLevel | None:
        """Give what was learned in the last minute, without asking; nobody is promised nothing."""
        if customer_id is None:
            return NOTHING
        at, level = self._seen.get(customer_id, (None, None))
        return level if at is not None and self._now() - at < FRESH_S else None

    async def of(self, customer_id: str | None) -> ServiceLevel | None:
        """Ask where nothing was learned; None when scoring does not answer in time."""
        known = self.seen(customer_id)
        if known is not None or customer_id is None or self._source is None:
            return known
        try:
            async with asyncio.timeout(self._budget_s):
                answer = await self._source.entitlements_of(customer_id)
        except (RemoteProblem, RemoteUnavailable, TimeoutError) as error:
            _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
            return None
        return self._learn(customer_id, level_in(answer))

    def _learn(self, customer_id: str, level: ServiceLevel) -> ServiceLevel:
        self._seen.pop(customer_id, None)
        self._seen[customer_id] = (self._now(), level)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return level


def level_in(answer: EntitlementsAnswer) -> ServiceLevel:
    """Take the service level of an answer; hours beyond MOST_HOURS are none."""
    found = answer.service_level
    if found is None:
        return NOTHING
    hours = found.response_hours
    return ServiceLevel(
        hours if hours and hours <= MOST_HOURS else None, found.agent, found.hotline
    )
