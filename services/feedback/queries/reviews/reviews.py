"""Statements over reviews and their findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.reviews.review import FindingState, KeptFinding, Review

_REVIEW: Final = ", ".join(field.name for field in fields(Review))
_FINDING: Final = ", ".join(field.name for field in fields(KeptFinding))
_LAST: Final = UUID(int=2**128 - 1)
_ADD: Final = """
INSERT INTO reviews (review_id, quarter, first_day, last_day, occasion, asked_by, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (occasion) DO NOTHING RETURNING review_id
"""
_NEXT: Final = f"""
SELECT {_REVIEW} FROM reviews WHERE finished_at IS NULL
ORDER BY review_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - our own column names
_PAGE: Final = f"""
SELECT {_REVIEW} FROM reviews WHERE review_id < $1 ORDER BY review_id DESC LIMIT $2
"""  # noqa: S608 - our own column names
_ONE: Final = f"SELECT {_REVIEW} FROM reviews WHERE review_id = $1"  # noqa: S608 - ours
_WAITING: Final = f"""
SELECT {_REVIEW} FROM reviews WHERE finished_at IS NULL AND quarter = $1 ORDER BY review_id LIMIT 1
"""  # noqa: S608 - our own column names
_ASKED: Final = "SELECT EXISTS (SELECT FROM reviews WHERE occasion = $1)"
_FINISH: Final = """
UPDATE reviews SET finished_at = $2, versions = $3, too_few = $4 WHERE review_id = $1
"""
_ADD_FINDINGS: Final = """
INSERT INTO review_findings (review_id, finding_id, place, code, programme_key, tier_key, subject,
    figures, words, suggestion, link)
SELECT $1, finding_id, place, code, programme_key, tier_key, subject, figures, words, suggestion,
    link
FROM jsonb_to_recordset($2) AS given (finding_id uuid, place int, code text, programme_key text,
    tier_key text, subject text, figures jsonb, words jsonb, suggestion jsonb, link text)
"""
_FINDINGS: Final = f"""
SELECT {_FINDING} FROM review_findings WHERE review_id = $1 ORDER BY place
"""  # noqa: S608 - our own column names
_FIND: Final = f"""
SELECT {_FINDING} FROM review_findings WHERE review_id = $1 AND finding_id = $2
"""  # noqa: S608 - our own column names
_HOLD: Final = f"{_FIND} FOR UPDATE"
_CHANGE: Final = f"""
UPDATE review_findings SET state = $3, owner = $4, note = $5, version = version + 1,
    changed_by = $6, changed_at = $7
WHERE review_id = $1 AND finding_id = $2 RETURNING {_FINDING}
"""  # noqa: S608 - our own column names


async def add_review(connection: asyncpg.Connection | asyncpg.Pool, review: Review) -> bool:
    """Ask for a review; False when the occasion has asked for one before."""
    values = (
        review.review_id,
        review.quarter,
        review.first_day,
        review.last_day,
        review.occasion,
        review.asked_by,
        review.asked_at,
    )
    return await connection.fetchval(_ADD, *values) is not None


async def is_asked(connection: asyncpg.Connection | asyncpg.Pool, occasion: str) -> bool:
    """Tell whether an occasion has asked for its review."""
    return bool(await connection.fetchval(_ASKED, occasion))


async def find_waiting(
    connection: asyncpg.Connection | asyncpg.Pool, quarter: str
) -> Review | None:
    """Find a review of a quarter that the worker has not come to."""
    row = await connection.fetchrow(_WAITING, quarter)
    return None if row is None else Review(**dict(row))


async def hold_next(connection: asyncpg.Connection) -> Review | None:
    """Take the next review that waits, for this transaction alone."""
    row = await connection.fetchrow(_NEXT)
    return None if row is None else Review(**dict(row))


async def finish(
    connection: asyncpg.Connection,
    review: Review,
    findings: Sequence[Mapping[str, Any]],
) -> None:
    """Write what a review found; its versions, too_few and finished_at are those given."""
    await connection.execute(_ADD_FINDINGS, review.review_id, list(findings))
    written = (review.finished_at, list(review.versions), list(review.too_few))
    await connection.execute(_FINISH, review.review_id, *written)


async def page_of_reviews(pool: asyncpg.Pool, before: UUID | None, limit: int) -> list[Review]:
    """List reviews, the newest first, from before one on."""
    return [Review(**dict(row)) for row in await pool.fetch(_PAGE, before or _LAST, limit)]


async def find_review(
    connection: asyncpg.Connection | asyncpg.Pool, review_id: UUID
) -> Review | None:
    """Read one review."""
    row = await connection.fetchrow(_ONE, review_id)
    return None if row is None else Review(**dict(row))


async def findings_of(
    connection: asyncpg.Connection | asyncpg.Pool, review_id: UUID
) -> list[KeptFinding]:
    """List the findings of a review in their order."""
    return [_finding(row) for row in await connection.fetch(_FINDINGS, review_id)]


async def find_finding(pool: asyncpg.Pool, review_id: UUID, finding_id: UUID) -> KeptFinding | None:
    """Read one finding."""
    row = await pool.fetchrow(_FIND, review_id, finding_id)
    return None if row is None else _finding(row)


async def hold_finding(
    connection: asyncpg.Connection, review_id: UUID, finding_id: UUID
) -> KeptFinding | None:
    """Read a finding and let nobody else change it until the transaction ends."""
    row = await connection.fetchrow(_HOLD, review_id, finding_id)
    return None if row is None else _finding(row)


async def change_finding(
    connection: asyncpg.Connection, found: KeptFinding, by: str, at: datetime
) -> KeptFinding:
    """Write state, owner and note of a finding."""
    given = (found.state.value, found.owner, found.note, by, at)
    row = await connection.fetchrow(_CHANGE, found.review_id, found.finding_id, *given)
    return _finding(row)


def _finding(row: asyncpg.Record) -> KeptFinding:
    return KeptFinding(**{**dict(row), "state": FindingState(row["state"])})
