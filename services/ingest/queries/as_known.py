"""What the log held at an instant: whose days were different then, and what came late."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.records import EventKey

# Declared backfill: received by an import, or from a source that says so of itself. What a shop
# loads of its past was known to the shop at the time.
_BACKFILL: Final = """
    EXISTS (SELECT FROM sources s WHERE s.source_id = e.source_id
        AND (s.kind = 'import' OR s.settings->>'is_backfill' = 'true'))
    OR EXISTS (SELECT FROM imports i WHERE i.source_id = e.source_id
        AND e.received_at BETWEEN i.started_at AND coalesce(i.finished_at, e.received_at))
"""
# $1: when the cut-off began. Everything received since, backfills excepted.
_LATE: Final = f"e.received_at >= $1 AND NOT ({_BACKFILL})"
# Of that only this can change days before the cut-off ($2): what belongs to them, what voids or
# corrects, and what tells of an order that another told of too.
_REACHES_BACK: Final = """
    (e.business_date < $2 OR e.kind = 'void' OR e.body ? 'correction'
        OR EXISTS (SELECT FROM order_claims c
            WHERE c.profile_id = e.profile_id AND c.sequence = e.sequence))
"""
# An order is known by every name that any sale of it uses: by its number and by the receipts'
# own. Who shares one of them with what came late shares the order, whatever name each used first.
_CHANGED: Final = f"""
WITH RECURSIVE late AS (
    SELECT e.profile_id, e.sequence, e.order_key FROM events e
    WHERE {_LATE} AND {_REACHES_BACK}
), named AS (
    SELECT order_key FROM late WHERE order_key IS NOT NULL
    UNION SELECT other.order_key FROM named
        JOIN order_claims told ON told.order_key = named.order_key
        JOIN order_claims other
            ON other.profile_id = told.profile_id AND other.sequence = told.sequence
), touched AS (
    SELECT profile_id FROM late
    UNION SELECT k.profile_id FROM named JOIN order_keys k USING (order_key)
    UNION SELECT c.profile_id FROM named JOIN order_claims c USING (order_key)
    UNION SELECT r.applied_profile_id FROM late
        JOIN reversals r ON r.order_key = late.order_key AND r.sequence = late.sequence
)
SELECT DISTINCT coalesce(c.merged_into, c.profile_id)
FROM touched JOIN customers c USING (profile_id) ORDER BY 1
"""  # noqa: S608 - constants of ours
_COUNT: Final = f"""
SELECT count(*) FROM events e
WHERE {_LATE} AND e.business_date < $2 AND NOT e.is_anonymous
"""  # noqa: S608 - constants of ours
_LATE_AMONG: Final = f"""
SELECT e.event_key FROM events e WHERE e.sequence = ANY($2::bigint[]) AND {_LATE}
    AND e.profile_id = ANY($3::uuid[])
"""  # noqa: S608 - constants of ours


async def customers_changed_since(pool: Pool, since: datetime, before: date) -> list[UUID]:
    """Return the customers whose days before a date were different at an instant, in order."""
    return [row[0] for row in await pool.fetch(_CHANGED, since, before)]


async def count_late(pool: Pool, since: datetime, before: date) -> int:
    """Count what customers did before a date and we heard of since an instant."""
    found: int = await pool.fetchval(_COUNT, since, before)
    return found


async def late_among(
    connection: Connection, since: datetime, places: Iterable[tuple[UUID, int]]
) -> frozenset[EventKey]:
    """Return which events at these places (profile, sequence) were received since an instant."""
    found = list(places)
    profiles, sequences = {profile for profile, _ in found}, [place for _, place in found]
    rows = await connection.fetch(_LATE_AMONG, since, sequences, list(profiles))
    return frozenset(EventKey(row[0]) for row in rows)
