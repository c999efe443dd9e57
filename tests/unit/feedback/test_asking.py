import asyncio
from dataclasses import dataclass, field

import pytest

from services.feedback.usecases.capture.asking import TogetherAsking
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference
from shared.contracts.tier import TierAnswer, TierAnswers, TierQuery
from tests.unit.feedback.test_held_tier import HIGH


@dataclass(slots=True)
class Scoring:
    """Answers by the name asked for, and remembers the calls; or fails, or takes long."""

    error: Exception | None = None
    delay_s: float = 0.0
    calls: list[list[str]] = field(default_factory=list)

    async def tier_of(self, customer_id: str) -> TierAnswer:
        return (await self._answers([customer_id]))[0]

    async def tiers_of(self, query: TierQuery) -> TierAnswers:
        names = [next(iter(each.given().values())) for each in query.customers or []]
        return TierAnswers(answers=await self._answers(names))

    async def _answers(self, names: list[str]) -> list[TierAnswer]:
        self.calls.append(names)
        await asyncio.sleep(self.delay_s)
        if self.error is not None:
            raise self.error
        return [HIGH.model_copy(update={"customer_id": name}) for name in names]


def named(name: str) -> CustomerReference:
    return CustomerReference(loyalty_account=name)


async def ask(
    scoring: Scoring, *names: str, budget_s: float = 1
) -> list[TierAnswer | BaseException]:
    asking = TogetherAsking(scoring, budget_s)
    waits = (asking.answer_for(named(name)) for name in names)
    found = await asyncio.gather(*waits, return_exceptions=True)
    await asking.close()
    return found


async def test_those_who_ask_at_once_share_a_call_and_get_their_own_answer() -> None:
    scoring = Scoring()
    found = await ask(scoring, "a", "b", "c")
    assert scoring.calls == [["a", "b", "c"]]
    assert [each.customer_id for each in found if isinstance(each, TierAnswer)] == ["a", "b", "c"]


async def test_one_customer_is_asked_about_once() -> None:
    scoring = Scoring()
    found = await ask(scoring, "a", "a")
    assert scoring.calls == [["a"]]
    assert len([each for each in found if isinstance(each, TierAnswer)]) == 2


async def test_nothing_is_remembered_from_one_call_to_the_next() -> None:
    scoring = Scoring()
    asking = TogetherAsking(scoring, 1)
    await asking.answer_for(named("a"))
    await asking.answer_for(named("a"))
    assert scoring.calls == [["a"], ["a"]]


async def test_a_customer_by_id_goes_the_fast_way() -> None:
    scoring = Scoring()
    answer = await TogetherAsking(scoring, 1).answer_for(CustomerReference(customer_id="c-1"))
    assert answer.customer_id == "c-1"


async def test_everybody_is_told_that_scoring_is_away() -> None:
    found = await ask(Scoring(error=RemoteUnavailable()), "a", "b")
    assert [type(each) for each in found] == [RemoteUnavailable] * 2


async def test_nobody_waits_longer_than_the_budget() -> None:
    found = await asyncio.wait_for(ask(Scoring(delay_s=30), "a", "b", budget_s=0.01), 5)
    assert [type(each) for each in found] == [TimeoutError] * 2


async def test_after_a_failure_it_is_asked_again() -> None:
    scoring = Scoring(error=RemoteUnavailable())
    asking = TogetherAsking(scoring, 1)
    with pytest.raises(RemoteUnavailable):
        await asking.answer_for(named("a"))
    scoring.error = None
    assert (await asking.answer_for(named("a"))).known


async def test_whoever_left_does_not_take_the_answer_from_the_others() -> None:
    scoring = Scoring(delay_s=0.02)
    asking = TogetherAsking(scoring, 1)
    waits = [asyncio.create_task(asking.answer_for(named("a"))) for _ in range(2)]
    await asyncio.sleep(0.01)
    waits[0].cancel()
    assert (await waits[1]).customer_id == "a"
