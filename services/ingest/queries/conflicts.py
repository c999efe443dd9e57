"""Identifiers that one customer holds and another one was seen with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.identity import Claim

_CONFLICTS = """
SELECT i.conflict_id, i.kind, i.lookup_key, i.holder_id, h.customer_id, i.claimant_id,
    c.customer_id, i.seen_at, i.resolved_at
FROM identity_conflicts i
JOIN customers h ON h.profile_id = i.holder_id JOIN customers c ON c.profile_id = i.claimant_id
"""


@dataclass(frozen=True, slots=True)
class StoredConflict:
    """A contested identifier; holder and claimant by our id and by the shop's."""

    conflict_id: UUID
    kind: str
    lookup_key: bytes
    holder_id: UUID
    holder: str | None
    claimant_id: UUID
    claimant: str | None
    seen_at: datetime
    resolved_at: datetime | None


async def newest(
    pool: Pool, *, is_open: bool, before: UUID | None, limit: int
) -> list[StoredConflict]:
    """List conflicts that are open, or that are settled, newest first."""
    rows = await pool.fetch(
        f"""
        {_CONFLICTS} WHERE i.conflict_id < $1 AND (i.resolved_at IS NULL) = $2
        ORDER BY i.conflict_id DESC LIMIT $3
        """,
        before or UUID(int=2**128 - 1),
        is_open,
        limit,
    )
    return [StoredConflict(*row) for row in rows]


async def hold(connection: Connection, conflict_id: UUID) -> StoredConflict | None:
    """Return a conflict, held until commit."""
    row = await connection.fetchrow(
        f"{_CONFLICTS} WHERE i.conflict_id = $1 FOR UPDATE OF i", conflict_id
    )
    return None if row is None else StoredConflict(*row)


async def parties_of(connection: Connection, conflict_id: UUID) -> list[UUID]:
    """Return holder and claimant; nobody when there is no such conflict."""
    row = await connection.fetchrow(
        "SELECT holder_id, claimant_id FROM identity_conflicts WHERE conflict_id = $1", conflict_id
    )
    return list(row or ())


async def settle(connection: Connection, conflict_id: UUID, now: datetime) -> None:
    """Note that it was decided."""
    await connection.execute(
        "UPDATE identity_conflicts SET resolved_at = $2 WHERE conflict_id = $1", conflict_id, now
    )


async def settle_moved(connection: Connection, claim: Claim, to_id: UUID, now: datetime) -> None:
    """Settle what a profile that has an identifier now was in conflict about it."""
    await connection.execute(
        """
        UPDATE identity_conflicts SET resolved_at = $4
        WHERE kind = $1 AND lookup_key = $2 AND claimant_id = $3 AND resolved_at IS NULL
        """,
        claim.kind,
        claim.key,
        to_id,
        now,
    )
