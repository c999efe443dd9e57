"""Go back to the release before: the pointer at once, the base's decisions after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from services.scoring.domain.life.job_kinds import BRING_UP
from services.scoring.errors import (
    ModelRefused,
    NothingToRollBack,
    ReleaseChanged,
    UnknownModel,
)
from services.scoring.model.artefact import MOST_BYTES, open_signed
from services.scoring.model.errors import ArtefactRefused
from services.scoring.queries.models import model_log
from services.scoring.queries.models.model_log import Entry
from services.scoring.queries.releases import rollback
from services.scoring.queries.releases.rollback import Step
from services.scoring.usecases.models.promote_model import load_model, settle
from services.scoring.usecases.releases.make_release import Report
from services.scoring.usecases.releases.sweep import Sweeper
from shared import jobs
from shared.idempotency import Answer, Asked, idempotently

GUARD: Final = "guard"
NOT_OURS: Final = "its artefact in the database is not the one that was signed"


class Returning(Protocol):
    """Who brings a release of a status programme up to date that is in force again."""

    async def come_back(self, key: str, release_id: int) -> int:
        """Decide whose stored decision is outdated; give how many."""
        ...


@dataclass(frozen=True, slots=True)
class RolledBack:
    """One programme's way back, as it is answered."""

    programme: str
    release: str
    model_version: str
    from_release: str
    from_model_version: str


async def roll_back(pool: asyncpg.Pool, key: bytes, asked: Asked) -> Answer:
    """Turn every programme's pointer to the nearest earlier release of its rules that loads.

    Raises NothingToRollBack where there is none, ReleaseChanged where one went live meanwhile.
    """
    steps = [step for step in await _loadable(pool, key) if step.keeps_rules]

    async def flip(connection: asyncpg.Connection) -> Mapping[str, Any]:
        if not steps:
            raise NothingToRollBack
        job_id = await _flip(connection, steps, asked.caller.name, asked.reason)
        return {"releases": [asdict(_told(step)) for step in steps], "job_id": str(job_id)}

    return await idempotently(pool, asked, flip)


async def leave_tampered(pool: asyncpg.Pool, key: bytes) -> list[RolledBack]:
    """Go back from models in force that are not what we signed; where to, if anywhere.

    Processes that have loaded them serve on by themselves; this is for those that start later.
    A model for other features was signed by us: another version of this program may serve it.
    """
    found = await rollback.live_artefacts(pool)
    tampered = {version for version, content, sha256 in found if not _is_ours(content, key, sha256)}
    if not tampered:
        return []
    steps = [step for step in await _loadable(pool, key) if step.live_version in tampered]
    if steps:
        async with pool.acquire() as connection, connection.transaction():
            await _flip(connection, steps, GUARD, NOT_OURS)
            for step in steps:
                await model_log.reject(connection, step.live_version)
    return [_told(step) for step in steps]


def _is_ours(content: bytes, key: bytes, sha256: str | None) -> bool:
    try:
        open_signed(content, key, most=MOST_BYTES, sha256=sha256)
    except ArtefactRefused:
        return False
    return True


async def _flip(connection: asyncpg.Connection, steps: list[Step], actor: str, reason: str) -> UUID:
    for step in steps:
        if not await rollback.flip_back(connection, step):
            raise ReleaseChanged
    await _write_down(connection, steps, actor, reason)
    return await _ask_for_the_rest(connection, steps)


async def bring_up(
    pool: asyncpg.Pool,
    sweeper: Sweeper,
    releases: Mapping[str, int],
    report: Report,
    statuses: Returning | None = None,
) -> dict[str, object]:
    """Decide whose stored decision is outdated, and append who now has another tier."""
    decided = await sweeper.sweep_again()
    if statuses is not None:
        for programme, release_id in releases.items():
            decided += await statuses.come_back(programme, release_id)
    await report(0.8, "telling who changed")
    told = 0
    for programme, release_id in releases.items():
        told += await rollback.tell_release(pool, programme, release_id)
    return {"decided": decided, "told": told}


async def _loadable(pool: asyncpg.Pool, key: bytes) -> list[Step]:
    """Take each programme's nearest earlier release whose model passes every check."""
    found: list[Step] = []
    for _, steps in groupby(await rollback.steps_back(pool), key=lambda step: step.programme):
        for step in steps:
            if await _is_loadable(pool, step.model_version, key):
                found.append(step)
                break
    return found


async def _is_loadable(pool: asyncpg.Pool, version: str, key: bytes) -> bool:
    """Load the model anew: that this process remembers it does not help the others."""
    try:
        await load_model(pool, version, key)
    except (ModelRefused, UnknownModel):
        return False
    return True


def _told(step: Step) -> RolledBack:
    return RolledBack(
        programme=step.programme,
        release=f"r-{step.release_id}",
        model_version=step.model_version,
        from_release=f"r-{step.live_id}",
        from_model_version=step.live_version,
    )


async def _write_down(
    connection: asyncpg.Connection, steps: list[Step], actor: str, reason: str
) -> None:
    for step in steps:
        details = asdict(_told(step))
        for version, what in (
            (step.live_version, model_log.ROLLED_BACK_FROM),
            (step.model_version, model_log.ROLLED_BACK_TO),
        ):
            await model_log.add_entry(connection, version, Entry(what, actor, reason, details))
    await settle(connection, actor)


async def _ask_for_the_rest(connection: asyncpg.Connection, steps: list[Step]) -> UUID:
    releases = {step.programme: step.release_id for step in steps}
    return await jobs.enqueue(connection, BRING_UP, {"releases": releases})
