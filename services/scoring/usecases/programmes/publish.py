"""Publish a draft: the request at once, the release in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from services.scoring.domain.life.job_kinds import PUBLISH
from services.scoring.domain.programmes.difference import changes_between
from services.scoring.domain.programmes.ladder import VALUE, kind_of
from services.scoring.domain.programmes.version import Head, Version, VersionStatus
from services.scoring.errors import (
    NoModelYet,
    NotADraft,
    OutdatedDraft,
    PublicationUnderWay,
    UnknownProgramme,
)
from services.scoring.queries.programmes import programmes
from services.scoring.usecases.programmes.judge import require_sound
from services.scoring.usecases.programmes.look_up import require_version
from shared import jobs
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently


@dataclass(frozen=True, slots=True)
class Approval:
    """What a publication is for, who answers for it, and the note of who approved it."""

    goal: str
    owner: str
    approval: str
    is_dry_run: bool


@dataclass(frozen=True, slots=True)
class Which:
    """A version of a programme."""

    key: str
    version: int


async def ask_to_publish(
    pool: asyncpg.Pool, which: Which, approval: Approval, asked: Asked, *, now: datetime
) -> Answer:
    """Ask for a draft to be published, or tell what it would change.

    Raises UnknownProgramme, UnknownVersion, NotADraft, OutdatedDraft, PublicationUnderWay,
    NoModelYet, Problem 422.
    """

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        head, draft = await _publishable(connection, which)
        changes = await _changes(connection, head, draft)
        told = {"programme": which.key, "version": which.version, "changes": changes}
        if approval.is_dry_run:
            return {**told, "job_id": None}
        said = {"goal": approval.goal, "owner": approval.owner, "approval": approval.approval}
        job_id = await jobs.enqueue(connection, PUBLISH, {**asdict(which), "actor": _actor(asked)})
        kept = {**said, "actor": _actor(asked), "job_id": str(job_id)}
        await programmes.mark_publishing(connection, which.key, which.version, kept)
        details = {**said, "version": which.version}
        await note(connection, Note(_actor(asked), "publish_programme", which.key, details), at=now)
        return {**told, "job_id": str(job_id)}

    return await idempotently(pool, asked, work)


def _actor(asked: Asked) -> str:
    return asked.caller.name


async def _publishable(connection: asyncpg.Connection, which: Which) -> tuple[Head, Version]:
    if await programmes.hold_programme(connection, which.key) is None:
        raise UnknownProgramme
    draft = await require_version(connection, which.key, which.version)
    if await programmes.is_publishing(connection, which.key):
        raise PublicationUnderWay
    if draft.status is not VersionStatus.DRAFT:
        raise NotADraft
    head = await programmes.find_head(connection, which.key)
    if head is None:
        raise UnknownProgramme
    if which.version < (head.live_version or 0):
        raise OutdatedDraft
    await require_sound(connection, draft.document)
    is_by_model = kind_of(draft.document) == VALUE
    if is_by_model and await programmes.live_model(connection, which.key) is None:
        raise NoModelYet
    return head, draft


async def _changes(
    connection: asyncpg.Connection, head: Head, draft: Version
) -> list[dict[str, Any]]:
    """Compare a draft with the version in force."""
    if head.live_version is None:
        before = None
    else:
        before = (await require_version(connection, head.key, head.live_version)).document
    return [asdict(change) for change in changes_between(before, draft.document)]
