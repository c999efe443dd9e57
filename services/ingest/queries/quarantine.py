"""Bad records, kept aside with their reason: no effect, nothing lost."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import ItemRefused
from services.ingest.queries import bulk
from shared.ids import uuid7
from shared.secrets import Secrets

MAX_KEPT_BYTES = 64 * 1024
_KEEP = """
INSERT INTO quarantine AS kept (source_id, route, received_at, quarantine_id, reason, message,
    body_encrypted, body_sha256, times_seen)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[],
    $6::text[], $7::bytea[], $8::bytea[], $9::bigint[])
    AS t(source_id, route, received_at, quarantine_id, reason, message, body, digest, times)
ORDER BY digest
ON CONFLICT (source_id, route, body_sha256) DO UPDATE SET
    times_seen = kept.times_seen + excluded.times_seen, last_seen_at = excluded.received_at
RETURNING quarantine_id, body_sha256
"""


async def keep(  # noqa: PLR0913 - what a kept item is stored with, each by its name
    connection: Connection,
    refused: Iterable[tuple[object, ItemRefused]],
    *,
    source_id: str,
    route: str,
    secrets: Secrets,
    now: datetime,
) -> list[UUID]:
    """Keep refused items, encrypted (they may hold identifiers); returns their ids in order.

    The same body refused again is counted at its first row.
    """
    found = [_kept(item, error) for item, error in refused]
    rows = {
        digest: (uuid7(), code, message, secrets.encrypt_identifier("quarantine", text), digest)
        for text, digest, code, message in found
    }
    times = Counter(digest for _, digest, _, _ in found)
    stored = await bulk.fetch(
        connection,
        _KEEP,
        ((source_id, route, now, *row, times[row[4]]) for row in rows.values()),
    )
    ids = {row["body_sha256"]: row["quarantine_id"] for row in stored}
    return [ids[digest] for _, digest, _, _ in found]


def _kept(item: object, error: ItemRefused) -> tuple[str, bytes, str, str]:
    body = json.dumps(item, ensure_ascii=False, default=str)
    digest = sha256(body.encode("utf-8", "surrogatepass")).digest()
    text = body.encode("utf-8", "replace")[:MAX_KEPT_BYTES].decode("utf-8", "ignore")
    return text, digest, error.code, error.message
