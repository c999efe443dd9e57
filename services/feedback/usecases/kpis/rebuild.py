"""Ask for all KPIs to be rolled up anew."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.feedback.usecases.kpis.roll_up import REBUILD
from shared import jobs
from shared.audit import Note, note


async def ask_for_rebuild(pool: asyncpg.Pool, actor: str, now: datetime) -> UUID:
    """Ask for a rebuild, or give the one that was asked for already."""
    if waiting := await jobs.newest_open(pool, REBUILD):
        return waiting.job_id
    async with pool.acquire() as connection, connection.transaction():
        job_id = await jobs.enqueue(connection, REBUILD, {"actor": actor})
        await note(connection, Note(actor, "kpis.rebuild_asked", str(job_id)), at=now)
    return job_id
