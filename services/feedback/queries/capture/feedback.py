"""Read feedback back: pages by what is asked for, one piece by its id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.domain.capture.wanted import Wanted

_LIST: Final = ", ".join(field.name for field in fields(Said))
_AFTER_ALL: Final = UUID(int=2**128 - 1)

_FITS: Final = """
    AND ($3::text IS NULL OR kind = $3) AND ($4::text IS NULL OR channel = $4)
    AND ($5::integer IS NULL OR rating >= $5) AND ($6::integer IS NULL OR rating <= $6)
    AND ($7::timestamptz IS NULL OR occurred_at >= $7)
    AND ($8::timestamptz IS NULL OR occurred_at < $8)
ORDER BY feedback_id DESC LIMIT $2
"""
_NEWEST: Final = f"SELECT {_LIST} FROM feedback WHERE feedback_id < $1 {_FITS}"  # noqa: S608 - our own column list
_NEWEST_OF: Final = f"""
SELECT {_LIST} FROM feedback WHERE feedback_id < $1 AND customer_id = ANY($9::text[]) {_FITS}
"""  # noqa: S608 - as above
_ONE: Final = f"SELECT {_LIST} FROM feedback WHERE feedback_id = $1"  # noqa: S608 - as above


async def newest_feedback(
    connection: asyncpg.Connection | asyncpg.Pool,
    wanted: Wanted,
    customer_ids: Sequence[str] | None,
    *,
    before: UUID | None,
    limit: int,
) -> list[Said]:
    """List feedback (of one person's ids, or of all), newest first, from before the given one."""
    bounds = (before or _AFTER_ALL, limit, *(getattr(wanted, f.name) for f in fields(Wanted)))
    if customer_ids is None:
        rows = await connection.fetch(_NEWEST, *bounds)
    else:
        rows = await connection.fetch(_NEWEST_OF, *bounds, customer_ids)
    return [Said(**row) for row in rows]


async def find_feedback(
    connection: asyncpg.Connection | asyncpg.Pool, feedback_id: UUID
) -> Said | None:
    """Find one piece of feedback."""
    row = await connection.fetchrow(_ONE, feedback_id)
    return None if row is None else Said(**row)
