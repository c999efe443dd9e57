"""Take a person out of scoring's tables: what names them goes, decisions stay nobody's."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg

#: A stored answer holds the shop's id in clear, unless it was decided after the erasure.
_REMOVALS: Final[Mapping[str, str]] = {
    "tier_current": """
        DELETE FROM tier_current t USING customers c
        WHERE c.profile_id = t.profile_id AND t.profile_id = ANY($1::uuid[])
            AND t.decided_version < c.version
        """,
    "grants": """
        UPDATE grants SET reason = '' WHERE profile_id = ANY($1::uuid[]) AND reason <> ''
        """,
    "benefit_usage": """
        UPDATE benefit_usage SET reference = NULL
        WHERE profile_id = ANY($1::uuid[]) AND reference IS NOT NULL
        """,
    "points_commands": """
        UPDATE points_commands SET reference = NULL, reason = ''
        WHERE profile_id = ANY($1::uuid[]) AND (reference IS NOT NULL OR reason <> '')
        """,
    "webhook_deliveries": """
        DELETE FROM webhook_deliveries d USING announcements a
        WHERE a.announcement_id = d.announcement_id AND a.profile_id = ANY($1::uuid[])
        """,
    "announcements": "DELETE FROM announcements WHERE profile_id = ANY($1::uuid[])",
    "scored_samples": "DELETE FROM scored_samples WHERE profile_id = ANY($1::uuid[])",
    "segment_members": "DELETE FROM segment_members WHERE profile_id = ANY($1::uuid[])",
    "segment_checks": "DELETE FROM segment_checks WHERE profile_id = ANY($1::uuid[])",
    "customer_sheets": "DELETE FROM customer_sheets WHERE profile_id = ANY($1::uuid[])",
    "customer_standings": "DELETE FROM customer_standings WHERE profile_id = ANY($1::uuid[])",
    "pins": "UPDATE pins SET reason = '' WHERE profile_id = ANY($1::uuid[]) AND reason <> ''",
}


# A release computed while somebody was erased may still bring their old answer.
_LEFT: Final = """
WITH latest AS (SELECT receipt FROM erasures ORDER BY erasure_id DESC LIMIT $1)
SELECT DISTINCT t.profile_id
FROM latest, jsonb_array_elements_text(latest.receipt -> 'members') AS m(member)
JOIN tier_current t ON t.profile_id = m.member::uuid
JOIN customers c ON c.profile_id = t.profile_id
WHERE t.decided_version < c.version
"""


async def left_over(pool: asyncpg.Pool, *, latest: int) -> list[UUID]:
    """Return profiles of the latest erasures that are named again in a stored answer."""
    return [row[0] for row in await pool.fetch(_LEFT, latest)]


async def forget(connection: asyncpg.Connection, profile_ids: Sequence[UUID]) -> dict[str, int]:
    """Delete what names these profiles; returns rows by table."""
    done = {}
    for table, statement in _REMOVALS.items():
        tag = await connection.execute(statement, profile_ids)
        done[table] = int(tag.rsplit(" ", 1)[-1])
    return done
