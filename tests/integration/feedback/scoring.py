"""A scoring that answers from memory, late, or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.contracts.common import CustomerReference, LocalText
from shared.contracts.entitlements import PromisedServiceLevel, ServiceLevelsAnswer
from shared.contracts.tier import Tier, TierAnswer, TierAnswers, TierQuery

HIGH = Tier(key="high", rank=2, name=LocalText(en="High value", zh="高价值"))
LOW = Tier(key="low", rank=0, name=LocalText(en="Standard", zh="普通"))
FOUR_HOURS = PromisedServiceLevel(response_hours=4, programme="coffee", programme_version=3)


@dataclass(slots=True)
class FakeScoring:
    """Knows customer c-1 by id and by card M-1, both high."""

    known: dict[str, str] = field(default_factory=lambda: {"c-1": "c-1", "M-1": "c-1"})
    #: what the tiers of c-1 promise
    level: PromisedServiceLevel | None = field(default_factory=lambda: FOUR_HOURS)
    error: Exception | None = None
    delay_s: float = 0.0
    asked: int = 0

    async def tier_of(self, customer_id: str) -> TierAnswer:
        return await self._answer(CustomerReference(customer_id=customer_id))

    async def tiers_of(self, query: TierQuery) -> TierAnswers:
        by_id = [CustomerReference(customer_id=each) for each in query.customer_ids or []]
        asked = [*by_id, *(query.customers or [])]
        return TierAnswers(answers=[await self._answer(customer) for customer in asked])

    async def service_levels_of(self, customer_ids: Sequence[str]) -> ServiceLevelsAnswer:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        return ServiceLevelsAnswer(
            levels=[self.level if each in self.known else None for each in customer_ids]
        )

    async def _answer(self, customer: CustomerReference) -> TierAnswer:
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        found = [self.known[v] for v in customer.given().values() if v in self.known]
        return TierAnswer(
            customer_id=found[0] if found else customer.customer_id,
            known=bool(found),
            programme="value",
            programme_version=1,
            tier=HIGH if found else LOW,
            status="held",
            model_version="2026-11-21-1",
            release="r-17",
            as_of=datetime(2026, 11, 22, 1, tzinfo=UTC),
        )
