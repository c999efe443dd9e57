"""Write announcements in the transaction of their cause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import asyncpg

from services.scoring.domain.announcement import Announcement
from shared.ids import uuid7

_ANNOUNCE: Final = """
INSERT INTO announcements (announcement_id, profile_id, kind, body, at, created_at)
SELECT announcement_id, profile_id, kind, body::jsonb, at, clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
    WITH ORDINALITY AS given (announcement_id, profile_id, kind, body, at, place)
ORDER BY place
"""


async def announce(connection: asyncpg.Connection, some: Sequence[Announcement]) -> None:
    """Append announcements in their order; they are told once the transaction commits."""
    if some:
        rows = [(uuid7(), a.profile_id, a.kind, json.dumps(a.body), a.at) for a in some]
        await connection.execute(_ANNOUNCE, *map(list, zip(*rows, strict=True)))
