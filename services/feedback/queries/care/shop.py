"""What a playbook may name: segments, offers and benefits that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import asyncpg

_SEGMENTS: Final = "SELECT segment_key FROM segments WHERE deleted_at IS NULL LIMIT 10000"
_OFFERS: Final = "SELECT offer_key FROM offers LIMIT 100000"
_OFFER_NAME: Final = "SELECT document -> 'name' FROM offers WHERE offer_key = $1"
# Two programmes may have benefits of one key: the programme asked for first, then the default one.
_BENEFITS: Final = """
SELECT benefit ->> 'key' AS benefit_key, benefit -> 'name' AS name
FROM live_releases l JOIN releases r ON r.release_id = l.release_id
JOIN programmes p ON p.programme_key = l.programme_key
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'benefits') AS benefit
ORDER BY l.programme_key IS NOT DISTINCT FROM $1, p.is_default, l.programme_key
"""


async def segment_keys(connection: asyncpg.Connection) -> frozenset[str]:
    """Name the segments there are."""
    return frozenset(row["segment_key"] for row in await connection.fetch(_SEGMENTS))


async def offer_keys(connection: asyncpg.Connection) -> frozenset[str]:
    """Name the offers there are."""
    return frozenset(row["offer_key"] for row in await connection.fetch(_OFFERS))


async def offer_name(connection: asyncpg.Connection, key: str) -> Mapping[str, str] | None:
    """Read what an offer is called; None where there is none."""
    found: Mapping[str, str] | None = await connection.fetchval(_OFFER_NAME, key)
    return found


async def benefit_names(
    connection: asyncpg.Connection, programme: str | None = None
) -> dict[str, Mapping[str, str]]:
    """Read what benefits are called, of two with one key the one of the programme asked for."""
    rows = await connection.fetch(_BENEFITS, programme)
    return {row["benefit_key"]: row["name"] for row in rows}
