"""Put a registered model into force: loaded with every check, released, written into its life."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.scoring.domain.life.gate import failed_words
from services.scoring.domain.life.promotion import Order
from services.scoring.domain.tiers.documents import programme_of
from services.scoring.errors import GateFailed, ModelRefused, UnknownModel
from services.scoring.model.artefact import from_bytes
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models import model_log, models
from services.scoring.queries.models.model_log import Entry
from services.scoring.queries.releases.releases import programmes
from services.scoring.usecases.releases.make_release import ReleaseMaker, Report


async def load_model(pool: asyncpg.Pool, version: str, key: bytes) -> ValueModel:
    """Load a registered model off the event loop; raises UnknownModel, ModelRefused."""
    found = await models.find_artefact(pool, version)
    if found is None:
        raise UnknownModel
    content, sha256 = found
    try:
        return await asyncio.to_thread(from_bytes, content, key, sha256=sha256)
    except ArtefactRefused as error:
        raise ModelRefused(version, str(error)) from error


async def load_or_reject(pool: asyncpg.Pool, version: str, key: bytes, order: Order) -> ValueModel:
    """Load a model that is to be promoted; one that is refused is marked and its life says so."""
    try:
        return await load_model(pool, version, key)
    except ModelRefused as refused:
        entry = Entry(model_log.REFUSED, order.actor, order.reason, {"because": refused.reason})
        async with pool.acquire() as connection, connection.transaction():
            await model_log.reject(connection, version)
            await model_log.add_entry(connection, version, entry)
        raise


def require_passed(gate: dict[str, Any] | None, order: Order) -> None:
    """Raise GateFailed, unless the order overrides it or the model is older than the gate."""
    failed = [] if gate is None or order.overrides else failed_words(gate)
    if failed:
        raise GateFailed(failed)


async def settle(connection: asyncpg.Connection, actor: str) -> list[str]:
    """Make statuses and the challenger agree with the pointers; name who has just retired."""
    challenger = await model_log.end_live_shadow(connection)
    if challenger is not None:
        entry = Entry(model_log.SHADOW_ENDED, actor, "it went live")
        await model_log.add_entry(connection, challenger, entry)
    return await model_log.settle_statuses(connection)


@dataclass(frozen=True, slots=True)
class Promoter:
    """Makes a model live in every value programme; a refused one changes nothing."""

    pool: asyncpg.Pool
    signing_key: bytes
    releases: ReleaseMaker

    async def promote(self, version: str, order: Order, report: Report) -> dict[str, str]:
        """Promote a registered model; raises UnknownModel, ModelRefused, GateFailed."""
        row = await models.find_model(self.pool, version)
        if row is None:
            raise UnknownModel
        model = await load_or_reject(self.pool, version, self.signing_key, order)
        require_passed(row.gate, order)
        return await self.put_into_force(model, order, report)

    async def put_into_force(
        self, model: ValueModel, order: Order, report: Report
    ) -> dict[str, str]:
        """Decide everybody, flip the pointers, write it down; give the release by programme."""
        made: dict[str, str] = {}
        for row in await programmes(self.pool):
            if row.document.get("kind") == "value":
                programme = programme_of(row.programme_key, row.version, row.document)
                release_id = await self.releases.release(programme, model, report)
                made[row.programme_key] = f"r-{release_id}"
        await self._write_down(model.manifest.version, order, made)
        return made

    async def _write_down(self, version: str, order: Order, made: dict[str, str]) -> None:
        details = {"releases": made} | ({"override": True} if order.overrides else {})
        entry = Entry(model_log.PROMOTED, order.actor, order.reason, details)
        async with self.pool.acquire() as connection, connection.transaction():
            await model_log.add_entry(connection, version, entry)
            for retired in await settle(connection, order.actor):
                because = Entry(model_log.RETIRED, order.actor, details={"replaced_by": version})
                await model_log.add_entry(connection, retired, because)
