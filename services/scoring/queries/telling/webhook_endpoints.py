"""Who listens to announcements, and the secrets that sign what they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.webhooks.records import Endpoint, Line, Wish
from services.scoring.domain.webhooks.retries import Disabled

#: A former secret signs beside the new one for so long.
OVERLAP: Final = timedelta(hours=24)

_COLUMNS = """
endpoint_id, url, kinds, programmes, description, status, disabled_reason,
CASE WHEN former_until > clock_timestamp() THEN former_until END AS former_until,
failing_since, created_at, updated_at
"""
_ADD = """
INSERT INTO webhook_endpoints (endpoint_id, url, kinds, programmes, description, secret_encrypted,
    created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp())
"""
_CHANGE = """
UPDATE webhook_endpoints SET url = $2, kinds = $3, programmes = $4, description = $5,
    status = CASE WHEN $6::boolean THEN 'active' ELSE 'disabled' END,
    disabled_reason = CASE WHEN $6 THEN NULL ELSE coalesce(disabled_reason, $7) END,
    failing_since = NULL, updated_at = clock_timestamp()
WHERE endpoint_id = $1
"""
_ROTATE = """
UPDATE webhook_endpoints SET former_encrypted = secret_encrypted, secret_encrypted = $2,
    former_until = $3, updated_at = clock_timestamp()
WHERE endpoint_id = $1
"""
_GET = f"SELECT {_COLUMNS} FROM webhook_endpoints WHERE endpoint_id = $1"  # noqa: S608 - ours
_LIST = f"""
SELECT {_COLUMNS} FROM webhook_endpoints WHERE $1::uuid IS NULL OR endpoint_id > $1
ORDER BY endpoint_id LIMIT $2
"""  # noqa: S608 - ours
_COUNT = "SELECT count(*) FROM webhook_endpoints"
_REMOVE = "DELETE FROM webhook_endpoints WHERE endpoint_id = $1"
_REMOVE_LOG = "DELETE FROM webhook_deliveries WHERE endpoint_id = $1"
_LINE = """
SELECT endpoint_id, url, failing_since, secret_encrypted,
    CASE WHEN former_until > $2 THEN former_encrypted END AS former_encrypted
FROM webhook_endpoints WHERE endpoint_id = $1
"""
_FAILING = """
UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, $2)
WHERE endpoint_id = $1 RETURNING failing_since
"""
_WELL = """
UPDATE webhook_endpoints SET failing_since = NULL
WHERE endpoint_id = $1 AND failing_since IS NOT NULL
"""
_DISABLE = """
UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = $2,
    updated_at = clock_timestamp()
WHERE endpoint_id = $1 AND status = 'active'
RETURNING endpoint_id
"""
_UNKNOWN = """
SELECT key FROM unnest($1::text[]) AS named (key)
WHERE NOT EXISTS (SELECT FROM programmes p WHERE p.programme_key = key)
"""


async def unknown_programmes(pool: asyncpg.Pool, keys: Sequence[str]) -> set[str]:
    """Name those keys that are no programme's."""
    return {row[0] for row in await pool.fetch(_UNKNOWN, keys)}


async def add_endpoint(
    connection: asyncpg.Connection, endpoint_id: UUID, wish: Wish, sealed: bytes
) -> None:
    """Store somebody who listens from now on."""
    row = (wish.url, wish.kinds, wish.programmes, wish.description)
    await connection.execute(_ADD, endpoint_id, *row, sealed)


async def change_endpoint(
    connection: asyncpg.Connection, endpoint_id: UUID, wish: Wish, *, is_active: bool
) -> bool:
    """Replace what is listened to, and begin anew to count failures; tell whether it is there."""
    row = (wish.url, wish.kinds, wish.programmes, wish.description)
    tag = await connection.execute(_CHANGE, endpoint_id, *row, is_active, Disabled.BY_YOU)
    return bool(tag == "UPDATE 1")


async def rotate_secret(
    connection: asyncpg.Connection, endpoint_id: UUID, sealed: bytes, *, former_until: datetime
) -> bool:
    """Put a new secret in place; the one before it signs on until an instant."""
    tag = await connection.execute(_ROTATE, endpoint_id, sealed, former_until)
    return bool(tag == "UPDATE 1")


async def remove_endpoint(connection: asyncpg.Connection, endpoint_id: UUID) -> bool:
    """Forget an endpoint and its log; tell whether it was there."""
    tag = await connection.execute(_REMOVE, endpoint_id)
    await connection.execute(_REMOVE_LOG, endpoint_id)
    return bool(tag == "DELETE 1")


async def endpoint(pool: asyncpg.Pool, endpoint_id: UUID) -> Endpoint | None:
    """Find who listens."""
    row = await pool.fetchrow(_GET, endpoint_id)
    return None if row is None else _endpoint(row)


async def endpoints(pool: asyncpg.Pool, after: UUID | None, *, limit: int) -> list[Endpoint]:
    """List who listens, the oldest first."""
    return [_endpoint(row) for row in await pool.fetch(_LIST, after, limit)]


async def count_endpoints(connection: asyncpg.Connection) -> int:
    """Count who listens."""
    found: int = await connection.fetchval(_COUNT)
    return found


async def line(pool: asyncpg.Pool, endpoint_id: UUID, now: datetime) -> Line | None:
    """Read what sending to an endpoint takes."""
    row = await pool.fetchrow(_LINE, endpoint_id, now)
    if row is None:
        return None
    sealed = [each for each in (row["secret_encrypted"], row["former_encrypted"]) if each]
    return Line(endpoint_id, row["url"], sealed, row["failing_since"])


async def note_failure(
    connection: asyncpg.Connection, endpoint_id: UUID, at: datetime
) -> datetime | None:
    """Remember since when an endpoint fails, and say it; None when it is gone."""
    since: datetime | None = await connection.fetchval(_FAILING, endpoint_id, at)
    return since


async def note_success(connection: asyncpg.Connection, endpoint_id: UUID) -> None:
    """Forget that an endpoint failed."""
    await connection.execute(_WELL, endpoint_id)


async def disable(connection: asyncpg.Connection, endpoint_id: UUID, reason: Disabled) -> bool:
    """Send nothing more to an endpoint; tell whether it was active until now."""
    return await connection.fetchval(_DISABLE, endpoint_id, reason) is not None


def _endpoint(row: asyncpg.Record) -> Endpoint:
    return Endpoint(
        endpoint_id=row["endpoint_id"],
        wish=Wish(row["url"], row["kinds"], row["programmes"], row["description"]),
        is_active=row["status"] == "active",
        disabled_reason=row["disabled_reason"],
        former_until=row["former_until"],
        failing_since=row["failing_since"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
