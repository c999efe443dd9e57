"""Statements over `service_calendar`: when service works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

_KEY: Final = "service"
_FIND: Final = """
SELECT document, version, updated_by, updated_at FROM service_calendar WHERE calendar_key = $1
"""
# Of two that write at once the later one finds the version moved on.
_PUT: Final = """
INSERT INTO service_calendar (calendar_key, document, version, updated_by, updated_at)
SELECT $1, $2, 1, $3, $4 WHERE $5::bigint = 0
ON CONFLICT (calendar_key) DO NOTHING RETURNING version
"""
_REPLACE: Final = """
UPDATE service_calendar SET document = $2, version = version + 1, updated_by = $3, updated_at = $4
WHERE calendar_key = $1 AND version = $5 RETURNING version
"""


@dataclass(frozen=True, slots=True)
class StoredCalendar:
    """The calendar as somebody wrote it."""

    document: Mapping[str, Any]
    version: int
    updated_by: str
    updated_at: datetime


async def find_calendar(connection: asyncpg.Connection | asyncpg.Pool) -> StoredCalendar | None:
    """Find the calendar; None when nobody has written one."""
    row = await connection.fetchrow(_FIND, _KEY)
    return None if row is None else StoredCalendar(**dict(row))


async def put_calendar(
    connection: asyncpg.Connection | asyncpg.Pool,
    document: Mapping[str, Any],
    *,
    over: int,
    by: str,
    at: datetime,
) -> int | None:
    """Write the calendar over a version, 0 where there is none; None when that one is not there."""
    statement = _REPLACE if over else _PUT
    found: int | None = await connection.fetchval(statement, _KEY, document, by, at, over)
    return found
