"""The log as past versions of customers knew it: merges with their versions, places, reversals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.known_at import PastLink, Place

# Everybody who ever counted for the customer, or for whom the customer did: undone merges too. The
# notes of merges say which version each profile was left at.
_LINKS: Final = """
WITH RECURSIVE met AS (
    SELECT $1::uuid AS profile_id
    UNION
    SELECT CASE WHEN l.winner_id = met.profile_id THEN l.loser_id ELSE l.winner_id END
    FROM met JOIN identity_links l
        ON l.winner_id = met.profile_id OR l.loser_id = met.profile_id
)
SELECT l.loser_id, l.winner_id, l.sequence, l.linked_at, l.undone_sequence,
    l.undone_at,
    (SELECT a.details -> 'versions' FROM audit_log a
        WHERE a.at = l.linked_at AND a.action = 'merge'
            AND a.subject = replace(l.merge_id::text, '-', '')) AS versions,
    (SELECT a.details -> 'versions' FROM audit_log a
        WHERE a.at = l.undone_at AND a.action = 'unmerge'
            AND a.subject = replace(l.merge_id::text, '-', '')) AS undone_versions
FROM identity_links l
WHERE l.loser_id IN (SELECT profile_id FROM met) OR l.winner_id IN (SELECT profile_id FROM met)
ORDER BY l.sequence
"""
_PLACES: Final = """
SELECT profile_id, sequence, customer_version FROM events WHERE profile_id = ANY($1::uuid[])
"""
_REVERSALS: Final = """
SELECT sequence, applied_version FROM reversals
WHERE applied_profile_id = $1 AND sequence = ANY($2::bigint[]) AND applied_version IS NOT NULL
"""
_CONSENTS: Final = """
SELECT DISTINCT ON (g.purpose) g.purpose, g.is_granted
FROM consents g LEFT JOIN events e ON e.profile_id = g.profile_id AND e.sequence = g.sequence
WHERE g.profile_id = ANY($1::uuid[]) AND (g.profile_id <> $2 OR g.customer_version <= $3)
ORDER BY g.purpose, g.changed_at DESC, e.event_key DESC NULLS FIRST, g.sequence DESC
"""


async def links_about(connection: Connection, customer: UUID) -> list[PastLink]:
    """Return every merge that ever concerned a customer, in their order."""
    return [
        PastLink(
            loser_id=row["loser_id"],
            winner_id=row["winner_id"],
            sequence=row["sequence"],
            versions=_versions(row["versions"]),
            linked_at=row["linked_at"],
            undone_sequence=row["undone_sequence"],
            undone_at=row["undone_at"],
            undone_versions=_versions(row["undone_versions"]),
        )
        for row in await connection.fetch(_LINKS, customer)
    ]


def _versions(noted: Mapping[str, int] | None) -> dict[UUID, int]:
    return {UUID(profile): version for profile, version in (noted or {}).items()}


async def places_of(connection: Connection, profiles: Iterable[UUID]) -> list[Place]:
    """Return where in the log the events of profiles stand."""
    rows = await connection.fetch(_PLACES, list(profiles))
    return [Place(*row) for row in rows]


async def applied_versions(
    connection: Connection, customer: UUID, sequences: Iterable[int]
) -> dict[int, int]:
    """Return at which versions of a customer reversals that others brought took effect."""
    rows = await connection.fetch(_REVERSALS, customer, list(sequences))
    return {row[0]: row[1] for row in rows}


async def consents_at(
    connection: Connection, customer: UUID, members: Iterable[UUID], version: int
) -> dict[str, bool]:
    """Return the last word on each purpose at a version, of all who counted for the customer."""
    rows = await connection.fetch(_CONSENTS, list(members), customer, version)
    return {row[0]: row[1] for row in rows}
