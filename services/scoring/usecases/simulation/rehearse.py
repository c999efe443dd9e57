"""Rehearse a draft of a value programme: everybody is decided by it, looked at, and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.scoring.domain.programmes.rehearsed import Rehearsal, Seen, ranks_held, rehearsed
from services.scoring.domain.programmes.version import Version
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.errors import NoModelYet
from services.scoring.queries.models.rehearsals import look_at
from services.scoring.queries.people.profiles import base_currency
from services.scoring.queries.programmes import programmes
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.models.promote_model import load_model
from services.scoring.usecases.releases.make_release import ReleaseMaker, Report


@dataclass(frozen=True, slots=True)
class Rehearser:
    """Computes releases that never go live, with the model in force, at today's date."""

    pool: asyncpg.Pool
    signing_key: bytes
    values: ReleaseMaker
    day: BusinessDay

    async def simulate(self, draft: Version, seed: int, report: Report) -> Mapping[str, Any]:
        """Tell what a version would do; raises NoModelYet."""
        model_version = await programmes.live_model(self.pool, draft.key)
        if model_version is None:
            raise NoModelYet
        head = await programmes.find_head(self.pool, draft.key)
        in_force = None if head is None else head.live_version
        live_id = None if head is None else head.release_id
        former = await self._document(draft.key, in_force)
        moment = self.day.moment()

        async def look(release_id: int) -> Seen:
            held = ranks_held(former, draft.document)
            return await look_at(self.pool, draft.key, (release_id, live_id), held, moment.today)

        model = await load_model(self.pool, model_version, self.signing_key)
        programme = programme_of(draft.key, draft.version, draft.document)
        seen = await self.values.rehearse(programme, model, report, look)
        asked = Rehearsal(
            programme=draft.key,
            version=draft.version,
            document=draft.document,
            in_force=in_force,
            former=former,
            seed=seed,
            as_of=moment.now,
            currency=await base_currency(self.pool),
        )
        return rehearsed(asked, seen)

    async def _document(self, key: str, version: int | None) -> Mapping[str, Any] | None:
        found = None if version is None else await programmes.find_version(self.pool, key, version)
        return None if found is None else found.document
