"""Go back to the version before: the pointer at once, history after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from services.scoring.domain.life.job_kinds import BRING_UP
from services.scoring.domain.programmes.version import WayBack
from services.scoring.errors import NothingToRollBack, ReleaseChanged, UnknownProgramme
from services.scoring.queries.programmes import programmes
from services.scoring.queries.releases.rollback import Step, flip_back
from shared import jobs
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently


async def roll_back_programme(
    pool: asyncpg.Pool, key: str, asked: Asked, *, now: datetime
) -> Answer:
    """Turn the pointer to the nearest earlier version; the one in force counts as never published.

    Raises UnknownProgramme, NothingToRollBack, ReleaseChanged.
    """

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        if await programmes.hold_programme(connection, key) is None:
            raise UnknownProgramme
        way = await programmes.way_back(connection, key)
        if way is None:
            raise NothingToRollBack
        if not await flip_back(connection, _step(way)):
            raise ReleaseChanged
        await programmes.withdraw_after(connection, key, way.version)
        job_id = await jobs.enqueue(connection, BRING_UP, {"releases": {key: way.release_id}})
        told = _told(way)
        details = {**told, "reason": asked.reason}
        made = Note(asked.caller.name, "roll_back_programme", key, details)
        await note(connection, made, at=now)
        return {**told, "job_id": str(job_id)}

    return await idempotently(pool, asked, work)


def _step(way: WayBack) -> Step:
    to_model = way.model_version or ""
    return Step(way.key, way.live_id, "", way.release_id, to_model, keeps_rules=False)


def _told(way: WayBack) -> dict[str, Any]:
    return {
        "programme": way.key,
        "version": way.version,
        "release": f"r-{way.release_id}",
        "model_version": way.model_version,
        "from_version": way.live_version,
        "from_release": f"r-{way.live_id}",
    }
