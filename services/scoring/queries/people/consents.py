"""Who withdrew their consent to personalisation, as ingest keeps consents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

PURPOSE: Final = "personalisation"
# The last word counts, as for ingest: by instant; of two at one instant what a person wrote by
# hand, then the event with the larger key. Who never said anything has not withdrawn.
LAST_WORD: Final = "g.changed_at DESC, e.event_key DESC NULLS FIRST, g.sequence DESC"
#: A lateral join beside `customers c`: `g.is_withdrawn`, null for who never said anything.
WITHDRAWAL: Final = f"""
LEFT JOIN LATERAL (
    SELECT NOT g.is_granted AS is_withdrawn
    FROM consents g LEFT JOIN events e ON e.profile_id = g.profile_id AND e.sequence = g.sequence
    WHERE g.purpose = '{PURPOSE}' AND (g.profile_id = c.profile_id OR g.profile_id IN (
        SELECT m.profile_id FROM customers m WHERE m.merged_into = c.profile_id))
    ORDER BY {LAST_WORD} LIMIT 1
) g ON true
"""  # noqa: S608 - our own words

_WITHDRAWN = f"""
WITH people AS (
    SELECT profile_id, profile_id AS root FROM customers WHERE profile_id = ANY($1::uuid[])
    UNION ALL
    SELECT profile_id, merged_into FROM customers WHERE merged_into = ANY($1::uuid[])
), words AS (
    SELECT DISTINCT ON (p.root) p.root, g.is_granted
    FROM people p JOIN consents g ON g.profile_id = p.profile_id AND g.purpose = $2
    LEFT JOIN events e ON e.profile_id = g.profile_id AND e.sequence = g.sequence
    ORDER BY p.root, {LAST_WORD}
)
SELECT root FROM words WHERE NOT is_granted
"""  # noqa: S608 - our own words


async def withdrawn_among(
    connection: asyncpg.Pool | asyncpg.Connection, profile_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Name those of some customers whose last word on personalisation is no."""
    rows = await connection.fetch(_WITHDRAWN, profile_ids, PURPOSE)
    return frozenset(row["root"] for row in rows)
