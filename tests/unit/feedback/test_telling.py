import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.feedback.usecases.capture.telling import Telling
from shared.clients.transport import RemoteUnavailable
from shared.outbox import OutboxRow

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Ingest:
    """Remembers the batches it was told, or is away."""

    error: Exception | None = None
    batches: list[list[int]] = field(default_factory=list)

    async def tell(self, rows: Sequence[OutboxRow]) -> None:
        self.batches.append([row.outbox_id.int for row in rows])
        if self.error is not None:
            raise self.error


def rows(*numbers: int) -> list[OutboxRow]:
    return [OutboxRow(UUID(int=number), {}, 0, NOW) for number in numbers]


async def until_idle(telling: Telling) -> None:
    while not telling.is_idle:
        await asyncio.sleep(0.005)


async def test_what_is_said_at_nearly_the_same_time_is_told_together() -> None:
    ingest = Ingest()
    telling = Telling(ingest.tell)
    telling.soon(rows(1))
    telling.soon(rows(2, 3))
    await until_idle(telling)
    assert ingest.batches == [[1, 2, 3]]


async def test_what_is_said_later_is_told_too() -> None:
    ingest = Ingest()
    telling = Telling(ingest.tell)
    telling.soon(rows(1))
    await until_idle(telling)
    telling.soon(rows(2))
    await until_idle(telling)
    assert ingest.batches == [[1], [2]]


@pytest.mark.parametrize(
    "error",
    [RemoteUnavailable(), asyncpg.InterfaceError("pool is closing"), ConnectionResetError()],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_away_is_left_to_the_worker_for_a_while(error: Exception) -> None:
    ingest = Ingest(error)
    telling = Telling(ingest.tell)
    telling.soon(rows(1))
    await until_idle(telling)
    telling.soon(rows(2))
    await until_idle(telling)
    assert ingest.batches == [[1]]


async def test_without_ingest_everything_is_left_to_the_worker() -> None:
    telling = Telling(None)
    telling.soon(rows(1))
    await telling.close()
    assert telling.is_idle


async def test_closing_waits_for_nobody() -> None:
    async def tell(_: Sequence[OutboxRow]) -> None:
        await asyncio.sleep(60)

    telling = Telling(tell)
    telling.soon(rows(1))
    await asyncio.sleep(0.05)
    await asyncio.wait_for(telling.close(), 5)
