"""An hour without scoring and ingest: every minute somebody speaks; afterwards nothing is missing.

The clock is a fake one that is moved by a minute each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.domain.capture.event import TYPE
from services.feedback.usecases.capture.completing import complete_unknown_tiers
from services.feedback.usecases.capture.give import counter_at
from services.feedback.usecases.capture.relay import relay
from services.feedback.usecases.capture.telling import Telling
from shared import outbox
from shared.clients.transport import RemoteUnavailable
from shared.contracts.events import ShopEvent
from shared.contracts.receipts import BatchResult
from shared.outbox import OutboxRow
from shared.settings import PlatformSettings
from tests.integration.feedback.scoring import FakeScoring
from tests.integration.feedback.test_give import make_feedback, post

START = datetime(2026, 11, 22, 1, tzinfo=UTC)


@dataclass(slots=True)
class MovingClock:
    """Stands still until it is moved."""

    instant: datetime = START

    def now(self) -> datetime:
        return self.instant


@dataclass(slots=True)
class FakeIngest:
    """Takes events in as ingest does, each id once; or is away."""

    is_away: bool = True
    calls: int = 0
    events: dict[str, ShopEvent] = field(default_factory=dict)
    duplicates: int = 0

    async def post_events(self, events: Sequence[ShopEvent]) -> BatchResult:
        self.calls += 1
        if self.is_away:
            raise RemoteUnavailable
        known = [event for event in events if event.event_id in self.events]
        self.duplicates += len(known)
        self.events |= {event.event_id: event for event in events}
        new = len(events) - len(known)
        return BatchResult(
            accepted=new, duplicates=len(known), conflicts=[], rejected=[], sequence=1
        )


async def deliver(pool: asyncpg.Pool, ingest: FakeIngest, platform: PlatformSettings) -> None:
    """Let the worker pass as if the wait between two tries were over."""
    await pool.execute("UPDATE outbox SET due_at = now()")

    async def post_rows(rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        return await relay(rows, ingest, platform.secrets)

    await outbox.deliver(pool, TYPE, post_rows, limit=500)


async def test_an_hour_without_the_others_loses_nothing_and_counts_nothing_twice(
    http: httpx.AsyncClient,
    app: FastAPI,
    pool: asyncpg.Pool,
    scoring: FakeScoring,
    platform: PlatformSettings,
) -> None:
    clock, ingest, before = MovingClock(), FakeIngest(), app.state.counter
    desk = replace(app.state.desk, clock=clock)
    app.state.counter = counter_at(desk, before.asking, Telling(None))
    scoring.error = RemoteUnavailable()
    try:
        for minute in range(60):
            clock.instant = START + timedelta(minutes=minute)
            assert (await post(http, make_feedback(feedback_id=f"f-{minute}"))).status_code == 201
            with pytest.raises(RemoteUnavailable):
                await deliver(pool, ingest, platform)
    finally:
        app.state.counter = before
    ingest.is_away = False
    await deliver(pool, ingest, platform)
    await deliver(pool, ingest, platform)
    await complete_unknown_tiers(pool, clock, platform.secrets)
    stored = await pool.fetch("SELECT feedback_id, received_at, is_tier_known FROM feedback")
    assert ingest.events.keys() == {str(row["feedback_id"]) for row in stored}
    assert (len(stored), ingest.duplicates) == (60, 0)
    told = sorted(event.occurred_at for event in ingest.events.values())
    assert told == [START + timedelta(minutes=minute) for minute in range(60)]
    assert all(row["is_tier_known"] for row in stored)
