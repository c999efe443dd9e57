"""What happened that a playbook may follow: entries into segments and tiers, things said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

# Numbers are given one spreader at a time: whoever commits late comes after what was told already,
# so nothing appears behind a number that was read.
_LATEST_NUMBER: Final = """
SELECT number FROM announcements WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1
"""
_ENTRIES: Final = """
SELECT a.number, a.announcement_id, a.profile_id, a.kind, a.body FROM announcements a
WHERE a.number > $1 AND a.number <= $2 AND CASE WHEN $3::text IS NOT NULL
    THEN a.kind = 'segment.entered' AND a.body ->> 'segment' = $3
    ELSE a.kind = 'tier.changed' AND a.body ->> 'programme' = $4
        AND a.body #>> '{to,key}' = ANY($5::text[]) END
ORDER BY a.number LIMIT $6
"""
_LATEST_FEEDBACK: Final = "SELECT feedback_id FROM feedback ORDER BY feedback_id DESC LIMIT 1"
# Its customer is looked for by the worker: usecases/capture/completing.py.
_NAMELESS: Final = """
SELECT feedback_id FROM feedback
WHERE NOT is_tier_known AND tier_added_at IS NULL AND customer_id IS NULL
ORDER BY feedback_id LIMIT 1
"""
# Whom ingest does not know will be known by this very remark, once ingest was told of it: it is
# told when its row of the outbox is done, and never where the row cannot be read however often it
# is tried (a lost key): such customers must not hold up the others. That ingest is away is no such
# failure, whatever the number of attempts. One statement, or one who becomes known between two of
# them is met twice or never.
_SAID: Final = """
SELECT f.feedback_id, f.rating, f.channel, x.profile_id FROM (
    SELECT * FROM feedback WHERE feedback_id = ANY($6::uuid[])
    UNION ALL
    SELECT * FROM feedback WHERE feedback_id > $1 AND feedback_id <= $2 AND kind = $3
        AND ($4::bigint IS NULL OR rating <= $4)
) f
LEFT JOIN identifiers i
    ON i.kind = 'customer_id' AND i.lookup_key = convert_to(f.customer_id, 'UTF8')
LEFT JOIN customers x ON x.profile_id = i.profile_id
WHERE x.profile_id IS NOT NULL OR f.customer_id IS NOT NULL AND EXISTS (
    SELECT FROM outbox o WHERE o.outbox_id = f.feedback_id AND o.done_at IS NULL
        AND NOT (o.attempts > $7 AND coalesce(o.last_error, '') = ANY($8::text[])))
ORDER BY f.feedback_id LIMIT $5
"""
#: A row that could not be read so often (for some ten minutes) is not waited for.
MOST_TRIES: Final = 20
#: What usecases/capture/relay.py says of a row that it cannot read.
_UNREADABLE: Final = ("UnreadableIdentifier", "ValidationError")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody entered a segment or came to hold a tier, as scoring told it."""

    number: int
    announcement_id: UUID
    profile_id: UUID
    kind: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a customer said; without a profile ingest does not know them yet."""

    feedback_id: UUID
    rating: int | None
    channel: str
    profile_id: UUID | None


async def latest_number(connection: asyncpg.Connection) -> int:
    """Tell the number of the last announcement; 0 before the first."""
    return await connection.fetchval(_LATEST_NUMBER) or 0


async def entries_after(
    connection: asyncpg.Connection,
    span: tuple[int, int],
    *,
    segment: str | None,
    tiers: tuple[str | None, Sequence[str]],
    limit: int,
) -> list[Entry]:
    """List entries into a segment, or into tiers (programme, keys), numbered in (first, last]."""
    rows = await connection.fetch(_ENTRIES, *span, segment, tiers[0], list(tiers[1]), limit)
    return [Entry(**dict(row)) for row in rows]


async def latest_feedback(connection: asyncpg.Connection) -> UUID | None:
    """Name the last thing that was said."""
    found: UUID | None = await connection.fetchval(_LATEST_FEEDBACK)
    return found


async def oldest_nameless(connection: asyncpg.Connection) -> UUID | None:
    """Name the first thing that was said by somebody who is still looked for."""
    found: UUID | None = await connection.fetchval(_NAMELESS)
    return found


async def said_after(
    connection: asyncpg.Connection,
    span: tuple[UUID, UUID],
    wanted: tuple[str, int | None],
    *,
    waiting: Sequence[UUID],
    limit: int,
) -> list[Remark]:
    """List what customers said, its id in (first, last], after what is waited for.

    `wanted`: the kind, and the highest rating (None: any). Those whom ingest does not know are
    listed as long as it is still to be told of the remark, and can be.
    """
    asked = limit + len(waiting)
    more = (asked, list(waiting), MOST_TRIES, list(_UNREADABLE))
    rows = await connection.fetch(_SAID, *span, *wanted, *more)
    return [Remark(**dict(row)) for row in rows]
