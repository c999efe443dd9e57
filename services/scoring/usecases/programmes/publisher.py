"""Do a publication: everybody is decided by the new version, then one pointer turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import asyncpg

from services.scoring.domain.programmes.ladder import STATUS, kind_of
from services.scoring.domain.programmes.version import Version
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.errors import NoModelYet
from services.scoring.queries.programmes import programmes
from services.scoring.usecases.models.promote_model import load_model
from services.scoring.usecases.programmes.look_up import require_version
from services.scoring.usecases.releases.make_release import ReleaseMaker, Report


class StatusMaker(Protocol):
    """Who makes releases of status programmes."""

    async def release(self, key: str, version: int, report: Report) -> int:
        """Decide everybody by a version from now on and make it live; give the release's id."""
        ...

    async def come_back(self, key: str, release_id: int) -> int:
        """Bring a release up to date that is in force again; give how many were decided."""
        ...


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes versions of every kind."""

    pool: asyncpg.Pool
    signing_key: bytes
    values: ReleaseMaker
    statuses: StatusMaker

    async def publish(self, key: str, version: int, report: Report) -> Mapping[str, object]:
        """Put a version into force; one that is in force already is left alone."""
        asked = await require_version(self.pool, key, version)
        head = await programmes.find_head(self.pool, key)
        release_id = head.release_id if head and head.live_version == version else None
        if release_id is None:
            release_id = await self._release(asked, report)
        async with self.pool.acquire() as connection, connection.transaction():
            await programmes.mark_published(connection, key, version)
        return {"programme": key, "version": version, "release": f"r-{release_id}"}

    async def _release(self, asked: Version, report: Report) -> int:
        if kind_of(asked.document) == STATUS:
            return await self.statuses.release(asked.key, asked.version, report)
        model_version = await programmes.live_model(self.pool, asked.key)
        if model_version is None:
            raise NoModelYet
        model = await load_model(self.pool, model_version, self.signing_key)
        programme = programme_of(asked.key, asked.version, asked.document)
        return await self.values.release(programme, model, report)
