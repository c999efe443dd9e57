"""Statements over the table `feedback`."""

from dataclasses import fields
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Said

_COLUMNS: Final = tuple(field.name for field in fields(Said))
_LIST: Final = ", ".join(_COLUMNS)
_VALUES: Final = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
_AFTER_ALL: Final = UUID(int=2**128 - 1)

_ADD = f"""
INSERT INTO feedback ({_LIST}) VALUES ({_VALUES})
ON CONFLICT (event_key) DO NOTHING RETURNING feedback_id
"""  # noqa: S608 - our own column list
_FIND = f"SELECT {_LIST} FROM feedback WHERE event_key = $1"  # noqa: S608 - as above
_NEWEST = f"""
SELECT {_LIST} FROM feedback WHERE feedback_id < $1 ORDER BY feedback_id DESC LIMIT $2
"""  # noqa: S608 - as above
_NEWEST_OF = f"""
SELECT {_LIST} FROM feedback WHERE feedback_id < $1 AND customer_id = $3
ORDER BY feedback_id DESC LIMIT $2
"""  # noqa: S608 - as above


async def add_feedback(connection: asyncpg.Connection, said: Said) -> bool:
    """Store a piece of feedback; False when its key is there already."""
    values = [getattr(said, name) for name in _COLUMNS]
    return await connection.fetchval(_ADD, *values) is not None


async def feedback_under(connection: asyncpg.Connection, event_key: bytes) -> Said | None:
    """Find a piece of feedback by its key."""
    row = await connection.fetchrow(_FIND, event_key)
    return None if row is None else Said(**row)


async def newest_feedback(
    pool: asyncpg.Pool, customer_id: str | None, *, before: UUID | None, limit: int
) -> list[Said]:
    """List feedback (of one customer), newest first, from before the given one on."""
    first = before or _AFTER_ALL
    if customer_id is None:
        rows = await pool.fetch(_NEWEST, first, limit)
    else:
        rows = await pool.fetch(_NEWEST_OF, first, limit, customer_id)
    return [Said(**row) for row in rows]
