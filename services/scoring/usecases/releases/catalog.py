"""What a process remembers: programmes, releases and base levels, all of them replaceable."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import partial
from time import monotonic, perf_counter
from typing import Final

import asyncpg

from services.scoring.domain.records import ProgrammeRow
from services.scoring.domain.status.printing import StatusPrinter
from services.scoring.domain.status.programme import STATUS_KIND, status_programme
from services.scoring.domain.status.release import StatusRelease, status_release
from services.scoring.domain.tiers.answer import AnswerPrinter
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.errors import NotByModel, ReleaseBroken, UnknownProgramme
from services.scoring.model.artefact import from_bytes
from services.scoring.model.errors import ArtefactRefused
from services.scoring.queries.releases import releases
from services.scoring.queries.releases.releases import ReleaseRow, ScheduleRow
from services.scoring.usecases.releases.value_releases import (
    Asks,
    asks_of_document,
    printer_without_release,
    release_of,
)
from shared.logs import logger

FRESH_S: Final = 2.0
RELEASE_LOADED: Final = "release_loaded"
MOST_RELEASES: Final = 16
AnyRelease = Release | StatusRelease
AnyPrinter = AnswerPrinter | StatusPrinter


class Catalog:
    """Releases never change, so they are kept; what is live is read with every decision."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        signing_key: bytes,
        *,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Take where to read from, the key artefacts are signed with, and a monotonic clock."""
        self._pool = pool
        self._signing_key = signing_key
        self._seconds = seconds
        self._programmes: dict[str, ProgrammeRow] = {}
        self._default: str | None = None
        self._read_at = -FRESH_S
        self._releases: OrderedDict[int, AnyRelease] = OrderedDict()
        self._loading: dict[int, asyncio.Task[AnyRelease]] = {}
        self._levels: dict[str, Levels] = {}

    async def programme_key(self, asked: str | None) -> str:
        """Name the programme asked for, or the default one; raises UnknownProgramme."""
        if self._seconds() - self._read_at >= FRESH_S:
            await self._read_programmes()
        elif asked is not None and asked not in self._programmes:
            await self._read_programmes()  # it may have been published a moment ago
        key = self._default if asked is None else asked
        if key is None or key not in self._programmes:
            raise UnknownProgramme
        return key

    async def programme_keys(self) -> list[str]:
        """List the programmes there are."""
        await self._read_programmes()
        return sorted(self._programmes)

    async def value_key(self, asked: str | None) -> str:
        """Name the value programme asked for, else the default one, else the first there is.

        Raises UnknownProgramme, and NotByModel for a programme of published rules.
        """
        key = await self.programme_key(asked)
        if not self.is_status(key):
            return key
        found = [each for each in sorted(self._programmes) if not self.is_status(each)]
        if asked is not None or not found:
            raise NotByModel
        return found[0]

    def is_status(self, programme: str) -> bool:
        """Tell whether published rules decide a known programme; its kind never changes."""
        return self._programmes[programme].document.get("kind") == STATUS_KIND

    async def published(self) -> list[ProgrammeRow]:
        """List the programmes at their newest published version, as read in the last 2 s."""
        if self._seconds() - self._read_at >= FRESH_S:
            await self._read_programmes()
        return list(self._programmes.values())

    def asks(self, programme: str) -> Asks:
        """Say what decisions of a known value programme read, by its newest version."""
        row = self._programmes[programme]
        return asks_of_document(row.programme_key, row.version, row.document)

    async def programme_row(self, programme: str) -> ProgrammeRow:
        """Give a programme at its newest published version; raises UnknownProgramme."""
        key = await self.programme_key(programme)  # may read them anew
        return self._programmes[key]

    async def value_release(self, release_id: int) -> Release:
        """Give a release of a value programme; raises ReleaseBroken, NotByModel."""
        found = await self.release(release_id)
        if isinstance(found, StatusRelease):
            raise NotByModel
        return found

    async def release(self, release_id: int) -> AnyRelease:
        """Give a release by its id, loaded once however many ask; raises ReleaseBroken.

        What is kept goes on being served, whatever becomes of the stored artefact.
        """
        kept = self._releases.get(release_id)
        if kept is not None:
            self._releases.move_to_end(release_id)
            return kept
        loading = self._loading.get(release_id)
        if loading is None:
            loading = asyncio.create_task(self._load(release_id))
            self._loading[release_id] = loading
            loading.add_done_callback(partial(self._forget_loading, release_id))
        # one reader that goes away must not end the load for the others
        return await asyncio.shield(loading)

    def drop(self, release_id: int) -> None:
        """Forget a release that was loaded before it was finished."""
        self._releases.pop(release_id, None)

    async def _load(self, release_id: int) -> AnyRelease:
        row = await releases.find_release(self._pool, release_id)
        if row is None:
            raise ReleaseBroken
        # a thread: the artefact's hash, JSON and arrays take milliseconds
        started = perf_counter()
        made = await asyncio.to_thread(self._release_of, row)
        ms = round((perf_counter() - started) * 1000, 1)
        model_version = made.model_version if isinstance(made, Release) else None
        named = {"release_id": release_id, "model_version": model_version}
        logger("scoring").info(RELEASE_LOADED, **named, ms=ms)
        if len(self._releases) >= MOST_RELEASES:
            self._releases.popitem(last=False)
        self._releases[release_id] = made
        return made

    def _forget_loading(self, release_id: int, loaded: asyncio.Task[Release]) -> None:
        del self._loading[release_id]
        if not loaded.cancelled():
            loaded.exception()  # told to those who still wait; nobody may

    async def levels(self, model_version: str, today: date, *, seen: int) -> Levels:
        """Give a model's levels; `seen` is how many there are up to today, in the snapshot."""
        kept = self._levels.get(model_version)
        if kept is None or kept.seen(today) != seen:
            kept = Levels.of(await releases.levels_until(self._pool, model_version, today))
            self._levels[model_version] = kept
        return kept

    async def printer(self, programme: str) -> AnyPrinter:
        """Give the printer of a programme's live release, or of its newest version without one."""
        release_id = await releases.live_release_id(self._pool, programme)
        if release_id is not None:
            return (await self.release(release_id)).printer
        row = self._programmes[programme]
        if self.is_status(programme):
            rules = status_programme(row.programme_key, row.version, row.document)
            return StatusPrinter(rules, None)
        return printer_without_release(row.programme_key, row.version, row.document)

    async def _read_programmes(self) -> None:
        rows = await releases.programmes(self._pool)
        self._programmes = {row.programme_key: row for row in rows}
        self._default = next((row.programme_key for row in rows if row.is_default), None)
        self._read_at = self._seconds()

    def _release_of(self, row: ReleaseRow | ScheduleRow) -> AnyRelease:
        if isinstance(row, ScheduleRow):
            return status_release(
                row.release_id, row.programme_key, row.versions, row.reference_date
            )
        try:
            model = from_bytes(row.artefact, self._signing_key, sha256=row.sha256)
        except ArtefactRefused as error:
            raise ReleaseBroken from error
        return release_of(row, model)
