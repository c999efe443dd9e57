"""What a playbook may name: segments and offers that are there."""

from __future__ import annotations

from typing import Final

import asyncpg

_SEGMENTS: Final = "SELECT segment_key FROM segments WHERE deleted_at IS NULL LIMIT 10000"
_OFFERS: Final = "SELECT offer_key FROM offers LIMIT 100000"


async def segment_keys(connection: asyncpg.Connection) -> frozenset[str]:
    """Name the segments there are."""
    return frozenset(row["segment_key"] for row in await connection.fetch(_SEGMENTS))


async def offer_keys(connection: asyncpg.Connection) -> frozenset[str]:
    """Name the offers there are."""
    return frozenset(row["offer_key"] for row in await connection.fetch(_OFFERS))
