"""Look programmes and their versions up."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from services.scoring.domain.programmes.version import Head, Version
from services.scoring.errors import UnknownProgramme, UnknownVersion
from services.scoring.queries.programmes import programmes

NEWEST_FIRST_FROM = 2**62


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme with the version to show of it: in force, else the newest."""

    head: Head
    shown: Version


async def list_programmes(
    pool: asyncpg.Pool, *, after: str | None, limit: int, with_drafts: bool
) -> tuple[list[Programme], str | None]:
    """Give one page by key, and the cursor of the next."""
    found = await programmes.heads_after(pool, after or "", limit + 1, with_drafts=with_drafts)
    page = [await _shown(pool, head) for head in found[:limit]]
    return page, page[-1].head.key if len(found) > limit else None


async def require_programme(pool: asyncpg.Pool, key: str) -> Programme:
    """Find a programme, published or not; raises UnknownProgramme."""
    head = await programmes.find_head(pool, key)
    if head is None:
        raise UnknownProgramme
    return await _shown(pool, head)


async def _shown(pool: asyncpg.Pool, head: Head) -> Programme:
    number = head.newest_version if head.live_version is None else head.live_version
    return Programme(head, await require_version(pool, head.key, number))


async def require_version(
    connection: asyncpg.Pool | asyncpg.Connection, key: str, version: int
) -> Version:
    """Find a version; raises UnknownVersion."""
    found = await programmes.find_version(connection, key, version)
    if found is None:
        raise UnknownVersion
    return found


async def list_versions(
    pool: asyncpg.Pool, key: str, *, before: int | None, limit: int
) -> tuple[list[Version], str | None]:
    """Give one page of versions, the newest first; raises UnknownProgramme."""
    if await programmes.find_head(pool, key) is None:
        raise UnknownProgramme
    found = await programmes.versions_before(pool, key, before or NEWEST_FIRST_FROM, limit + 1)
    page = found[:limit]
    return page, str(page[-1].version) if len(found) > limit else None
