"""Secrets of inbound web hooks, and how a source's pushes are read."""

from typing import Any, Final
from uuid import UUID

from asyncpg import Connection, Pool

from shared.ids import uuid7

#: A former secret stays valid this long, so that no push fails while the new one spreads.
OVERLAP_S: Final = 3600


async def valid_secrets(pool: Pool, source_id: str, platform: str) -> list[bytes]:
    """Return the sealed secrets that may sign a source's pushes now, newest first."""
    rows = await pool.fetch(
        """
        SELECT secret_encrypted FROM webhook_secrets
        WHERE source_id = $1 AND platform = $2 AND (valid_until IS NULL OR valid_until > now())
        ORDER BY created_at DESC LIMIT 8
        """,
        source_id,
        platform,
    )
    return [row[0] for row in rows]


async def replace_secret(
    connection: Connection, source_id: str, platform: str, sealed: bytes
) -> UUID:
    """Store a new secret; those before it end within the hour."""
    await connection.execute(
        """
        UPDATE webhook_secrets SET valid_until = now() + make_interval(secs => $3)
        WHERE source_id = $1 AND platform = $2 AND valid_until IS NULL
        """,
        source_id,
        platform,
        OVERLAP_S,
    )
    secret_id = uuid7()
    await connection.execute(
        """
        INSERT INTO webhook_secrets (secret_id, source_id, platform, secret_encrypted, created_at)
        VALUES ($1, $2, $3, $4, clock_timestamp())
        """,
        secret_id,
        source_id,
        platform,
        sealed,
    )
    return secret_id


async def put_push_settings(
    connection: Connection, source_id: str, platform: str, settings: dict[str, Any]
) -> None:
    """Store how a source's pushes are read; other settings of the source stay."""
    await connection.execute(
        """
        UPDATE sources SET updated_at = now(),
            settings = settings || jsonb_build_object('webhook_' || $2::text, $3::jsonb)
        WHERE source_id = $1
        """,
        source_id,
        platform,
        settings,
    )


async def push_settings(pool: Pool, source_id: str, platform: str) -> dict[str, Any]:
    """Return how a source's pushes are read; nothing for one that was never told."""
    stored = await pool.fetchval(
        "SELECT settings -> ('webhook_' || $2::text) FROM sources WHERE source_id = $1",
        source_id,
        platform,
    )
    return stored if isinstance(stored, dict) else {}
