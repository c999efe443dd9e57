from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from services.feedback.domain.capture.said import NOBODY, UNKNOWN
from services.feedback.usecases.capture.asking import TogetherAsking
from services.feedback.usecases.capture.held_tier import tier_held_by
from shared.clients.transport import RemoteUnavailable
from shared.contracts.common import CustomerReference, LocalText
from shared.contracts.tier import Tier, TierAnswer, TierAnswers, TierQuery

HIGH = TierAnswer(
    customer_id="c-1",
    known=True,
    programme="value",
    programme_version=3,
    tier=Tier(key="high", rank=2, name=LocalText(en="High value", zh="高价值")),
    status="held",
    model_version="2026-11-21-1",
    release="r-17",
    as_of=datetime(2026, 11, 22, 1, tzinfo=UTC),
)
BY_ID = CustomerReference(customer_id="c-1")
BY_CARD = CustomerReference(loyalty_account="M-1")


@dataclass(slots=True)
class Scoring:
    """Answers every question alike, or fails."""

    answers: list[TierAnswer] = field(default_factory=lambda: [HIGH])
    error: Exception | None = None

    async def tier_of(self, customer_id: str) -> TierAnswer:
        assert customer_id
        if self.error is not None:
            raise self.error
        return self.answers[0]

    async def tiers_of(self, query: TierQuery) -> TierAnswers:
        assert query.customers
        return TierAnswers(answers=self.answers)


def asking(scoring: Scoring) -> TogetherAsking:
    return TogetherAsking(scoring, 1)


@pytest.mark.parametrize("customer", [BY_ID, BY_CARD])
async def test_the_tier_is_kept_with_its_programme_and_version(customer: CustomerReference) -> None:
    held = await tier_held_by(customer, asking(Scoring()))
    assert (held.is_known, held.customer_id) == (True, "c-1")
    assert held.tier is not None
    assert (held.tier["programme"], held.tier["programme_version"]) == ("value", 3)
    assert held.tier["tier"]["name"]["zh"] == "高价值"
    assert (held.tier["model_version"], held.tier["release"]) == ("2026-11-21-1", "r-17")


async def test_a_stranger_holds_no_tier() -> None:
    stranger = HIGH.model_copy(update={"known": False})
    assert await tier_held_by(BY_ID, asking(Scoring([stranger]))) == NOBODY


@pytest.mark.parametrize("customer", [None, CustomerReference()])
async def test_nobody_is_not_asked_about(customer: CustomerReference | None) -> None:
    assert await tier_held_by(customer, asking(Scoring(error=AssertionError()))) == NOBODY


async def test_without_a_way_to_scoring_the_tier_is_unknown() -> None:
    assert await tier_held_by(BY_ID, None) == UNKNOWN


@pytest.mark.parametrize("answers", [[], [HIGH, HIGH]])
async def test_an_answer_that_does_not_fit_the_question_is_none(answers: list[TierAnswer]) -> None:
    assert await tier_held_by(BY_CARD, asking(Scoring(answers))) == UNKNOWN


async def test_a_failing_scoring_leaves_the_tier_unknown() -> None:
    assert await tier_held_by(BY_ID, asking(Scoring(error=RemoteUnavailable()))) == UNKNOWN
