import asyncio
from dataclasses import dataclass, field

import pytest

from services.feedback.domain.cases.case import ServiceLevel
from services.feedback.usecases.cases.service_levels import (
    FRESH_S,
    MOST_HOURS,
    MOST_REMEMBERED,
    NOTHING,
    ServiceLevels,
)
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.entitlements import EXAMPLE_ENTITLEMENTS, EntitlementsAnswer
from shared.contracts.entitlements import ServiceLevel as Told

ANSWER = EntitlementsAnswer.model_validate(EXAMPLE_ENTITLEMENTS)


@dataclass(slots=True)
class Scoring:
    """Answers every question alike, fails, or never answers."""

    told: Told | None = field(default_factory=lambda: Told(response_hours=4))
    error: Exception | None = None
    is_silent: bool = False
    asked: int = 0

    async def entitlements_of(self, customer_id: str) -> EntitlementsAnswer:
        assert customer_id
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return ANSWER.model_copy(update={"service_level": self.told})


@dataclass(slots=True)
class Seconds:
    """A monotonic clock that stands still."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def test_what_was_learned_is_remembered_for_a_minute() -> None:
    scoring, seconds = Scoring(), Seconds()
    levels = ServiceLevels(scoring, 1, now=seconds)
    assert levels.seen("c-1") is None
    for at in (0, FRESH_S - 1, FRESH_S):
        seconds.now = at
        assert await levels.of("c-1") == ServiceLevel(response_hours=4)
    assert scoring.asked == 2


@pytest.mark.parametrize(
    "scoring",
    [
        Scoring(error=RemoteUnavailable("scoring")),
        Scoring(error=RemoteProblem(500, "internal", "")),
        Scoring(is_silent=True),
        None,
    ],
    ids=["away", "failing", "silent", "no key"],
)
async def test_nobody_is_kept_waiting_for_scoring(scoring: Scoring | None) -> None:
    assert await ServiceLevels(scoring, 0.01).of("c-1") is None


async def test_an_outage_is_not_remembered() -> None:
    scoring = Scoring(error=RemoteUnavailable("scoring"))
    levels = ServiceLevels(scoring, 1)
    await levels.of("c-1")
    scoring.error = None
    assert await levels.of("c-1") == ServiceLevel(response_hours=4)


@pytest.mark.parametrize(
    ("told", "level"),
    [
        (None, NOTHING),
        (Told(response_hours=MOST_HOURS + 1, agent="Li"), ServiceLevel(agent="Li")),
        (Told(response_hours=0), NOTHING),
        (Told(hotline="400-1"), ServiceLevel(hotline="400-1")),
    ],
    ids=["nothing", "too long", "no time", "a hotline"],
)
async def test_what_a_tier_promises(told: Told | None, level: ServiceLevel) -> None:
    assert await ServiceLevels(Scoring(told), 1).of("c-1") == level


async def test_nobody_in_particular_is_promised_nothing_and_not_asked_about() -> None:
    scoring = Scoring()
    assert await ServiceLevels(scoring, 1).of(None) == NOTHING
    assert scoring.asked == 0


async def test_memory_is_bounded() -> None:
    levels = ServiceLevels(Scoring(), 1)
    names = [str(number) for number in range(MOST_REMEMBERED + 1)]
    for name in names:
        await levels.of(name)
    assert [levels.seen(each) is not None for each in (names[0], names[1], names[-1])] == [
        False,
        True,
        True,
    ]
