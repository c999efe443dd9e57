"""Statements over answers, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.surveys.records import Response
from services.feedback.domain.surveys.results import Reach, TierReach

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
# Told apart by the whole tier first: two spellings of one are put together by who reads them.
_REACH = """
SELECT is_tier_known, tier_held ->> 'programme' AS programme,
    (tier_held ->> 'programme_version')::bigint AS programme_version, tier_held -> 'tier' AS tier,
    max(invited_at) AS last_at, count(*) AS sent,
    count(*) FILTER (WHERE opened_at IS NOT NULL) AS opened,
    count(*) FILTER (WHERE saved_at IS NOT NULL AND answered_at IS NULL) AS partly,
    count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered
FROM survey_invitations WHERE survey_key = $1 AND ($2::bigint IS NULL OR version = $2)
GROUP BY 1, 2, 3, 4 ORDER BY last_at
"""
# A list of options is one value here: taking it apart in the statement costs half as much again.
_COUNTS = """
SELECT a.key, a.value, count(*) AS number
FROM survey_responses r CROSS JOIN LATERAL jsonb_each(r.answers) a
WHERE r.survey_key = $1 AND ($2::bigint IS NULL OR r.version = $2) GROUP BY 1, 2
"""
_WRITTEN = """
SELECT k.key, count(*) AS number
FROM survey_responses r CROSS JOIN LATERAL jsonb_object_keys(r.texts) k(key)
WHERE r.survey_key = $1 AND ($2::bigint IS NULL OR r.version = $2) GROUP BY 1
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
    """Count how far invitations got, by the tier held when they were sent; the latest comes last.

    A tier whose name or place was changed comes once for each.
    """
    rows = await pool.fetch(_REACH, survey_key, version)
    return [
        TierReach(
            row["is_tier_known"],
            _held(row),
            Reach(row["sent"], row["opened"], row["partly"], row["answered"]),
        )
        for row in rows
    ]


def _held(row: asyncpg.Record) -> dict[str, Any] | None:
    names = ("programme", "programme_version", "tier")
    return None if row["tier"] is None else {name: row[name] for name in names}


async def values_of(
    pool: asyncpg.Pool, survey_key: str, version: int | None
) -> list[tuple[str, Any, int]]:
    """Count how often each question got each value; of several options the list of them."""
    rows = await pool.fetch(_COUNTS, survey_key, version)
    return [(row["key"], row["value"], row["number"]) for row in rows]


async def written_in(
    pool: asyncpg.Pool, survey_key: str, version: int | None
) -> list[tuple[str, int]]:
    """Count how often each question got a text or a date."""
    rows = await pool.fetch(_WRITTEN, survey_key, version)
    return [(row["key"], row["number"]) for row in rows]
