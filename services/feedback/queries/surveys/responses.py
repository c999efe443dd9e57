"""Statements over answers, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.surveys.records import Response
from services.feedback.domain.surveys.results import Counted, Reach, TierReach

_COLUMNS: Final = tuple(field.name for field in fields(Response))
_LIST: Final = ", ".join(_COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
_AFTER_ALL: Final = UUID(int=2**128 - 1)
_ADD = f"INSERT INTO survey_responses ({_LIST}) VALUES ({_VALUES})"  # noqa: S608 - our own columns
_OF = f"SELECT {_LIST} FROM survey_responses WHERE invitation_id = $1"  # noqa: S608 - as above
_PAGE = f"""
SELECT {_LIST} FROM survey_responses WHERE survey_key = $1 AND response_id < $2
ORDER BY response_id DESC LIMIT $3
"""  # noqa: S608 - as above
_REACH = """
SELECT is_tier_known, (array_agg(tier_held ORDER BY invitation_id DESC))[1] AS tier_held,
    count(*) AS sent, count(*) FILTER (WHERE opened_at IS NOT NULL) AS opened,
    count(*) FILTER (WHERE saved_at IS NOT NULL AND answered_at IS NULL) AS partly,
    count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered
FROM survey_invitations WHERE survey_key = $1 AND ($2::bigint IS NULL OR version = $2)
GROUP BY is_tier_known, tier_held ->> 'programme', tier_held -> 'tier' ->> 'key'
ORDER BY is_tier_known DESC, tier_held ->> 'programme',
    max((tier_held -> 'tier' ->> 'rank')::int) DESC NULLS LAST, tier_held -> 'tier' ->> 'key'
"""
_ANSWERED = """
SELECT a.key, count(*) AS answered
FROM survey_responses r CROSS JOIN LATERAL (
    SELECT key FROM jsonb_each(r.answers) UNION ALL SELECT key FROM jsonb_each(r.texts)) a
WHERE r.survey_key = $1 AND ($2::bigint IS NULL OR r.version = $2) GROUP BY 1
"""
_COUNTS = """
SELECT a.key, v.value, count(*) AS number
FROM survey_responses r CROSS JOIN LATERAL jsonb_each(r.answers) a
CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value ELSE jsonb_build_array(a.value) END
) v(value)
WHERE r.survey_key = $1 AND ($2::bigint IS NULL OR r.version = $2) GROUP BY 1, 2
"""


async def add_response(connection: asyncpg.Connection, response: Response) -> None:
    """Store the answers of one person."""
    await connection.execute(_ADD, *(getattr(response, name) for name in _COLUMNS))


async def response_of(connection: asyncpg.Connection, invitation_id: UUID) -> Response | None:
    """Find what was answered to an invitation."""
    row = await connection.fetchrow(_OF, invitation_id)
    return None if row is None else Response(**row)


async def page_of_responses(
    pool: asyncpg.Pool, survey_key: str, before: UUID | None, limit: int
) -> list[Response]:
    """List answers, newest first, from before the given one on."""
    rows = await pool.fetch(_PAGE, survey_key, before or _AFTER_ALL, limit)
    return [Response(**row) for row in rows]


async def reach_by_tier(
    pool: asyncpg.Pool, survey_key: str, version: int | None
) -> Sequence[TierReach]:
    """Count how far invitations got, by the tier held when they were sent."""
    rows = await pool.fetch(_REACH, survey_key, version)
    return [
        TierReach(
            row["is_tier_known"],
            row["tier_held"],
            Reach(row["sent"], row["opened"], row["partly"], row["answered"]),
        )
        for row in rows
    ]


async def counts_of(pool: asyncpg.Pool, survey_key: str, version: int | None) -> dict[str, Counted]:
    """Count the answers to each question, and how often each value was given."""
    answered = await pool.fetch(_ANSWERED, survey_key, version)
    counts: dict[str, dict[int | str | bool, int]] = {row["key"]: {} for row in answered}
    for row in await pool.fetch(_COUNTS, survey_key, version):
        counts[row["key"]][row["value"]] = row["number"]
    return {row["key"]: Counted(row["answered"], counts[row["key"]]) for row in answered}
