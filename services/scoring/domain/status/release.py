"""A release of a status programme: the versions that ever decided, and how they count and tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.scoring.domain.status.counting import Counter
from services.scoring.domain.status.engine.timeline import InForce
from services.scoring.domain.status.printing import StatusPrinter
from services.scoring.domain.status.programme import (
    StatusProgramme,
    Versioned,
    counter_of,
    schedule_of,
    status_programme,
)


@dataclass(frozen=True, slots=True)
class StatusRelease:
    """A schedule of versions as one process keeps it; `programme` is the last, which is in force.

    Who has no facts at all holds the entry tier since `reference_date`.
    """

    release_id: int
    programme: StatusProgramme
    schedule: tuple[InForce, ...]
    counter: Counter
    printer: StatusPrinter
    reference_date: date


def status_release(
    release_id: int, key: str, versions: Sequence[Versioned], reference_date: date
) -> StatusRelease:
    """Put a release together from its versions by rising instant."""
    schedule = schedule_of(key, versions)
    version, _, document = versions[-1]
    programme = status_programme(key, version, document)
    return StatusRelease(
        release_id=release_id,
        programme=programme,
        schedule=schedule,
        counter=counter_of(schedule, versions),
        printer=StatusPrinter(programme, release_id),
        reference_date=reference_date,
    )
