"""The running service, as its use cases see it."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import asyncpg

from services.ingest.settings import IngestSettings
from services.ingest.usecases.admission import Admission
from services.ingest.usecases.committing import GroupCommit
from services.ingest.usecases.reading import Registry
from services.ingest.usecases.rescoring import Rescoring
from services.ingest.usecases.source_counts import SourceCounts
from shared.clock import Clock
from shared.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Ingest:
    """The running service, as its use cases see it."""

    settings: IngestSettings
    pool: asyncpg.Pool
    clock: Clock
    secrets: Secrets
    zone: tzinfo
    home: Path
    registry: Registry
    rescoring: Rescoring
    committing: GroupCommit
    admission: Admission
    counts: SourceCounts
