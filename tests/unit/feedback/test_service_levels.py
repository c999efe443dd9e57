import asyncio
from collections.abc import Sequence
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
from shared.contracts.entitlements import PromisedServiceLevel as Told
from shared.contracts.entitlements import ServiceLevelsAnswer


@dataclass(slots=True)
class Scoring:
    """Answers every question alike, fails, or never answers."""

    told: Told | None = field(default_factory=lambda: Told(response_hours=4))
    error: Exception | None = None
    is_silent: bool = False
    missing: int = 0
    calls: list[list[str]] = field(default_factory=list)

    async def service_levels_of(self, customer_ids: Sequence[str]) -> ServiceLevelsAnswer:
        self.calls.append(list(customer_ids))
        if self.is_silent:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return ServiceLevelsAnswer(levels=[self.told] * (len(customer_ids) - self.missing))


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
    assert scoring.calls == [["c-1"], ["c-1"]]


@pytest.mark.parametrize(
    "scoring",
    [
        Scoring(error=RemoteUnavailable("scoring")),
        Scoring(error=RemoteProblem(500, "internal", "")),
        Scoring(is_silent=True),
        Scoring(missing=1),
        None,
    ],
    ids=["away", "failing", "silent", "too few answers", "no key"],
)
async def test_nobody_is_kept_waiting_for_scoring(scoring: Scoring | None) -> None:
    assert await ServiceLevels(scoring, 0.01).of("c-1") is None


async def test_those_who_ask_at_once_share_a_call() -> None:
    scoring = Scoring()
    levels = ServiceLevels(scoring, 1)
    found = await asyncio.gather(*(levels.of(name) for name in ("a", "b", "a")))
    assert scoring.calls == [["a", "b"]]
    assert found == [ServiceLevel(response_hours=4)] * 3


@pytest.mark.parametrize("head_start_s", [0.0, 0.01], ids=["before it asks", "while it asks"])
async def test_a_service_that_stops_lets_nobody_wait(head_start_s: float) -> None:
    levels = ServiceLevels(Scoring(is_silent=True), 30)
    wait = asyncio.create_task(levels.of("a"))
    await asyncio.sleep(head_start_s)
    late = asyncio.create_task(levels.of("b"))
    await asyncio.sleep(0)
    await levels.close()
    told = await asyncio.wait_for(asyncio.gather(wait, late), 5)
    assert list(told) == [None, None]


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
        (
            Told(response_hours=4, programme="coffee", programme_version=3),
            ServiceLevel(response_hours=4, programme="coffee", programme_version=3),
        ),
    ],
    ids=["nothing", "too long", "no time", "a hotline", "a programme's"],
)
async def test_what_a_tier_promises(told: Told | None, level: ServiceLevel) -> None:
    assert await ServiceLevels(Scoring(told), 1).of("c-1") == level


async def test_nobody_in_particular_is_promised_nothing_and_not_asked_about() -> None:
    scoring = Scoring()
    assert await ServiceLevels(scoring, 1).of(None) == NOTHING
    assert scoring.calls == []


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
