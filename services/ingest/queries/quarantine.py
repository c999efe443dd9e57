"""Bad records, kept aside with their reason: no effect, nothing lost."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from asyncpg import Pool

from services.ingest.domain.arrival import ItemRefused
from services.ingest.queries import bulk
from shared.ids import uuid7
from shared.schema.ingest import quarantine
from shared.secrets import Secrets

MAX_KEPT_BYTES = 64 * 1024
_COLUMNS = (
    "quarantine_id", "source_id", "route", "reason", "message", "body_encrypted", "body_sha256",
    "received_at",
)  # fmt: skip


async def keep(  # noqa: PLR0913 - what a kept item is stored with, each by its name
    pool: Pool,
    refused: Iterable[tuple[object, ItemRefused]],
    *,
    source_id: str,
    route: str,
    secrets: Secrets,
    now: datetime,
) -> list[UUID]:
    """Keep refused items, encrypted (they may hold identifiers); returns their ids in order."""
    ids: list[UUID] = []
    rows = []
    for item, error in refused:
        body = json.dumps(item, ensure_ascii=False, default=str)
        digest = sha256(body.encode("utf-8", "surrogatepass")).digest()
        kept = body.encode("utf-8", "replace")[:MAX_KEPT_BYTES].decode("utf-8", "ignore")
        ids.append(uuid7())
        sealed = secrets.encrypt_identifier("quarantine", kept)
        rows.append((ids[-1], source_id, route, error.code, error.message, sealed, digest, now))
    async with pool.acquire() as connection:
        await bulk.run(connection, bulk.insert_sql(quarantine, _COLUMNS), rows)
    return ids
