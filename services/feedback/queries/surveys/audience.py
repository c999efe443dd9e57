"""Whom a survey may go to: who they are, and whether they withdrew consent to service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.surveys.records import Invitee

#: A question about how it was is service: who withdrew that is not asked.
PURPOSE: Final = "service"
# The last word of the person counts, as for ingest: by instant; of two at one instant what a
# person wrote by hand, then the event with the larger key. Who never said anything may be asked.
_INVITEE: Final = f"""
w.profile_id, w.customer_id, coalesce(NOT g.is_granted, false) AS is_withdrawn
FROM people w LEFT JOIN LATERAL (
    SELECT g.is_granted
    FROM consents g LEFT JOIN events e ON e.profile_id = g.profile_id AND e.sequence = g.sequence
    WHERE g.purpose = '{PURPOSE}' AND (g.profile_id = w.profile_id OR g.profile_id IN (
        SELECT m.profile_id FROM customers m WHERE m.merged_into = w.profile_id))
    ORDER BY g.changed_at DESC, e.event_key DESC NULLS FIRST, g.sequence DESC LIMIT 1
) g ON true
"""  # noqa: S608 - our own words
_NAMED = f"""
WITH people AS (
    SELECT DISTINCT w.profile_id, w.customer_id, a.asked
    FROM unnest($1::text[]) AS a(asked)
    JOIN identifiers i ON i.kind = 'customer_id' AND i.lookup_key = convert_to(a.asked, 'UTF8')
    JOIN customers c ON c.profile_id = i.profile_id
    JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
    WHERE w.erased_at IS NULL
)
SELECT w.asked, {_INVITEE}
"""  # noqa: S608 - our own words
# Members of a segment are those who count: nobody in it was merged into another.
_MEMBERS = f"""
WITH people AS (
    SELECT c.profile_id, c.customer_id FROM segment_members s JOIN customers c USING (profile_id)
    WHERE s.segment_key = $1 AND s.profile_id > $2 AND c.erased_at IS NULL
    ORDER BY s.profile_id LIMIT $3
)
SELECT {_INVITEE} ORDER BY w.profile_id
"""  # noqa: S608 - as above
_SEGMENT = "SELECT EXISTS (SELECT FROM segments WHERE segment_key = $1 AND deleted_at IS NULL)"


async def people_named(
    connection: asyncpg.Connection | asyncpg.Pool, customer_ids: Sequence[str]
) -> dict[str, Invitee]:
    """Find whom ids stand for, by the id asked for; strangers and the erased are absent."""
    rows = await connection.fetch(_NAMED, customer_ids)
    return {row["asked"]: Invitee(row[1], row[2], row[3]) for row in rows}


async def people_in(
    connection: asyncpg.Connection | asyncpg.Pool, segment: str, after: UUID | None, limit: int
) -> list[Invitee]:
    """List who is in a segment, in the order of profiles, from after the given one on."""
    rows = await connection.fetch(_MEMBERS, segment, after or UUID(int=0), limit)
    return [Invitee(**row) for row in rows]


async def is_segment(connection: asyncpg.Connection | asyncpg.Pool, segment: str) -> bool:
    """Tell whether there is a segment of that key."""
    return bool(await connection.fetchval(_SEGMENT, segment))
