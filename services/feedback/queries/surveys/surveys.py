"""Statements over surveys and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.feedback.domain.surveys.records import StoredSurvey

_LIST: Final = ", ".join(field.name for field in fields(StoredSurvey))
_FIND = f"SELECT {_LIST} FROM surveys WHERE survey_key = $1"  # noqa: S608 - our own columns
_PAGE = f"""
SELECT {_LIST} FROM surveys WHERE survey_key > $1 ORDER BY survey_key LIMIT $2
"""  # noqa: S608 - as above
_PUT = f"""
INSERT INTO surveys ({_LIST}) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (survey_key) DO UPDATE SET version = excluded.version, state = excluded.state,
    document = excluded.document, updated_at = excluded.updated_at
"""  # noqa: S608 - as above
_KINDS = """
SELECT DISTINCT q ->> 'key' AS key, q ->> 'kind' AS kind
FROM survey_versions v CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'questions') q
WHERE v.survey_key = $1 AND EXISTS (SELECT FROM survey_responses r
    WHERE r.survey_key = v.survey_key AND r.version = v.version)
"""
_ANSWERED = """
SELECT document FROM survey_versions v
WHERE survey_key = $1 AND EXISTS (SELECT FROM survey_responses r
    WHERE r.survey_key = v.survey_key AND r.version = v.version)
ORDER BY version DESC
"""
_ADD_VERSION = """
INSERT INTO survey_versions (survey_key, version, document, actor, created_at)
VALUES ($1, $2, $3, $4, $5)
"""
_NEXT_VERSION = "SELECT coalesce(max(version), 0) + 1 FROM survey_versions WHERE survey_key = $1"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('survey:' || $1, 0))"


async def hold(connection: asyncpg.Connection, key: str) -> None:
    """Let one writer after the other change a survey or invite to it, until commit."""
    await connection.execute(_LOCK, key)


async def find_survey(
    connection: asyncpg.Connection | asyncpg.Pool, key: str
) -> StoredSurvey | None:
    """Find a survey by its key."""
    row = await connection.fetchrow(_FIND, key)
    return None if row is None else StoredSurvey(**row)


async def page_of_surveys(pool: asyncpg.Pool, after: str, limit: int) -> list[StoredSurvey]:
    """List surveys by their keys, from after the given one on."""
    return [StoredSurvey(**row) for row in await pool.fetch(_PAGE, after, limit)]


async def next_version(connection: asyncpg.Connection, key: str) -> int:
    """Give the number of the next version."""
    number: int = await connection.fetchval(_NEXT_VERSION, key)
    return number


async def put_survey(connection: asyncpg.Connection, survey: StoredSurvey) -> None:
    """Store a survey, new or anew."""
    await connection.execute(_PUT, *(getattr(survey, field.name) for field in fields(survey)))


async def add_version(connection: asyncpg.Connection, survey: StoredSurvey, actor: str) -> None:
    """Keep a version for good."""
    row = (survey.survey_key, survey.version, survey.document, actor, survey.updated_at)
    await connection.execute(_ADD_VERSION, *row)


async def set_state(connection: asyncpg.Connection, key: str, state: str, now: datetime) -> None:
    """Open or close a survey."""
    statement = "UPDATE surveys SET state = $2, updated_at = $3 WHERE survey_key = $1"
    await connection.execute(statement, key, state, now)


async def kinds_answered(connection: asyncpg.Connection, key: str) -> Mapping[str, str]:
    """Give the kinds of questions in versions that somebody has answered."""
    return {row["key"]: row["kind"] for row in await connection.fetch(_KINDS, key)}


async def document_of(pool: asyncpg.Pool, key: str, version: int) -> dict[str, Any] | None:
    """Give one version of a survey."""
    statement = "SELECT document FROM survey_versions WHERE survey_key = $1 AND version = $2"
    found: dict[str, Any] | None = await pool.fetchval(statement, key, version)
    return found


async def documents_answered(pool: asyncpg.Pool, key: str) -> list[dict[str, Any]]:
    """Give the versions of a survey that somebody has answered, the newest first."""
    return [row["document"] for row in await pool.fetch(_ANSWERED, key)]


async def has_responses(connection: asyncpg.Connection, key: str) -> bool:
    """Tell whether anybody has answered."""
    statement = "SELECT EXISTS (SELECT FROM survey_responses WHERE survey_key = $1)"
    return bool(await connection.fetchval(statement, key))


async def delete_survey(connection: asyncpg.Connection, key: str) -> None:
    """Take a survey away with its versions and invitations."""
    for table in ("survey_invitations", "survey_versions", "surveys"):
        statement = f"DELETE FROM {table} WHERE survey_key = $1"  # noqa: S608 - our own tables
        await connection.execute(statement, key)
