"""The segment that a list is asked for."""

from __future__ import annotations

import asyncpg

from services.feedback.queries.experiments.documents import is_segment
from services.feedback.usecases.care.errors import NoSuchSegment


async def require_segment(pool: asyncpg.Pool, key: str | None) -> None:
    """Refuse a segment that is not there; raises NoSuchSegment. None asks for everybody."""
    if key is not None and not await is_segment(pool, key):
        raise NoSuchSegment
