"""Sources as people register them."""

from dataclasses import asdict
from datetime import datetime

import asyncpg
from asyncpg import Connection

from services.ingest.errors import Busy, NamespaceTaken
from services.ingest.queries.sources import (
    RegisteredSource,
    authority_of,
    end_authority,
    put_source,
    sources_after,
)
from services.ingest.usecases.desk.quality import DEFAULT_DAYS, judge
from services.ingest.usecases.running import Ingest
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.sources import SourceAnswer, SourceUpdate


async def register_source(
    ingest: Ingest, source_id: str, update: SourceUpdate, *, actor: str
) -> SourceAnswer:
    """Create or replace a source; items read from now on follow it, what was accepted stays.

    Raises NamespaceTaken when another source has the authority and `take_over` is not said.
    """
    now = ingest.clock.now()
    try:
        async with ingest.pool.acquire() as connection, connection.transaction():
            stored = await _register(connection, source_id, update, now)
            details = update.model_dump(mode="json", exclude={"settings"})
            await note(connection, Note(actor, "source.written", source_id, details), at=now)
    except asyncpg.UniqueViolationError as error:  # somebody else took the namespace meanwhile
        raise Busy from error
    ingest.registry.forget()
    (judged,) = await judge(ingest, [stored], DEFAULT_DAYS)
    return _answer(stored, judged.grades.overall)


async def _register(
    connection: Connection, source_id: str, update: SourceUpdate, now: datetime
) -> RegisteredSource:
    namespace = update.order_namespace or source_id
    if update.is_authoritative:
        holder = await authority_of(connection, namespace)
        if holder not in (None, source_id):
            if not update.take_over:
                raise NamespaceTaken(str(holder))
            await end_authority(connection, str(holder), now)
    wanted = RegisteredSource(
        source_id=source_id,
        kind=update.kind,
        order_namespace=namespace,
        is_authoritative=update.is_authoritative,
        settings=update.settings,
        created_at=now,
        updated_at=None,
        last_seen_at=None,
    )
    return await put_source(connection, wanted)


async def list_sources(ingest: Ingest, *, after: str | None, limit: int) -> Page[SourceAnswer]:
    """Give one page of the sources; the cursor is the last one's id."""
    found = await sources_after(ingest.pool, after or "", limit + 1)
    judged = await judge(ingest, found[:limit], DEFAULT_DAYS)
    items = [_answer(each.source, each.grades.overall) for each in judged]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=items[-1].source_id if has_more else None)


def _answer(source: RegisteredSource, grade: str | None) -> SourceAnswer:
    return SourceAnswer.model_validate(asdict(source) | {"grade": grade})
