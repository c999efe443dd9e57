"""How live releases give points, as one process remembers it."""

from __future__ import annotations

from typing import Final

import asyncpg

from services.scoring.domain.points.calendar import calendar_of
from services.scoring.domain.points.ledger import PointsBook
from services.scoring.domain.points.terms import TermsInForce, read_terms
from services.scoring.errors import NoPoints
from services.scoring.queries.releases.releases import ScheduleRow, find_release, live_release_id
from services.scoring.usecases.releases.catalog import Catalog

_MOST: Final = 64


class PointsBooks:
    """Reads the terms of every release once: a release never changes."""

    __slots__ = ("_catalog", "_kept", "_pool")

    def __init__(self, pool: asyncpg.Pool, catalog: Catalog) -> None:
        """Take where releases are read from, and what is known of programmes."""
        self._pool = pool
        self._catalog = catalog
        self._kept: dict[int, PointsBook | None] = {}

    async def book(self, release_id: int) -> PointsBook | None:
        """Give the terms of a release; None where it gives no points."""
        if release_id not in self._kept:
            found = await find_release(self._pool, release_id)
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[release_id] = _book(found) if isinstance(found, ScheduleRow) else None
        return self._kept[release_id]

    async def programmes(self) -> dict[str, int]:
        """List the programmes that give points, each with its live release."""
        found = {}
        for key in await self._catalog.programme_keys():
            release_id = await self._live(key)
            if release_id is not None:
                found[key] = release_id
        return found

    async def programme(self, asked: str | None) -> str:
        """Name the programme asked for, or the only one; raises UnknownProgramme, NoPoints."""
        if asked is not None:
            key = await self._catalog.programme_key(asked)
            if await self._live(key) is None:
                raise NoPoints
            return key
        found = list(await self.programmes())
        if len(found) != 1:
            raise NoPoints
        return found[0]

    async def _live(self, programme: str) -> int | None:
        if not self._catalog.is_status(programme):
            return None
        release_id = await live_release_id(self._pool, programme)
        if release_id is None or await self.book(release_id) is None:
            return None
        # Loaded before anybody holds a lock: whoever does must not wait for another connection.
        await self._catalog.release(release_id)
        return release_id


def _book(row: ScheduleRow) -> PointsBook | None:
    schedule = [TermsInForce(read_terms(document), since) for _, since, document in row.versions]
    if not any(each.terms for each in schedule):
        return None
    ladders = [
        (since, [tier["key"] for tier in document["tiers"]]) for _, since, document in row.versions
    ]
    return PointsBook(schedule, ladders, calendar_of(row.versions[-1][2]["time_zone"]))
