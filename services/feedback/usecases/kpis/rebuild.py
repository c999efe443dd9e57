"""Ask for all KPIs to be rolled up anew."""

from uuid import UUID

import asyncpg

from services.feedback.usecases.kpis.roll_up import REBUILD
from shared import jobs


async def ask_for_rebuild(pool: asyncpg.Pool, actor: str) -> UUID:
    """Ask for a rebuild, or give the one that was asked for already."""
    if waiting := await jobs.newest_open(pool, REBUILD):
        return waiting.job_id
    return await jobs.enqueue(pool, REBUILD, {"actor": actor})
