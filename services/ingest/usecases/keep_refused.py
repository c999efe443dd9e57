"""Keep refused items aside with their reason, but never the body of one that names the erased."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Pool

from services.ingest.domain.arrival import ItemRefused
from services.ingest.queries import quarantine, tombstones
from services.ingest.usecases.privacy.tombstones import withheld
from shared.secrets import Secrets

ERASED = ItemRefused("erased", "it names somebody who was erased")


async def keep_refused(  # noqa: PLR0913 - what a kept item is stored with, each by its name
    pool: Pool,
    refused: Sequence[tuple[object, ItemRefused]],
    *,
    source_id: str,
    route: str,
    secrets: Secrets,
    now: datetime,
) -> list[UUID]:
    """Keep refused items; returns their ids in order."""
    if not refused:
        return []
    async with pool.acquire() as connection, connection.transaction():
        await tombstones.hold_keeping(connection)
        items = [item for item, _ in refused]
        hidden = await withheld(connection, items, secrets=secrets, now=now)
        kept = [
            ({"withheld": error.code} if place in hidden or error is ERASED else item, error)
            for place, (item, error) in enumerate(refused)
        ]
        return await quarantine.keep(
            connection, kept, source_id=source_id, route=route, secrets=secrets, now=now
        )
