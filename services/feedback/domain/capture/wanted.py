"""Which feedback is asked for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback: None leaves it open; ratings with both ends, instants [since, until)."""

    kind: str | None = None
    channel: str | None = None
    min_rating: int | None = None
    max_rating: int | None = None
    since: datetime | None = None
    until: datetime | None = None
