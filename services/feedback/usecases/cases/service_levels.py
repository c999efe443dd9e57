"""Ask scoring what a customer's tiers promise; remembered for a minute, never waited for long."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Final, Protocol

from services.feedback.domain.cases.case import ServiceLevel
from services.feedback.usecases.together import Together
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.entitlements import PromisedServiceLevel as Told
from shared.contracts.entitlements import ServiceLevelsAnswer
from shared.logs import REMOTE_FAILED, logger

FRESH_S: Final = 60.0
MOST_REMEMBERED: Final = 10_000
#: Working hours; a tier that promises an answer some day promises none.
MOST_HOURS: Final = 2000
NOTHING: Final = ServiceLevel()
#: A crowd opens a case now and then: waiting a little makes one call of several.
_PAUSE_S: Final = 0.005
_LOG: Final[Any] = logger("feedback")


class LevelSource(Protocol):
    """Scoring, as far as cases ask it (shared/clients/scoring.py)."""

    async def service_levels_of(self, customer_ids: Sequence[str]) -> ServiceLevelsAnswer:
        """Ask how service treats customers."""
        ...


class ServiceLevels:
    """What tiers promise, by customer."""

    __slots__ = ("_now", "_seen", "_together")

    def __init__(
        self, source: LevelSource | None, budget_s: float, *, now: Callable[[], float] = monotonic
    ) -> None:
        """Take who is asked, how long that may last, and a clock in seconds."""
        self._now = now
        self._together = None if source is None else _asking(source, budget_s)
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
        if known is not None or customer_id is None or self._together is None:
            return known
        try:
            level = await self._together.answer_for(customer_id, customer_id)
        except (RemoteProblem, RemoteUnavailable, TimeoutError) as error:
            _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
            return None
        return self._learn(customer_id, level)

    async def close(self) -> None:
        """Give up on what is still asked."""
        if self._together is not None:
            await self._together.close()

    def _learn(self, customer_id: str, level: ServiceLevel) -> ServiceLevel:
        self._seen.pop(customer_id, None)
        self._seen[customer_id] = (self._now(), level)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return level


def _asking(source: LevelSource, budget_s: float) -> Together[str, ServiceLevel]:
    async def ask(customer_ids: Sequence[str]) -> list[ServiceLevel]:
        return await levels_of(customer_ids, source)

    return Together(ask, budget_s, pause_s=_PAUSE_S)


async def levels_of(customer_ids: Sequence[str], source: LevelSource) -> list[ServiceLevel]:
    """Ask what tiers promise, in order; raises RemoteProblem, RemoteUnavailable."""
    found = await source.service_levels_of(customer_ids)
    if len(found.levels) != len(customer_ids):
        raise RemoteUnavailable("scoring gave another number of answers than was asked for")
    return [level_in(each) for each in found.levels]


def level_in(found: Told | None) -> ServiceLevel:
    """Take what is promised; hours beyond MOST_HOURS are none."""
    if found is None:
        return NOTHING
    hours = found.response_hours
    return ServiceLevel(
        response_hours=hours if hours and hours <= MOST_HOURS else None,
        agent=found.agent,
        hotline=found.hotline,
        programme=found.programme,
        programme_version=found.programme_version,
    )
