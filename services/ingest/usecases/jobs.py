"""The jobs of ingest by kind, and what they are given."""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from services.ingest.settings import IngestSettings
from shared.clock import Clock
from shared.job_runner import JobHandler
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
    return {}
