"""What customers agreed to and when: every change is kept, the latest instant counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.consents import told_consent
from services.ingest.queries import bulk
from services.ingest.queries.events import StoredEvent
from shared.schema.ingest import EVENT_SEQUENCE
from shared.schema.people import consents

_NAMES = ("profile_id", "purpose", "sequence", "is_granted", "customer_version", "changed_at")
#: Order of instants; of two at one instant what a person wrote by hand counts, then the key: what
#: arrived when plays no part for events.
_HISTORY = """
SELECT c.purpose, c.is_granted, c.changed_at, c.customer_version, c.sequence
FROM consents c LEFT JOIN events e ON e.profile_id = c.profile_id AND e.sequence = c.sequence
WHERE c.profile_id = $1 OR c.profile_id IN (
    SELECT profile_id FROM customers WHERE merged_into = $1)
ORDER BY c.changed_at, e.event_key NULLS LAST, c.sequence
"""


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """One change of one purpose."""

    purpose: str
    is_granted: bool
    changed_at: datetime
    customer_version: int
    sequence: int


async def history_of(connection: Connection | Pool, root: UUID) -> list[StoredConsent]:
    """Return every change of a customer and all merged into them; the last of a purpose counts."""
    return [StoredConsent(*row) for row in await connection.fetch(_HISTORY, root)]


async def effective_of(connection: Connection | Pool, root: UUID) -> dict[str, bool]:
    """Return what a customer agrees to now, by purpose."""
    granted = {each.purpose: each.is_granted for each in await history_of(connection, root)}
    return dict(sorted(granted.items()))


async def add(
    connection: Connection,
    profile_id: UUID,
    granted: Mapping[str, bool],
    *,
    version: int,
    now: datetime,
) -> None:
    """Append what somebody wrote by hand, each change with a place in the log."""
    rows = []
    for purpose, is_granted in granted.items():
        sequence = await connection.fetchval(f"SELECT nextval('{EVENT_SEQUENCE}')")
        rows.append((profile_id, purpose, sequence, is_granted, version, now))
    await bulk.run(connection, bulk.insert_sql(consents, _NAMES), rows)


async def add_told(connection: Connection, stored: Iterable[StoredEvent]) -> None:
    """Append what events tell of consents, at the events' own places and instants."""
    rows = [
        (
            event.record.occasion.profile_id,
            told[0],
            event.sequence,
            told[1],
            event.customer_version or 0,
            event.record.occasion.effective_at,
        )
        for event in stored
        if (told := told_consent(event.arrival.kind, event.arrival.extra))
        and not event.record.occasion.is_anonymous
    ]
    await bulk.run(connection, bulk.insert_sql(consents, _NAMES), rows)
