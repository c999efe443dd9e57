"""Records kept aside, and which of them somebody asks for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Kept:
    """A record kept aside, without its body."""

    quarantine_id: UUID
    source_id: str
    route: str
    reason: str
    message: str
    received_at: datetime
    last_seen_at: datetime | None
    times_seen: int
    body_sha256: bytes
    replayed_at: datetime | None
    replayed_sequence: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records: of a source, of a reason, replayed or not; None for either."""

    source: str | None = None
    reason: str | None = None
    is_replayed: bool | None = None
