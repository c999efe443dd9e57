"""Accounts: find, list, make, change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.console.accounts.people import User
from services.console.accounts.person import Language, Look
from services.console.accounts.roles import Role

_COLUMNS: Final = (
    "user_id, name, display_name, role, language, look, password_hash IS NOT NULL AS has_password,"
    " oidc_subject IS NOT NULL AS is_from_provider, created_at, disabled_at"
)
_BY_NAME: Final = (
    "SELECT user_id, password_hash, disabled_at FROM console_users WHERE name_key = $1"
)
_ONE: Final = f"SELECT {_COLUMNS} FROM console_users WHERE user_id = $1"  # noqa: S608 - ours
_NAMED: Final = f"SELECT {_COLUMNS} FROM console_users WHERE name_key = $1"  # noqa: S608 - ours
_OF_SUBJECT: Final = f"""
SELECT {_COLUMNS} FROM console_users WHERE oidc_subject = $1
"""  # noqa: S608 - our own column list
_PAGE: Final = f"""
SELECT {_COLUMNS}, name_key FROM console_users WHERE name_key > $1 ORDER BY name_key LIMIT $2
"""  # noqa: S608 - as above
_IS_ANYBODY: Final = "SELECT EXISTS (SELECT FROM console_users)"
_ADD: Final = """
INSERT INTO console_users (user_id, name, name_key, display_name, role, password_hash,
    oidc_subject, language, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING RETURNING user_id
"""
# The first user is made by one of the processes that start at once.
_FIRST: Final = "LOCK TABLE console_users IN SHARE ROW EXCLUSIVE MODE"
# In one order, so that two that take admins away wait for each other instead of deadlocking.
_ADMINS: Final = """
SELECT user_id FROM console_users WHERE role = 'admin' AND disabled_at IS NULL
ORDER BY user_id FOR UPDATE
"""
_SET_ROLE: Final = "UPDATE console_users SET role = $2 WHERE user_id = $1"
_SET_DISABLED: Final = "UPDATE console_users SET disabled_at = $2 WHERE user_id = $1"
_SET_HASH: Final = "UPDATE console_users SET password_hash = $2 WHERE user_id = $1"
_REHASHED: Final = """
UPDATE console_users SET password_hash = $3 WHERE user_id = $1 AND password_hash = $2
"""
_SHOWN: Final = """
UPDATE console_users SET language = coalesce($2, language), look = coalesce($3, look)
WHERE user_id = $1
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a name is checked against."""

    user_id: UUID
    password_hash: str | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made."""

    user_id: UUID
    name: str
    name_key: str
    display: str
    role: Role
    password_hash: str | None
    oidc_subject: str | None
    language: Language | None
    created_at: datetime


async def proof_of(pool: asyncpg.Pool, name_key: str) -> Proof | None:
    """Find what a name is checked against."""
    row = await pool.fetchrow(_BY_NAME, name_key)
    return row and Proof(row["user_id"], row["password_hash"], row["disabled_at"] is not None)


async def user_with(pool: asyncpg.Pool, user_id: UUID) -> User | None:
    """Find an account by its id."""
    row = await pool.fetchrow(_ONE, user_id)
    return row and _user(row)


async def user_named(pool: asyncpg.Pool, name_key: str) -> User | None:
    """Find an account by its name as it is compared."""
    row = await pool.fetchrow(_NAMED, name_key)
    return row and _user(row)


async def user_of_subject(pool: asyncpg.Pool, subject: str) -> User | None:
    """Find the account of somebody a provider vouches for."""
    row = await pool.fetchrow(_OF_SUBJECT, subject)
    return row and _user(row)


async def page_of_users(pool: asyncpg.Pool, after: str, limit: int) -> tuple[list[User], str]:
    """List accounts by name after a key; give the key to go on from, empty at the end."""
    rows = await pool.fetch(_PAGE, after, limit)
    return [_user(row) for row in rows], rows[-1]["name_key"] if len(rows) == limit else ""


async def is_anybody(connection: asyncpg.Connection | asyncpg.Pool) -> bool:
    """Tell whether there is any account."""
    return bool(await connection.fetchval(_IS_ANYBODY))


async def hold_users(connection: asyncpg.Connection) -> None:
    """Let nobody else make an account until the transaction ends."""
    await connection.execute(_FIRST)


async def add_user(connection: asyncpg.Connection | asyncpg.Pool, new: NewUser) -> bool:
    """Make an account; False when its name or its provider's subject is taken."""
    row = (new.user_id, new.name, new.name_key, new.display, new.role.value, new.password_hash)
    language = None if new.language is None else new.language.value
    made = await connection.fetchval(_ADD, *row, new.oidc_subject, language, new.created_at)
    return made is not None


async def admins(connection: asyncpg.Connection) -> Sequence[UUID]:
    """List the admins who can sign in and hold them until the transaction ends."""
    return [row["user_id"] for row in await connection.fetch(_ADMINS)]


async def set_role(connection: asyncpg.Connection, user_id: UUID, role: Role) -> None:
    """Give an account another role."""
    await connection.execute(_SET_ROLE, user_id, role.value)


async def set_disabled(connection: asyncpg.Connection, user_id: UUID, at: datetime | None) -> None:
    """Lock an account out, or let it in again."""
    await connection.execute(_SET_DISABLED, user_id, at)


async def set_password(
    connection: asyncpg.Connection | asyncpg.Pool, user_id: UUID, password_hash: str
) -> None:
    """Keep the hash of a new password."""
    await connection.execute(_SET_HASH, user_id, password_hash)


async def rehash(pool: asyncpg.Pool, user_id: UUID, before: str, after: str) -> None:
    """Keep the same password by newer parameters, where it was not changed meanwhile."""
    await pool.execute(_REHASHED, user_id, before, after)


async def set_shown(
    pool: asyncpg.Pool, user_id: UUID, language: Language | None, look: Look | None
) -> None:
    """Keep the language and the look somebody likes; None leaves what is kept."""
    words = [None if each is None else each.value for each in (language, look)]
    await pool.execute(_SHOWN, user_id, *words)


def _user(row: Any) -> User:
    return User(
        user_id=row["user_id"],
        name=row["name"],
        display=row["display_name"],
        role=Role(row["role"]),
        language=None if row["language"] is None else Language(row["language"]),
        look=Look(row["look"]),
        has_password=row["has_password"],
        is_from_provider=row["is_from_provider"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
