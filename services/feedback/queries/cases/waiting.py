"""Cases that something is due for: a promise that passed, a promise to be asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import Case
from services.feedback.queries.cases.cases import LIST, case_in

# Two workers at once take different ones.
_PASSED: Final = f"""
SELECT {LIST} FROM cases WHERE case_id IN (
    SELECT case_id FROM cases
    WHERE state = 'received' AND NOT is_response_breached AND due_at < $1
    UNION SELECT case_id FROM cases
    WHERE state IN ('received', 'answered') AND NOT is_resolution_breached AND resolve_by < $1
    LIMIT $2)
FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own column list
# What was said when scoring was away is completed first (usecases/capture/completing.py).
_UNPROMISED: Final = """
SELECT c.case_id, coalesce(f.customer_id, c.customer_id) AS customer_id
FROM cases c LEFT JOIN feedback f USING (feedback_id)
WHERE NOT c.is_service_level_known
    AND (f.feedback_id IS NULL OR f.is_tier_known OR f.tier_added_at IS NOT NULL)
ORDER BY c.due_at LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Unpromised:
    """A case whose service level is not known, and whose it is as far as that is known by now."""

    case_id: UUID
    customer_id: str | None


async def hold_passed(connection: asyncpg.Connection, now: datetime, *, limit: int) -> list[Case]:
    """Take cases whose promise has passed unnoticed, until the transaction ends."""
    return [case_in(row) for row in await connection.fetch(_PASSED, now, limit)]


async def unpromised(pool: asyncpg.Pool, *, limit: int) -> list[Unpromised]:
    """List cases whose service level is not known, the most urgent first."""
    return [Unpromised(**dict(row)) for row in await pool.fetch(_UNPROMISED, limit)]
