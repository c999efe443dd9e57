"""Instants at which a decision changes by itself: who claims one decides, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

# Locked until the transaction ends: another worker takes the next ones, and one that dies leaves
# them to be claimed again.
_CLAIM: Final = """
SELECT d.profile_id, d.programme_key, d.due_at, c.merged_into IS NULL AS is_own
FROM due_reviews d JOIN customers c ON c.profile_id = d.profile_id
WHERE d.programme_key = $1 AND d.due_at <= $2 ORDER BY d.due_at, d.profile_id LIMIT $3
FOR UPDATE OF d SKIP LOCKED
"""
_DONE: Final = """
DELETE FROM due_reviews d
USING unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS c (profile_id, programme_key, due_at)
WHERE d.profile_id = c.profile_id AND d.programme_key = c.programme_key AND d.due_at = c.due_at
"""


class Due(NamedTuple):
    """A review that is due; `is_own` is false for who was merged away: the winner has theirs."""

    profile_id: UUID
    programme_key: str
    due_at: datetime
    is_own: bool


async def claim_due(
    connection: asyncpg.Connection, programme: str, now: datetime, *, limit: int
) -> list[Due]:
    """Claim a programme's reviews that are due, the oldest first, until the transaction ends."""
    rows = await connection.fetch(_CLAIM, programme, now, limit)
    return [Due(*row.values()) for row in rows]


async def close_due(connection: asyncpg.Connection, reviewed: Sequence[Due]) -> None:
    """Take away reviews that were done."""
    columns = [list(column) for column in zip(*(due[:3] for due in reviewed), strict=True)]
    await connection.execute(_DONE, *columns)
