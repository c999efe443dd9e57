"""Begin a programme, and add drafts to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.scoring.domain.programmes.fault import DocumentFault
from services.scoring.domain.programmes.ladder import kind_of
from services.scoring.domain.programmes.version import VersionStatus
from services.scoring.errors import ProgrammeExists, UnknownProgramme
from services.scoring.queries.programmes import programmes
from services.scoring.usecases.programmes.judge import refuse, require_sound
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently

#: Where the document stands in the body.
AT: Final = "/document"
Document = Mapping[str, Any]


async def begin_programme(
    pool: asyncpg.Pool, key: str, document: Document, asked: Asked, *, now: datetime
) -> Answer:
    """Add a programme with its first draft; raises ProgrammeExists, Problem 422."""

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await require_sound(connection, document, at=AT)
        if not await programmes.add_programme(connection, key, _audience_of(document)):
            raise ProgrammeExists
        return await _added(connection, key, Draft(document), asked, now=now)

    return await idempotently(pool, asked, work)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document, and the question it was made to answer, if it was."""

    document: Document
    question: str | None = None


async def add_draft(
    pool: asyncpg.Pool, key: str, draft: Draft, asked: Asked, *, now: datetime
) -> Answer:
    """Add a draft to a programme; raises UnknownProgramme, Problem 422."""
    document = draft.document

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        if await programmes.hold_programme(connection, key) is None:
            raise UnknownProgramme
        await require_sound(connection, document, at=AT)
        await _require_same_family(connection, key, document)
        return await _added(connection, key, draft, asked, now=now)

    return await idempotently(pool, asked, work)


async def _require_same_family(
    connection: asyncpg.Connection, key: str, document: Document
) -> None:
    """Refuse a version of another kind or audience: that is another programme."""
    head = await programmes.find_head(connection, key)
    first = head and await programmes.find_version(connection, key, head.newest_version)
    if not head or not first:
        raise UnknownProgramme
    if kind_of(first.document) != kind_of(document):
        words = "A programme keeps its kind: begin another programme."
        refuse([DocumentFault(f"{AT}/kind", "other_kind", words)])
    if head.audience != _audience_of(document):
        words = f"The programme is {head.audience}: begin another programme for another audience."
        refuse([DocumentFault(f"{AT}/audience", "other_audience", words)])


def _audience_of(document: Document) -> str:
    return str(document.get("audience", "internal"))


async def _added(
    connection: asyncpg.Connection, key: str, draft: Draft, asked: Asked, *, now: datetime
) -> Mapping[str, Any]:
    kept = {} if draft.question is None else {"question": draft.question}
    version = await programmes.add_draft(connection, key, draft.document, kept)
    details = {"version": version}
    await note(connection, Note(asked.caller.name, "draft_programme", key, details), at=now)
    return {"programme": key, "version": version, "status": VersionStatus.DRAFT}
