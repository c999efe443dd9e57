"""The jobs of ingest by kind, and what they are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.ingest.settings import IngestSettings
from services.ingest.usecases.privacy.erase import Erasing, erase
from shared.clock import Clock
from shared.job_runner import JobHandler, Report
from shared.jobs import Job
from shared.settings import PlatformSettings


@dataclass(frozen=True, slots=True)
class Background:
    """What loops and jobs share."""

    pool: asyncpg.Pool
    clock: Clock
    platform: PlatformSettings
    settings: IngestSettings


def handlers(parts: Background) -> Mapping[str, JobHandler]:
    """Say who does each kind of job."""
    erasing = Erasing(
        parts.pool,
        parts.clock,
        parts.platform.secrets,
        tombstone_days=parts.settings.tombstone_days,
        grace_s=parts.settings.erasure_grace_s,
    )

    async def erase_customer(job: Job, _: Report) -> Mapping[str, object]:
        return await erase(erasing, UUID(job.arguments["erasure_id"]))

    return {"erase": erase_customer}
