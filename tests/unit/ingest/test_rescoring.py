import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from services.ingest.usecases.rescoring import Rescoring
from shared.clients.transport import RemoteProblem, RemoteUnavailable


@dataclass(slots=True)
class FakeScoring:
    """Scoring that may be slow or away."""

    error: Exception | None = None
    asked: list[int] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def rescore(self, profile_ids: Sequence[UUID]) -> None:
        self.asked.append(len(profile_ids))
        if self.error is not None:
            raise self.error
        await self.gate.wait()


def some(count: int) -> list[UUID]:
    return [UUID(int=number) for number in range(count)]


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_nobody_waits_for_scoring() -> None:
    scoring = FakeScoring()
    rescoring = Rescoring(scoring, limit=4)
    rescoring.soon(some(3))
    await settled()
    assert scoring.asked == [3]
    await rescoring.close()


async def test_many_customers_are_asked_for_in_parts() -> None:
    scoring = FakeScoring()
    scoring.gate.set()
    rescoring = Rescoring(scoring, limit=4)
    rescoring.soon(some(2500))
    await settled()
    assert scoring.asked == [1000, 1000, 500]


async def test_what_is_over_the_limit_is_left_to_the_outbox() -> None:
    scoring = FakeScoring()
    rescoring = Rescoring(scoring, limit=2)
    for _ in range(5):
        rescoring.soon(some(1))
    await settled()
    assert len(scoring.asked) == 2
    scoring.gate.set()
    await settled()
    rescoring.soon(some(1))
    await settled()
    assert len(scoring.asked) == 3


@pytest.mark.parametrize("error", [RemoteUnavailable("away"), RemoteProblem(503, "busy", "later")])
async def test_a_scoring_that_is_away_does_no_harm(error: Exception) -> None:
    scoring = FakeScoring(error)
    rescoring = Rescoring(scoring, limit=1)
    for _ in range(2):
        rescoring.soon(some(1))
        await settled()
    assert scoring.asked == [1, 1]


async def test_nothing_is_asked_without_a_client_or_customers() -> None:
    Rescoring(None, limit=1).soon(some(1))
    scoring = FakeScoring()
    Rescoring(scoring, limit=1).soon([])
    await settled()
    assert scoring.asked == []
