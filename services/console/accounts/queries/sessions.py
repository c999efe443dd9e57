"""Sessions: open, find, keep alive, end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.console.accounts.people import OpenSession
from services.console.accounts.person import Language, Look, Person
from services.console.accounts.roles import Role

_OPEN: Final = """
INSERT INTO console_sessions (session_id, token_hash, user_id, created_at, seen_at, expires_at,
    address, agent)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
"""
_FOUND: Final = """
SELECT s.session_id, s.seen_at, s.expires_at, u.user_id, u.name, u.display_name, u.role,
    u.language, u.look
FROM console_sessions s JOIN console_users u USING (user_id)
WHERE s.ended_at IS NULL AND u.disabled_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3
"""
_BY_TOKEN: Final = f"{_FOUND} AND s.token_hash = $1"
_BY_ID: Final = f"{_FOUND} AND s.session_id = $1"
# What is over stays over, however late somebody comes back to an open page.
_SEEN: Final = """
UPDATE console_sessions SET seen_at = $2
WHERE session_id = $1 AND seen_at < $2 AND seen_at > $3 AND ended_at IS NULL AND expires_at > $2
"""
_END: Final = """
UPDATE console_sessions SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL
"""
_END_OF: Final = """
UPDATE console_sessions SET ended_at = $2
WHERE user_id = $1 AND ended_at IS NULL AND session_id IS DISTINCT FROM $3
RETURNING session_id
"""
_OF_USER: Final = """
SELECT session_id, created_at, seen_at, expires_at, address, agent FROM console_sessions
WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3
ORDER BY expires_at DESC, session_id LIMIT 100
"""
# Ended long ago: nobody lists them, and the audit log has who signed in when.
_DROP_OLD: Final = "DELETE FROM console_sessions WHERE user_id = $1 AND expires_at < $2"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be opened."""

    session_id: UUID
    token_hash: bytes
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody's session, and when it was last used."""

    person: Person
    seen_at: datetime
    expires_at: datetime


async def add_session(pool: asyncpg.Pool, new: NewSession) -> None:
    """Open a session."""
    await pool.execute(
        _OPEN,
        new.session_id,
        new.token_hash,
        new.user_id,
        new.created_at,
        new.expires_at,
        new.address,
        new.agent,
    )


async def session_of_token(
    pool: asyncpg.Pool, token_hash: bytes, now: datetime, seen_after: datetime
) -> Found | None:
    """Find the session a token opens, unless it is over or its user is locked out."""
    row = await pool.fetchrow(_BY_TOKEN, token_hash, now, seen_after)
    return row and _found(row)


async def session_with(
    pool: asyncpg.Pool, session_id: UUID, now: datetime, seen_after: datetime
) -> Found | None:
    """Find a session by its id, unless it is over or its user is locked out."""
    row = await pool.fetchrow(_BY_ID, session_id, now, seen_after)
    return row and _found(row)


async def mark_seen(
    pool: asyncpg.Pool, session_id: UUID, at: datetime, seen_after: datetime
) -> None:
    """Note that a session is used, unless it is over."""
    await pool.execute(_SEEN, session_id, at, seen_after)


async def end_session(pool: asyncpg.Pool, session_id: UUID, at: datetime) -> None:
    """End one session."""
    await pool.execute(_END, session_id, at)


async def end_sessions_of(
    pool: asyncpg.Pool, user_id: UUID, at: datetime, but: UUID | None
) -> list[UUID]:
    """End every session of a user but one; give those ended."""
    return [row["session_id"] for row in await pool.fetch(_END_OF, user_id, at, but)]


async def sessions_of(
    pool: asyncpg.Pool, user_id: UUID, now: datetime, seen_after: datetime
) -> list[OpenSession]:
    """List where somebody is signed in, the newest first."""
    rows = await pool.fetch(_OF_USER, user_id, now, seen_after)
    return [OpenSession(**dict(row)) for row in rows]


async def drop_old_sessions(pool: asyncpg.Pool, user_id: UUID, before: datetime) -> None:
    """Forget the sessions of a user that were over before."""
    await pool.execute(_DROP_OLD, user_id, before)


def _found(row: Any) -> Found:
    person = Person(
        user_id=row["user_id"],
        name=row["name"],
        display=row["display_name"],
        role=Role(row["role"]),
        language=None if row["language"] is None else Language(row["language"]),
        look=Look(row["look"]),
        session_id=row["session_id"],
    )
    return Found(person, row["seen_at"], row["expires_at"])
