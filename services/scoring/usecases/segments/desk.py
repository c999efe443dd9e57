"""What people do with segments: define them, count them, list who is in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.scoring.domain.segments import Member, Segment
from services.scoring.errors import UnknownSegment
from services.scoring.queries import segments
from services.scoring.queries.people.memberships import entered_at
from services.scoring.usecases.segments.count import PAGE, Counter, Tally
from services.scoring.usecases.segments.define import (
    Draft,
    checked_condition,
    create_segment,
    delete_segment,
    replace_segment,
)
from services.scoring.usecases.segments.definitions import Definitions
from shared.audit import Note, note
from shared.idempotency import Answer, Asked, idempotently


@dataclass(frozen=True, slots=True)
class Listed:
    """A member and since when they are one; None until it was noted."""

    member: Member
    entered_at: datetime | None


class SegmentDesk:
    """Defines segments and says who is in them."""

    def __init__(self, pool: asyncpg.Pool, definitions: Definitions, counter: Counter) -> None:
        """Take the database, the segments, and who counts."""
        self._pool = pool
        self._definitions = definitions
        self._counter = counter

    async def currency(self) -> str:
        """Name the currency that sums are in."""
        return await self._definitions.currency()

    async def page(self, after: str | None, limit: int) -> tuple[list[Segment], str | None]:
        """Give one page of segments, and the cursor of the next."""
        found = await segments.page_of_segments(self._pool, after or "", limit + 1)
        return found[:limit], found[limit - 1].segment_key if len(found) > limit else None

    async def one(self, key: str) -> Segment:
        """Find a segment; raises UnknownSegment."""
        found = await segments.find_segment(self._pool, key)
        if found is None:
            raise UnknownSegment
        return found

    async def create(self, draft: Draft, asked: Asked) -> Answer:
        """Make a segment once; raises SegmentExists and Problem 422."""
        exponent = await self._definitions.exponent()

        async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
            made = await create_segment(connection, draft, exponent)
            await _note(connection, asked.caller.name, "segment.created", made)
            return _plain(made)

        return await idempotently(self._pool, asked, work)

    async def replace(self, draft: Draft, actor: str, based_on: int | None) -> Segment:
        """Write a segment, new or anew; raises SegmentChanged and Problem 422."""
        exponent = await self._definitions.exponent()
        async with self._pool.acquire() as connection, connection.transaction():
            made = await replace_segment(connection, draft, exponent, based_on)
            await _note(connection, actor, "segment.written", made)
        return made

    async def delete(self, key: str, actor: str) -> None:
        """Take a segment away; raises UnknownSegment and SegmentInUse."""
        async with self._pool.acquire() as connection, connection.transaction():
            gone = await segments.find_segment(connection, key)
            await delete_segment(connection, key)
            if gone is not None:
                await _note(connection, actor, "segment.deleted", gone)

    async def count(self, key: str) -> Tally:
        """Count who is in a segment now; raises UnknownSegment and TooCostly."""
        return await self._counter.count(await self._counter.condition_of(key))

    async def preview(
        self, condition: Mapping[str, Any], purpose: str | None, sample: int
    ) -> Tally:
        """Count whom a condition would hold; raises Problem 422 and TooCostly."""
        draft = Draft("", {}, condition, purpose)
        exponent = await self._definitions.exponent()
        checked = await checked_condition(self._pool, draft, exponent)
        return await self._counter.count(await self._counter.bind(checked), sample=sample)

    async def members(
        self, key: str, after: UUID | None, limit: int
    ) -> tuple[list[Listed], str | None]:
        """Give one page of who is in, and the cursor of the next; raises UnknownSegment."""
        condition = await self._counter.condition_of(key)
        if after is None:
            await self._counter.catch_up(condition)
        found = await self._counter.list_page(condition, after, limit + 1)
        page = await self._listed(key, found[:limit])
        return page, str(found[limit - 1].profile_id) if len(found) > limit else None

    async def all_members(self, key: str) -> AsyncIterator[list[Listed]]:
        """Read the first page of all who are in; give them page by page. Raises as members."""
        condition = await self._counter.condition_of(key)
        await self._counter.catch_up(condition)
        first = await self._counter.list_page(condition, None, PAGE)

        async def pages() -> AsyncIterator[list[Listed]]:
            async for page in self._counter.stream(condition, first):
                yield await self._listed(key, page)

        return pages()

    async def _listed(self, key: str, members: Sequence[Member]) -> list[Listed]:
        since = await entered_at(self._pool, key, [each.profile_id for each in members])
        return [Listed(each, since.get(each.profile_id)) for each in members]


def _plain(segment: Segment) -> dict[str, Any]:
    """Write a segment as JSON, for an answer that may be given again."""
    told = asdict(segment)
    times = {name: told[name].isoformat() for name in ("created_at", "updated_at")}
    return {"key": told.pop("segment_key"), **told, **times}


async def _note(connection: asyncpg.Connection, actor: str, action: str, segment: Segment) -> None:
    details = {"version": segment.version, "condition": segment.condition}
    made = Note(actor, action, segment.segment_key, details)
    await note(connection, made, at=segment.updated_at)
