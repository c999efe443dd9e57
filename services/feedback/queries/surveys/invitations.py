"""Statements over invitations: one open one a survey and person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.surveys.records import Asked, Invitation

_COLUMNS: Final = tuple(field.name for field in fields(Invitation))
_LIST: Final = ", ".join(_COLUMNS)
_ADD = """
INSERT INTO survey_invitations (invitation_id, survey_key, version, profile_id, customer_id,
    tier_held, is_tier_known, invited_at, expires_at)
SELECT t.invitation_id, $1, $2, t.profile_id, t.customer_id, t.tier_held, t.is_tier_known, $3, $4
FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::jsonb[], $9::boolean[])
    AS t(invitation_id, profile_id, customer_id, tier_held, is_tier_known)
"""
# Who has begun goes on with the questions they began with.
_RENEW = """
UPDATE survey_invitations SET version = $3
WHERE survey_key = $1 AND profile_id = ANY($2::uuid[]) AND is_open AND saved_at IS NULL
"""
_EXPIRE = """
UPDATE survey_invitations SET is_open = false, saved = NULL
WHERE survey_key = $1 AND profile_id = ANY($2::uuid[]) AND is_open AND expires_at <= $3
"""
_OPEN = f"""
SELECT {_LIST} FROM survey_invitations
WHERE survey_key = $1 AND profile_id = ANY($2::uuid[]) AND is_open
"""  # noqa: S608 - our own columns
_ASKED = f"""
SELECT s.state, v.document, c.erased_at IS NULL AND c.profile_id IS NOT NULL AS is_known,
    {", ".join(f"i.{name}" for name in _COLUMNS)}
FROM survey_invitations i
JOIN surveys s USING (survey_key)
JOIN survey_versions v ON v.survey_key = i.survey_key AND v.version = i.version
LEFT JOIN customers c ON c.profile_id = i.profile_id
WHERE i.invitation_id = $1
"""  # noqa: S608 - as above
_OPENED = """
UPDATE survey_invitations SET opened_at = $2 WHERE invitation_id = $1 AND opened_at IS NULL
"""
_SAVE = """
UPDATE survey_invitations SET saved = $2, saved_at = $3, opened_at = coalesce(opened_at, $3)
WHERE invitation_id = $1 AND is_open
"""
_CLOSE = """
UPDATE survey_invitations SET is_open = false, saved = NULL, answered_at = $2,
    opened_at = coalesce(opened_at, $2)
WHERE invitation_id = $1 AND is_open
"""


async def open_invitations(
    connection: asyncpg.Connection, survey_key: str, profile_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Invitation]:
    """Give the open invitations of people by profile; those that have expired are closed."""
    await connection.execute(_EXPIRE, survey_key, profile_ids, now)
    rows = await connection.fetch(_OPEN, survey_key, profile_ids)
    return {row["profile_id"]: Invitation(**row) for row in rows}


async def renew_version(
    connection: asyncpg.Connection, survey_key: str, profile_ids: Sequence[UUID], version: int
) -> None:
    """Let those who have not begun answer the newest version."""
    await connection.execute(_RENEW, survey_key, profile_ids, version)


async def add_invitations(connection: asyncpg.Connection, made: Sequence[Invitation]) -> None:
    """Store new invitations of one survey, made at one instant."""
    if not made:
        return
    one = made[0]
    await connection.execute(
        _ADD,
        one.survey_key,
        one.version,
        one.invited_at,
        one.expires_at,
        [each.invitation_id for each in made],
        [each.profile_id for each in made],
        [each.customer_id for each in made],
        [each.tier_held for each in made],
        [each.is_tier_known for each in made],
    )


async def asked_by(
    connection: asyncpg.Connection | asyncpg.Pool, invitation_id: UUID, *, is_held: bool = False
) -> Asked | None:
    """Find an invitation with the questions it asks; `is_held` until commit."""
    statement = f"{_ASKED} FOR UPDATE OF i" if is_held else _ASKED
    row = await connection.fetchrow(statement, invitation_id)
    if row is None:
        return None
    members = dict(row)
    state, document = members.pop("state"), members.pop("document")
    is_known = members.pop("is_known")
    return Asked(Invitation(**members), state, document, is_known=is_known)


async def mark_opened(pool: asyncpg.Pool, invitation_id: UUID, at: datetime) -> None:
    """Note the first time that somebody looked."""
    await pool.execute(_OPENED, invitation_id, at)


async def save(
    connection: asyncpg.Connection, invitation_id: UUID, answers: Mapping[str, Any], at: datetime
) -> None:
    """Keep answers on the way."""
    await connection.execute(_SAVE, invitation_id, dict(answers), at)


async def close(connection: asyncpg.Connection, invitation_id: UUID, at: datetime) -> None:
    """Note that somebody has answered."""
    await connection.execute(_CLOSE, invitation_id, at)
