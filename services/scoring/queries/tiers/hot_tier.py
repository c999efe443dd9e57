"""The one statement of a tier read: the stored answer, if everything it rests on still holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from services.scoring.queries.tiers.ready_statement import ReadyStatement

# The joins to customers and customer_controls compare versions: an answer that ignores an
# acknowledged event or a pin never matches. A merged profile has no answer of its own. Status
# programmes follow the clock, not the grid of business dates: theirs is 'infinity'. What was
# decided by a clock since set back is not believed; clocks of processes differ by seconds at most.
FRESH: Final = """
SELECT c.profile_id, c.merged_into, t.answer
FROM identifiers i
JOIN customers c ON c.profile_id = i.profile_id
LEFT JOIN live_releases r ON r.programme_key = $2
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t
    ON t.profile_id = c.profile_id AND t.programme_key = $2 AND t.release_id = r.release_id
    AND t.decided_version = c.version AND t.decided_control_version = coalesce(k.control_version, 0)
    AND t.business_date IN ($3, 'infinity') AND t.next_change_at > $4
    AND t.decided_at < $4 + interval '5 minutes' AND c.merged_into IS NULL
WHERE i.kind = 'customer_id' AND i.lookup_key = $1
"""

_FRESH_OF_MANY = """
SELECT a.place, w.profile_id, t.answer
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS a (kind, lookup_key, place)
JOIN identifiers i ON i.kind = a.kind AND i.lookup_key = a.lookup_key
JOIN customers c ON c.profile_id = i.profile_id
JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
LEFT JOIN live_releases r ON r.programme_key = $3
LEFT JOIN customer_controls k ON k.profile_id = w.profile_id
LEFT JOIN tier_current t
    ON t.profile_id = w.profile_id AND t.programme_key = $3 AND t.release_id = r.release_id
    AND t.decided_version = w.version AND t.decided_control_version = coalesce(k.control_version, 0)
    AND t.business_date IN ($4, 'infinity') AND t.next_change_at > $5
    AND t.decided_at < $5 + interval '5 minutes'
"""

_STALE = """
SELECT DISTINCT w.profile_id
FROM customers c
JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id)
JOIN live_releases r ON r.programme_key = $2
LEFT JOIN customer_controls k ON k.profile_id = w.profile_id
WHERE c.profile_id = ANY($1::uuid[]) AND NOT EXISTS (
    SELECT FROM tier_current t
    WHERE t.profile_id = w.profile_id AND t.programme_key = $2 AND t.release_id = r.release_id
        AND t.decided_version = w.version
        AND t.decided_control_version = coalesce(k.control_version, 0)
        AND t.business_date IN ($3, 'infinity') AND t.next_change_at > $4
        AND t.decided_at < $4 + interval '5 minutes')
ORDER BY w.profile_id
"""


class Moment(NamedTuple):
    """When a question is asked: the instant and the business date it lies in."""

    now: datetime
    today: date


class Found(NamedTuple):
    """A known customer; `answer` is None when it must be decided anew."""

    profile_id: UUID
    answer: bytes | None


async def fresh_answer(
    fresh: ReadyStatement, customer_id: str, programme: str, moment: Moment
) -> Found | None:
    """Look up a customer's stored answer with FRESH; None for an unknown customer."""
    row = await fresh.fetchrow(customer_id.encode(), programme, moment.today, moment.now)
    if row is None:
        return None
    return Found(row[1] or row[0], row[2])


async def fresh_answers(
    pool: asyncpg.Pool, keys: Sequence[tuple[str, bytes]], programme: str, moment: Moment
) -> list[Found | None]:
    """Look up the stored answers of many customers, by (kind, lookup key), in their order."""
    rows = await pool.fetch(
        _FRESH_OF_MANY,
        [kind for kind, _ in keys],
        [key for _, key in keys],
        programme,
        moment.today,
        moment.now,
    )
    found: list[Found | None] = [None] * len(keys)
    for row in rows:
        found[row["place"] - 1] = Found(row["profile_id"], row["answer"])
    return found


async def stale_profiles(
    pool: asyncpg.Pool, profile_ids: Sequence[UUID], programme: str, moment: Moment
) -> list[UUID]:
    """Name those whose stored decision no longer holds; none while no release is live."""
    rows = await pool.fetch(_STALE, profile_ids, programme, moment.today, moment.now)
    return [row["profile_id"] for row in rows]
