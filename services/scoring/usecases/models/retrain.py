"""Ask for a training on schedule: at the shop's quiet hour, once for all workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg

from services.scoring.domain.life.job_kinds import TRAIN
from services.scoring.domain.life.retraining import (
    Schedule,
    Situation,
    Verdict,
    is_due,
    nothing_new,
)
from services.scoring.model.value_model import feature_hash
from services.scoring.queries.models import model_jobs
from services.scoring.usecases.business_day import BusinessDay
from shared import jobs

ACTOR: Final = "schedule"
ASKED: Final = "retraining_asked"
SKIPPED: Final = "retraining_skipped"


@dataclass(slots=True)
class Retrainer:
    """Looks by the business clock whether a training is due; what it asks for is a row."""

    pool: asyncpg.Pool
    day: BusinessDay
    zone: ZoneInfo
    schedule: Schedule
    log: Any
    _told: tuple[date, str] | None = field(default=None, init=False)

    async def run_once(self) -> bool:
        """Ask for a training if one is due; says no more work waits, whatever it found."""
        if self.schedule.every_days:
            await self._look()
        return False

    async def _look(self) -> None:
        moment = self.day.moment()
        hour = moment.now.astimezone(self.zone).hour
        async with self.pool.acquire() as connection, connection.transaction():
            await model_jobs.hold_line(connection)
            seen = await _situation(connection, moment.today, hour)
            found = await _verdict(connection, self.schedule, seen)
            if found.asks:
                await jobs.enqueue(connection, TRAIN, _arguments(moment.today, found))
        self._tell(moment.today, found)

    def _tell(self, today: date, found: Verdict) -> None:
        """Log a verdict once a day, not once a look."""
        if found.because and self._told != (today, found.because):
            self.log.info(ASKED if found.asks else SKIPPED, because=found.because)
            self._told = (today, found.because)


def _arguments(today: date, found: Verdict) -> dict[str, str]:
    return {"actor": ACTOR, "reason": found.because, "scheduled_for": today.isoformat()}


async def _situation(connection: asyncpg.Connection, today: date, hour: int) -> Situation:
    live = await model_jobs.live_feature_hash(connection)
    return Situation(
        today=today,
        hour=hour,
        trained_until=await model_jobs.trained_until(connection),
        is_outdated=live is not None and live != feature_hash(),
        is_open=await jobs.newest_open(connection, TRAIN) is not None,
        is_asked_today=await model_jobs.is_scheduled(connection, today),
    )


async def _verdict(connection: asyncpg.Connection, schedule: Schedule, seen: Situation) -> Verdict:
    found = is_due(schedule, seen)
    since = seen.trained_until
    if not found.asks or seen.is_outdated or since is None:
        return found
    if await model_jobs.has_purchases(connection, since, seen.today):
        return found
    return nothing_new(since)
